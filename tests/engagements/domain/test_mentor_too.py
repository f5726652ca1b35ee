"""A mentor asks for a mentor, too: in an open cohort, or where none is, of the coordinators."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import MenteeProfile
from cohorts.models import Enrolment
from common.errors import NotPermitted, Refused, WrongState
from engagements.domain import mentor_too
from matching.models import Alert
from tests import people
from tests.engagements import stories
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
LATER = factories.NOW + timedelta(days=400)  # every cohort of before is over


@pytest.fixture
def closing():
    coordinator = people.person("Co", staff=True)
    return stories.closing(mentee=factories.enrolment(factories.cohort(coordinators=(coordinator,))))


def test_open_are_ones_own_cohorts_and_those_of_the_same_coordinators(closing):
    coordinator = closing.cohort.coordinators.get()
    coming = factories.cohort(
        coordinators=(coordinator,), starts_on=NOW.date() + timedelta(days=90), ends_on=NOW.date() + timedelta(days=300)
    )
    factories.cohort(coordinators=(people.person(),))  # of others
    over = NOW.date() - timedelta(days=9)
    factories.cohort(coordinators=(coordinator,), starts_on=over - timedelta(days=90), ends_on=over)
    found = mentor_too.open_cohorts(person=closing.mentor, now=NOW)
    assert found == [coming, closing.cohort]
    assert mentor_too.open_cohorts(person=people.person(), now=NOW) == []


def test_it_is_an_enrolment_that_coordinators_approve_begun_with_what_is_known(closing):
    closing.mentor.mentor_profile.about = "Six years a chief."
    closing.mentor.mentor_profile.save()
    mentor_too.ask(pairing=closing, user=closing.mentor, cohort_id=closing.cohort_id, now=NOW)
    made = Enrolment.objects.get(person=closing.mentor, role="mentee")
    assert (made.state, made.cohort) == ("pending", closing.cohort)
    assert MenteeProfile.objects.get(person=closing.mentor).about == "Six years a chief."
    assert mentor_too.as_mentee(person=closing.mentor, now=NOW) == made
    assert mentor_too.as_mentee(person=closing.mentor, now=LATER) is None
    for cohort_id in (closing.cohort_id, uuid4()):
        with pytest.raises(Refused) as refused:
            mentor_too.ask(pairing=closing, user=closing.mentor, cohort_id=cohort_id, now=NOW)
        assert refused.value.code == "not_open"


def test_without_an_open_cohort_the_coordinators_are_told_once_and_it_can_be_taken_back(closing):
    stories.complete(closing)
    for _twice in range(2):
        assert mentor_too.ask(pairing=closing, user=closing.mentor, cohort_id=None, now=LATER) is None
    raised = Alert.objects.open().get(kind="mentor_wanted")
    assert raised.subject_id == closing.mentor_enrolment_id
    assert mentor_too.waits(closing.mentor)
    mentor_too.take_back(person=closing.mentor, now=LATER)
    assert not mentor_too.waits(closing.mentor)
    mentor_too.ask(pairing=closing, user=closing.mentor, cohort_id=None, now=LATER)
    coordinator = closing.cohort.coordinators.get()
    again = factories.cohort(coordinators=(coordinator,), ends_on=LATER.date() + timedelta(days=90))
    mentor_too.ask(pairing=closing, user=closing.mentor, cohort_id=again.pk, now=LATER)
    assert not mentor_too.waits(closing.mentor)


def test_it_is_the_mentors_question_at_the_end(closing):
    with pytest.raises(NotPermitted):
        mentor_too.ask(pairing=closing, user=closing.mentee, cohort_id=closing.cohort_id, now=NOW)
    begun = stories.active()
    with pytest.raises(WrongState):
        mentor_too.ask(pairing=begun, user=begun.mentor, cohort_id=begun.cohort_id, now=NOW)
