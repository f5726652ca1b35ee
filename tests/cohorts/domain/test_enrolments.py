"""Who takes part, and as what."""

from datetime import timedelta

import pytest

from accounts.models import Invitation, MentorProfile
from accounts.signals import invitation_accepted
from cohorts.domain import enrolments
from cohorts.models import Enrolment, EnrolmentOffer
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


def enrol(here, person, user, role=Role.MENTOR, **words):
    return enrolments.enrol(cohort=here, person=person, role=role, user=user, now=NOW, **words)


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


def test_an_accepted_invitation_brings_its_roles(here, coordinator):
    invitation = Invitation.objects.create(
        email="new@example.org",
        name="New",
        invited_by=coordinator,
        created_at=NOW,
        expires_at=NOW + timedelta(days=14),
        token_hash="t",
        code_hash="c",
    )
    there, nowhere = cohort(), cohort()
    who = people.person()
    for where, role in ((here, Role.MENTEE), (here, Role.MENTOR), (there, Role.MENTOR), (nowhere, Role.MENTEE)):
        EnrolmentOffer.objects.create(invitation=invitation, cohort=where, role=role)
    enrolment(there, who, Role.MENTOR, state="pending")
    enrolment(nowhere, who, Role.MENTEE, state="withdrawn")
    invitation_accepted.send(sender=Invitation, invitation=invitation, user=who, now=NOW)
    states = Enrolment.objects.filter(person=who).values_list("cohort", "role", "state")
    assert set(states) == {
        (here.pk, "mentee", "approved"),
        (here.pk, "mentor", "approved"),
        (there.pk, "mentor", "approved"),
        (nowhere.pk, "mentee", "withdrawn"),
    }
