"""Who takes part, and as what."""

from datetime import timedelta

import pytest

from accounts.models import MentorProfile
from cohorts.domain import enrolments
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState, Role
from common.errors import NotPermitted, Refused, WrongState
from matching.models import Request, ShortlistEntry
from matching.states import RequestState
from outbox.models import Letter
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, request

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return people.person()


@pytest.fixture
def here(coordinator):
    return cohort(coordinators=(coordinator,))


def enrol(here, person, user, role=Role.MENTOR, now=NOW, **words):
    return enrolments.enrol(cohort=here, person=person, role=role, user=user, now=now, **words)


def test_people_enrol_themselves_and_coordinators_anybody(here, coordinator):
    who = people.person()
    for role, user in ((Role.MENTOR, coordinator), (Role.MENTEE, who)):
        made = enrol(here, who, user, role)
        assert made.state == EnrolmentState.PENDING
    assert MentorProfile.objects.get(person=who).capacity == 1
    with pytest.raises(NotPermitted):
        enrol(here, people.person(), who)
    with pytest.raises(Refused) as refused:
        enrol(here, who, coordinator)
    assert refused.value.code == "enrolment_once"


def test_a_capacity_is_a_mentors(here, coordinator):
    assert enrol(here, people.mentor(capacity=4), coordinator, capacity=2).capacity == 2
    with pytest.raises(Refused) as refused:
        enrol(here, people.person(), coordinator, Role.MENTEE, capacity=2)
    assert refused.value.code == "enrolment_capacity_of_mentors"


def test_approval_is_told_and_nobody_approves_themselves(here, coordinator):
    made = enrol(here, people.person(), coordinator)
    enrolments.approve(enrolment=made, user=coordinator, now=NOW)
    assert [letter.person_id for letter in Letter.objects.filter(kind="enrolment_approved")] == [made.person_id]
    own = enrol(here, coordinator, coordinator)
    with pytest.raises(NotPermitted):
        enrolments.approve(enrolment=own, user=coordinator, now=NOW)


def test_when_a_mentor_leaves_requests_lapse_and_the_next_wish_is_asked(
    here, coordinator, django_capture_on_commit_callbacks
):
    mentee, mentor = couple(here)
    second = enrolment(here, role=Role.MENTOR)
    ShortlistEntry.objects.create(mentee=mentee, mentor=second, rank=1)
    asked = request(mentee, mentor)
    with django_capture_on_commit_callbacks(execute=True):
        enrolments.withdraw_enrolment(enrolment=mentor, user=mentor.person, now=NOW)
    asked.refresh_from_db()
    assert asked.state == RequestState.LAPSED
    assert Request.objects.pending().get().mentor_enrolment == second


def test_when_a_mentee_leaves_nobody_is_asked_for_them(here, coordinator, django_capture_on_commit_callbacks):
    mentee, mentor = couple(here)
    ShortlistEntry.objects.create(mentee=mentee, mentor=enrolment(here, role=Role.MENTOR), rank=1)
    asked = request(mentee, mentor)
    with django_capture_on_commit_callbacks(execute=True):
        enrolments.withdraw_enrolment(enrolment=mentee, user=coordinator, now=NOW)
    asked.refresh_from_db()
    assert asked.state == RequestState.LAPSED
    assert not Request.objects.pending().exists()


def test_an_enrolment_that_is_gone_is_a_wrong_state(here, coordinator):
    made = enrolment(here)
    Enrolment.objects.filter(pk=made.pk).delete()
    with pytest.raises(WrongState):
        enrolments.approve(enrolment=made, user=coordinator, now=NOW)


def test_who_is_withdrawn_by_a_coordinator_is_told_and_can_be_approved_again(here, coordinator):
    row = enrolment(here)
    enrolments.withdraw_enrolment(enrolment=row, user=coordinator, now=NOW)
    enrolments.approve(enrolment=row, user=coordinator, now=NOW)
    letters = Letter.objects.filter(person=row.person).values_list("kind", flat=True)
    assert sorted(letters) == ["enrolment_approved", "enrolment_withdrawn"]
    row.refresh_from_db()
    assert row.state == EnrolmentState.APPROVED


def test_who_leaves_is_not_told_what_they_know(here):
    row = enrolment(here)
    enrolments.withdraw_enrolment(enrolment=row, user=row.person, now=NOW)
    assert not Letter.objects.filter(person=row.person).exists()


# Noon in London on the day after the cohort's last; in Honolulu that day has just begun, in Auckland the next is near.
@pytest.mark.parametrize(
    ("zone", "hour", "over"),
    [("Europe/London", 12, True), ("Pacific/Honolulu", 8, False), ("Pacific/Honolulu", 12, True)],
)
def test_nobody_joins_after_the_last_day_where_they_are(coordinator, zone, hour, over):
    ended = cohort(coordinators=(coordinator,), starts_on=NOW.date() - timedelta(90), ends_on=NOW.date())
    after = (NOW + timedelta(days=1)).replace(hour=hour)
    who = people.person(zone=zone)
    row = enrolment(ended, who, state="pending")
    calls = [
        lambda: enrol(ended, who, coordinator, now=after),
        lambda: enrolments.approve(enrolment=row, user=coordinator, now=after),
        lambda: enrolments.join(cohort=ended, person=who, role=Role.MENTEE, now=after),
    ]
    for call in calls:
        if over:
            with pytest.raises(Refused) as refused:
                call()
            assert (refused.value.code, refused.value.field) == ("cohort_over", "cohort")
        else:
            call()
