"""Reasons that are told to nobody: private lists among those that come and go."""

from datetime import date

import pytest

from accounts.choices import AffiliationKind
from accounts.models import Leave, MentorProfile, NeverWith, Ownership
from cohorts.models import Enrolment
from common.errors import Refused
from common.sentences import NOT_AVAILABLE
from matching.domain import independence, requests
from matching.domain.pools import others
from matching.sentences import NO_PLACE_FREE
from tests import people
from tests.matching.domain.test_independence import employer_of
from tests.matching.factories import NOW, couple, enrolment, pairing, pool_for, request

pytestmark = pytest.mark.django_db


def mentor_names_mentee(mentee, mentor):
    NeverWith.objects.put(owner=mentor.person, person=mentee.person)


def mentee_names_mentor(mentee, mentor):
    NeverWith.objects.put(owner=mentee.person, person=mentor.person)


def mentor_names_parent(mentee, mentor):
    parent = people.organisation()
    Ownership.objects.create(child=employer_of(mentee.person), parent=parent, starts_on=date(2020, 1, 1))
    NeverWith.objects.put(owner=mentor.person, organisation=parent)


def mentee_names_where_mentor_advises(mentee, mentor):
    where = people.organisation()
    people.affiliation(mentor.person, where, kind=AffiliationKind.ADVISER)
    NeverWith.objects.put(owner=mentee.person, organisation=where)


def full(mentee, mentor):
    pairing(enrolment(mentee.cohort), mentor)


def full_here(mentee, mentor):
    MentorProfile.objects.filter(person=mentor.person).update(capacity=3)
    Enrolment.objects.filter(pk=mentor.pk).update(capacity=1)
    pairing(enrolment(mentee.cohort), mentor)


def away(mentee, mentor):
    Leave.objects.create(person=mentor.person, starts_on=date(2026, 3, 10), ends_on=date(2026, 3, 10))


def withdrawn(mentee, mentor):
    Enrolment.objects.filter(pk=mentor.pk).update(state="withdrawn")


def no_offer(mentee, mentor):
    MentorProfile.objects.filter(person=mentor.person).delete()


def unconfirmed_mentor(mentee, mentor):
    people.affiliation(mentor.person, people.organisation(confirmed=False))


PRIVATE = (mentor_names_mentee, mentee_names_mentor, mentor_names_parent, mentee_names_where_mentor_advises)


PRACTICAL = (full, full_here, away, withdrawn, no_offer, unconfirmed_mentor)


@pytest.mark.parametrize("why", [*PRIVATE, *PRACTICAL], ids=lambda why: why.__name__)
def test_a_private_list_cannot_be_told_from_a_full_diary(why):
    mentee, mentor = couple()
    why(mentee, mentor)
    mentor.refresh_from_db()
    with pytest.raises(Refused) as refused:
        requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
    told = refused.value
    assert (type(told), told.code, told.field, told.sentence, str(told)) == (
        independence.NotIndependent,
        "other",
        None,
        NOT_AVAILABLE,
        str(NOT_AVAILABLE),
    )


@pytest.mark.parametrize("why", [*PRIVATE, full, away], ids=lambda why: why.__name__)
def test_funnels_count_them_as_other_reasons(why):
    mentee, mentor = couple()
    why(mentee, mentor)
    pool, card = pool_for(mentee)
    assert dict(others(pool, card).excluded) == {"other": 1}
    assert dict(others(pool, card, as_mentee=True).excluded) == ({} if why in PRIVATE else {"other": 1})


def accepting(why):
    mentee, mentor = couple()
    asked = request(mentee, mentor)
    why(mentee, mentor)
    with pytest.raises(Refused) as refused:
        requests.accept(request=asked, user=mentor.person, now=NOW)
    return refused.value.code, str(refused.value)


def test_a_stale_request_tells_nothing_either():
    """But for the mentor's own places: those are no secret from the mentor."""
    assert {accepting(why) for why in PRIVATE} == {("other", str(NOT_AVAILABLE))}
    assert accepting(full) == ("no_place_free", str(NO_PLACE_FREE))
