"""Who sees whom. Each test holds rows that could leak."""

from datetime import date
from itertools import product

import pytest

from accounts.choices import AffiliationKind
from accounts.models import MentorProfile, NeverWith
from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from matching.domain import independence
from matching.domain.mentors import mentors_for
from matching.models import Alert, Pairing, Request, Waiver
from matching.models.alerts import AlertKind
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing, request

pytestmark = pytest.mark.django_db


def sees(model, user):
    return set(model.objects.visible_to(user))


def meets(user):
    """Their own enrolments, and the mentors they may know of."""
    return sees(Enrolment, user) | set(mentors_for(user))


@pytest.fixture
def superuser():
    who = people.person(staff=True)
    who.is_superuser = True
    who.save()
    return who


class TestEnrolments:
    def test_mentors_are_seen_by_approved_mentees_of_their_cohort_and_mentees_by_nobody(self):
        mentee, mentor = couple()
        fellow, other_mentor = couple(mentee.cohort)
        couple()
        assert meets(mentee.person) == {mentee, mentor, other_mentor}
        assert meets(mentor.person) == {mentor}
        assert meets(fellow.person) == {fellow, mentor, other_mentor}
        assert meets(people.person()) == set()

    @pytest.mark.parametrize("state", ["pending", "withdrawn"])
    def test_both_have_to_be_approved_and_the_mentor_active(self, state):
        mentee, mentor = couple()
        waiting = enrolment(mentee.cohort, state=state)
        enrolment(mentee.cohort, role=Role.MENTOR, state=state)
        gone = enrolment(mentee.cohort, role=Role.MENTOR).person
        gone.is_active = False
        gone.save()
        assert meets(waiting.person) == {waiting}
        assert meets(mentee.person) == {mentee, mentor}

    def test_one_does_not_find_oneself(self):
        who, here = people.mentor(), cohort()
        as_mentee, _as_mentor = enrolment(here, who), enrolment(here, who, Role.MENTOR)
        assert not mentors_for(as_mentee.person).exists()

    def test_coordinators_see_theirs_and_superusers_all(self, superuser):
        coordinator = people.person()
        mine = couple(cohort(coordinators=(coordinator,)))
        others = couple()
        assert sees(Enrolment, coordinator) == set(mine)
        assert sees(Enrolment, superuser) == {*mine, *others}


def by_name(owner, other):
    NeverWith.objects.put(owner=owner, person=other)


def by_employer(owner, other):
    NeverWith.objects.put(owner=owner, organisation=other.affiliations.get().organisation)


def by_family(owner, other):
    parent = people.organisation()
    sister = people.organisation(parent=parent)
    people.affiliation(other, people.organisation(parent=parent), kind=AffiliationKind.BOARD)
    NeverWith.objects.put(owner=owner, organisation=sister)


@pytest.mark.parametrize(("name", "by_mentor"), list(product([by_name, by_employer, by_family], [True, False])))
def test_who_is_never_to_be_met_is_absent_as_the_table_of_rules_says(name, by_mentor):
    mentee, mentor = couple()
    bystander = enrolment(mentee.cohort, role=Role.MENTOR)
    by_name(people.person(), people.person())
    name(*((mentor.person, mentee.person) if by_mentor else (mentee.person, mentor.person)))
    assert meets(mentee.person) == {mentee, bystander}
    for each in (mentor, bystander):
        excluded = bool(independence.broken(mentee=mentee, mentor=each, now=NOW))
        assert excluded == (each not in meets(mentee.person))


def test_an_organisation_named_in_vain_hides_nobody():
    mentee, mentor = couple()
    NeverWith.objects.put(owner=mentee.person, organisation=people.organisation())
    NeverWith.objects.put(owner=mentor.person, organisation=people.organisation())
    former = people.organisation()
    people.affiliation(mentor.person, former, until=date(2026, 1, 1))
    NeverWith.objects.put(owner=mentee.person, organisation=former)
    assert meets(mentee.person) == {mentee, mentor}


class TestRequestsAndPairings:
    @pytest.mark.parametrize(("model", "make"), [(Request, request), (Pairing, pairing)])
    def test_the_two_and_their_coordinators(self, model, make, superuser):
        coordinator = people.person()
        mine = make(*couple(cohort(coordinators=(coordinator,))))
        make(*couple())
        for user in (mine.mentee, mine.mentor, coordinator):
            assert sees(model, user) == {mine}
        assert len(sees(model, superuser)) == 2
        assert sees(model, people.person()) == set()

    @pytest.mark.parametrize(("model", "make"), [(Request, request), (Pairing, pairing)])
    def test_a_coordinators_own_is_theirs_as_a_participant_only(self, model, make, superuser):
        coordinator = people.mentor()
        own = make(*couple(cohort(coordinators=(coordinator,)), mentor=coordinator))
        assert set(model.objects.as_participant(coordinator)) == {own}
        assert set(model.objects.as_coordinator(coordinator)) == set()
        MentorProfile.objects.create(person=superuser)
        theirs = make(*couple(mentor=superuser))
        assert set(model.objects.as_coordinator(superuser)) == {own}
        assert theirs in sees(model, superuser)


def test_cohorts(superuser):
    coordinator = people.person()
    here, there = cohort(coordinators=(coordinator,)), cohort()
    inside, left = enrolment(here), enrolment(there, state="withdrawn")
    assert sees(Cohort, coordinator) == sees(Cohort, inside.person) == {here}
    assert sees(Cohort, left.person) == set()
    assert sees(Cohort, superuser) == {here, there}


def test_alerts_and_waivers_are_for_coordinators_and_not_about_themselves():
    coordinator, other = people.mentor(), people.person()
    here = cohort(coordinators=(coordinator, other))
    own, fine = pairing(*couple(here, mentor=coordinator)), pairing(*couple(here))
    raised = {
        made: Alert.objects.create(
            cohort=here,
            kind=AlertKind.INDEPENDENCE,
            subject_type="pairing",
            subject_id=made.pk,
            pairing=made,
            raised_at=NOW,
        )
        for made in (own, fine)
    }
    given = {
        made: Waiver.objects.create(
            cohort=here, mentee=made.mentee, mentor=made.mentor, why="agreed", given_at=NOW, until=NOW.date()
        )
        for made in (own, fine)
    }
    assert sees(Alert, coordinator) == {raised[fine]}
    assert sees(Waiver, coordinator) == {given[fine]}
    assert sees(Alert, other) == set(raised.values())
    assert sees(Waiver, other) == set(given.values())
    for user in (fine.mentee, fine.mentor):
        assert sees(Alert, user) == sees(Waiver, user) == set()
