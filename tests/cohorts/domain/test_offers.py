"""What an invitation offers, and what becomes of it when it is accepted."""

from datetime import timedelta

import pytest

from accounts import tokens
from accounts.domain import invitations
from accounts.models import Invitation, User
from cohorts.domain import enrolments
from cohorts.domain.offers import described, offer
from cohorts.models import Enrolment, RoleOffer
from cohorts.states import EnrolmentState, OfferedRole, Role
from common.errors import NotPermitted, Refused
from common.models import Event
from tests import people
from tests.matching.factories import NOW, cohort, enrolment

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
EMAIL = "leader@example.org"


@pytest.fixture
def coordinator():
    return people.person()


@pytest.fixture
def superuser():
    return people.superuser()


@pytest.fixture
def leader():
    return people.person(email=EMAIL)


def offered(where, by, role=OfferedRole.MENTEE, now=NOW):
    return offer(email=EMAIL, name="A Leader", cohort=where, role=role, user=by, now=now)


def accepted(invitation, who, now=NOW):
    return invitations.accept(token=tokens.link_token(invitation.pk, invitation.sends), user=who, now=now)


def test_all_its_roles_are_taken_up_whatever_was_before(coordinator, leader):
    here, there, elsewhere = (cohort(name, coordinators=(coordinator,)) for name in ("Here", "There", "Elsewhere"))
    enrolment(there, leader, Role.MENTOR, state="pending")
    enrolment(elsewhere, leader, state="withdrawn")
    for where, role in ((here, "mentee"), (here, "mentor"), (there, "mentor"), (elsewhere, "mentee")):
        invitation = offered(where, coordinator, role)
    said = accepted(invitation, leader)
    assert set(said) == {
        "You take part in Here as a mentee.",
        "You take part in Here as a mentor.",
        "You take part in There as a mentor.",
        "You take part in Elsewhere as a mentee.",
    }
    assert set(Enrolment.objects.filter(person=leader).values_list("state", flat=True)) == {EnrolmentState.APPROVED}
    assert Event.objects.filter(verb="join", person=leader).count() == 4


def test_an_invitation_from_before_a_withdrawal_leads_back_only_to_the_rest(coordinator, leader):
    here, there = cohort(coordinators=(coordinator,)), cohort(coordinators=(coordinator,))
    invitation = offered(here, coordinator)
    row = enrolment(here, leader)
    enrolments.withdraw_enrolment(enrolment=row, user=coordinator, now=NOW)
    invitation.refresh_from_db()
    assert invitation.revoked_at == NOW
    enrolments.approve(enrolment=row, user=coordinator, now=NOW)
    offered(here, coordinator)
    invitation = offered(there, coordinator)
    enrolments.withdraw_enrolment(enrolment=row, user=coordinator, now=NOW)
    accepted(invitation, leader)
    assert dict(Enrolment.objects.values_list("cohort", "state")) == {here.pk: "withdrawn", there.pk: "approved"}


def test_who_left_may_come_back_by_an_invitation_that_is_open(coordinator, leader):
    here = cohort(coordinators=(coordinator,))
    row = enrolment(here, leader)
    invitation = offered(here, coordinator)
    enrolments.withdraw_enrolment(enrolment=row, user=leader, now=NOW)
    accepted(invitation, leader)
    row.refresh_from_db()
    assert row.state == EnrolmentState.APPROVED


def test_a_cohort_that_is_over_is_left_out_and_one_alone_is_refused(coordinator, leader):
    short = cohort("Short", coordinators=(coordinator,), ends_on=NOW.date() + 3 * DAY)
    long = cohort("Long", coordinators=(coordinator,), ends_on=NOW.date() + 90 * DAY)
    alone = offered(short, coordinator)
    later = NOW + 5 * DAY
    with pytest.raises(Refused, match="Short ended on"):
        accepted(alone, leader, later)
    alone.refresh_from_db()
    assert alone.completed_at is None
    both = offered(long, coordinator, now=NOW + DAY)
    assert [sentence for sentence in described(both, later) if "ended" in sentence] == [
        "Short ended on 13 March 2026; nobody can join it any more."
    ]
    assert accepted(both, leader, later) == ["You take part in Long as a mentee."]
    with pytest.raises(Refused, match="nobody can join"):
        offered(short, coordinator, now=later)


def test_a_coordinator_is_invited_by_a_superuser_alone_and_takes_no_part(coordinator, superuser, leader):
    here = cohort("Here", coordinators=(coordinator,))
    with pytest.raises(NotPermitted):
        offered(here, coordinator, OfferedRole.COORDINATOR)
    invitation = offered(here, superuser, OfferedRole.COORDINATOR)
    assert described(invitation, NOW)[0].endswith("as a coordinator.")
    assert accepted(invitation, leader) == ["You coordinate Here: the coordinators’ pages are in the menu."]
    leader.refresh_from_db()
    assert leader.is_staff
    assert leader in here.coordinators.all()
    assert not Enrolment.objects.exists()
    assert Event.objects.filter(verb="appoint", cohort_id=here.pk, user=superuser).exists()


@pytest.mark.parametrize("fate", [{"is_superuser": False}, {"is_active": False}])
def test_nobody_is_appointed_for_whom_no_superuser_stands(superuser, leader, fate):
    here = cohort()
    invitation = offered(here, superuser, OfferedRole.COORDINATOR)
    User.objects.filter(pk=superuser.pk).update(**fate)
    with pytest.raises(Refused):
        accepted(invitation, leader)
    assert not here.coordinators.exists()
    assert Invitation.objects.get().completed_at is None


def test_a_declined_invitation_opens_nothing_and_does_not_stand_in_the_way(coordinator):
    here = cohort(coordinators=(coordinator,))
    invitation = offered(here, coordinator)
    token = tokens.link_token(invitation.pk, invitation.sends)
    invitations.decline(token=token, now=NOW)
    with pytest.raises(invitations.NotOpen):
        invitations.find(token=token, now=NOW)
    assert Invitation.objects.get().declined
    assert Event.objects.get(verb="decline").invitation_id == invitation.pk
    offered(here, coordinator)
    assert RoleOffer.objects.filter(invitation__revoked_at=None).count() == 1


def test_what_an_invitation_offers_takes_as_many_queries_for_many_roles_as_for_one(
    coordinator, django_assert_num_queries
):
    for number in range(4):
        invitation = offered(cohort(f"Cohort {number}", coordinators=(coordinator,)), coordinator)
        if not number:
            one = invitation
    with django_assert_num_queries(2):
        assert len(described(one, NOW)) == 4
