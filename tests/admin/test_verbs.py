"""Verbs go through the domain after being asked once more; everything else is what a coordinator may type."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import Affiliation, Competition, Invitation, Ownership, User
from cohorts.models import Cohort, Enrolment, RoleOffer
from cohorts.models.weights import WEIGHT_FIELDS
from cohorts.states import EnrolmentState, Role
from common.clock import now
from common.models import Event
from matching.models import Waiver
from matching.states import PairingState, RequestState
from tests import people
from tests.admin.conftest import Desk
from tests.admin.test_pages import name
from tests.matching import factories

pytestmark = pytest.mark.django_db


def act(desk: Desk, row: Any, verb: str, *, confirmed: bool = True, **said: Any) -> str:
    words = {"action": verb, "_selected_action": [str(row.pk)], "from_page": "1", **said}
    if confirmed:
        words["confirmed"] = "1"
    client = desk.client(desk.coordinator)
    answer = client.post(reverse(name(type(row), "changelist")), words, follow=True)
    assert answer.status_code == 200
    if type(row).objects.filter(pk=row.pk).exists():
        row.refresh_from_db()
    return answer.content.decode()


def test_verbs_ask_once_more_and_follow_the_state_table(desk: Desk) -> None:
    page = desk.client(desk.coordinator).get(reverse("admin:matching_pairing_change", args=[desk.pairing.pk]))
    assert [verb.name for verb in page.context["verbs"]] == ["pause", "begin_closing", "end_early"]
    assert "Last day of the pause" in act(desk, desk.pairing, "pause", confirmed=False)
    assert desk.pairing.state == PairingState.ACTIVE
    assert "This field is required." in act(desk, desk.pairing, "pause")
    act(desk, desk.pairing, "pause", until=(now() + timedelta(days=30)).date())
    assert desk.pairing.state == PairingState.PAUSED
    assert "as it stands now" in act(desk, desk.pairing, "pause", until=(now() + timedelta(days=30)).date())
    act(desk, desk.pairing, "resume")
    act(desk, desk.pairing, "begin_closing")
    assert desk.pairing.state == PairingState.CLOSING
    act(desk, desk.pairing, "complete")
    assert desk.pairing.state == PairingState.CLOSING  # not theirs
    verbs = set(Event.objects.filter(subject_id=desk.pairing.pk, user=desk.coordinator).values_list("verb", flat=True))
    assert verbs == {"pause", "resume", "begin_closing"}


def test_refusals_stand_on_the_form(desk: Desk) -> None:
    text = act(desk, desk.pairing, "pause", until=(now() - timedelta(days=30)).date())
    assert "errorlist" in text
    assert desk.pairing.state == PairingState.ACTIVE


def test_ending_early_and_withdrawing(desk: Desk) -> None:
    act(desk, desk.pairing, "end_early", end_class="time")
    assert (desk.pairing.state, desk.pairing.end_text) == (PairingState.ENDED_EARLY, None)
    act(desk, desk.request, "withdraw")
    assert desk.request.state == RequestState.WITHDRAWN


def test_many_at_once_each_by_itself(desk: Desk) -> None:
    other = factories.enrolment(desk.cohort, people.mentee(), state=EnrolmentState.PENDING)
    own = factories.enrolment(desk.cohort, desk.coordinator, state=EnrolmentState.PENDING)
    ids = [str(row.pk) for row in (desk.enrolment, other, own)]
    said = {"action": "approve", "confirmed": "1", "_selected_action": ids}
    answer = desk.client(desk.coordinator).post(reverse("admin:cohorts_enrolment_changelist"), said, follow=True)
    assert "This step is not yours to take." in answer.content.decode()
    states = Enrolment.objects.filter(pk__in=ids).values_list("state", flat=True)
    assert sorted(states) == ["approved", "approved", "pending"]


def test_nonsense_ids_are_answered_with_words(desk: Desk) -> None:
    said = {"action": "approve", "_selected_action": ["nonsense"], "confirmed": "1"}
    answer = desk.client(desk.coordinator).post(reverse("admin:cohorts_enrolment_changelist"), said, follow=True)
    assert "that selection does not exist" in answer.content.decode()


def test_declines_are_lifted_once(desk: Desk) -> None:
    declined = factories.request(desk.request.mentee_enrolment, state=RequestState.DECLINED, at=now())
    act(desk, declined, "lift_decline")
    assert declined.lift.lifted_by == desk.coordinator
    page = desk.client(desk.coordinator).get(reverse("admin:matching_request_change", args=[declined.pk]))
    assert page.context["verbs"] == []


def test_alerts_are_settled(desk: Desk) -> None:
    listing = reverse("admin:matching_alert_changelist")
    act(desk, desk.alert, "settle")
    assert desk.alert.settled_by == desk.coordinator
    client = desk.client(desk.coordinator)
    assert client.get(listing, {"settled": "no"}).context["cl"].result_count == 0
    assert client.get(listing, {"settled": "yes"}).context["cl"].result_count == 1


def test_ownership_competitors_and_ties_go_through_the_domain(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    one, other = people.organisation("One"), people.organisation("Another")
    client.post(
        reverse("admin:accounts_ownership_add"), {"child": one.pk, "parent": other.pk, "starts_on": "2020-01-01"}
    )
    owned = Ownership.objects.get(child=one)
    circle = {"child": other.pk, "parent": one.pk, "starts_on": "2020-01-01"}
    assert (
        "belong to this organisation itself"
        in client.post(reverse("admin:accounts_ownership_add"), circle).content.decode()
    )
    client.post(
        reverse("admin:accounts_ownership_change", args=[owned.pk]),
        {"starts_on": "2020-01-01", "ends_on": "2021-01-01"},
    )
    owned.refresh_from_db()
    assert owned.ends_on
    rivals = {"first": one.pk, "second": other.pk}
    assert client.post(reverse("admin:accounts_competition_add"), rivals).status_code == 403
    desk.coordinator, client = desk.superuser, desk.client(desk.superuser)  # whose decision it is
    same = client.post(reverse("admin:accounts_competition_add"), {"first": one.pk, "second": one.pk})
    assert "cannot compete with itself" in same.content.decode()
    for first, second in ((one, other), (other, one)):
        client.post(reverse("admin:accounts_competition_add"), {"first": first.pk, "second": second.pk})
        rivals = Competition.objects.get(first__in=[one, other], second__in=[one, other])
        act(desk, rivals, "withdraw")
        assert not Competition.objects.filter(pk=rivals.pk).exists()
    tie = {
        "person": desk.pairing.mentee_id,
        "kind": "board",
        "organisation": one.pk,
        "title": "Chair",
        "starts_on": "2020-01-01",
    }
    client.post(reverse("admin:accounts_affiliation_add"), tie)
    made = Affiliation.objects.get(organisation=one, person=desk.pairing.mentee)
    client.post(reverse("admin:accounts_affiliation_change", args=[made.pk]), {"ends_on": "2021-01-01"})
    made.refresh_from_db()
    assert made.ends_on
    assert client.get(reverse("admin:accounts_affiliation_change", args=[made.pk])).status_code == 200


def test_people_keep_their_address_password_and_flags(desk: Desk) -> None:
    person = desk.pairing.mentee
    before = (person.email, person.password)
    crafted = {
        "name": "Corrected",
        "email": "evil@example.org",
        "password": "x",
        "is_staff": "on",
        "is_superuser": "on",
        "groups": "1",
    }
    address = reverse("admin:accounts_user_change", args=[person.pk])
    shown = desk.client(desk.coordinator).get(address).context["inline_admin_formsets"]
    for prefix in (inline.formset.prefix for inline in shown):
        crafted |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    assert desk.client(desk.coordinator).post(address, crafted).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.email, person.password) == ("Corrected", *before)
    assert not person.is_staff
    assert not person.is_superuser
    assert person.is_active
    desk.client(desk.superuser).post(address, {**crafted, "is_active": "on"})
    person.refresh_from_db()
    assert person.is_staff
    assert (person.email, person.password) == before
    assert desk.client(desk.superuser).post(reverse("admin:accounts_user_add"), crafted).status_code == 403
    desk.client(desk.superuser).post(
        reverse("admin:accounts_user_change", args=[desk.superuser.pk]),
        {**crafted, "name": "Super User", "is_superuser": ""},
    )
    assert User.objects.get(pk=desk.superuser.pk).is_superuser


def test_cohorts_stay_with_whoever_saves_them(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    said = {
        "name": "Autumn",
        "starts_on": "2027-01-01",
        "ends_on": "2027-12-01",
        "answer_days": "5",
        "lookback_months": "24",
        "check_in_weeks": "4",
        **{name: Cohort._meta.get_field(name).default for name in WEIGHT_FIELDS},
        "concern_name": "Ingrid",
        "concern_email": "ingrid@example.org",
        "coordinators": [str(desk.stranger.pk)],
    }
    client.post(reverse("admin:cohorts_cohort_add"), said)
    made = Cohort.objects.get(name="Autumn")
    assert set(made.coordinators.all()) == {desk.coordinator}  # who else is a superuser's to say
    assert Event.objects.filter(subject_id=made.pk, verb="add").exists()
    superuser, where = desk.client(desk.superuser), reverse("admin:cohorts_cohort_change", args=[made.pk])
    wrong = superuser.post(where, {**said, "coordinators": [str(desk.pairing.mentee_id)]})
    assert "errorlist" in wrong.content.decode()
    superuser.post(where, {**said, "coordinators": [str(desk.stranger.pk), str(desk.coordinator.pk)]})
    assert set(made.coordinators.all()) == {desk.coordinator, desk.stranger}
    client.post(where, {**said, "coordinators": []})
    assert set(made.coordinators.all()) == {desk.coordinator, desk.stranger}
    assert "decided by a superuser" in client.get(where).content.decode()


def test_a_further_offer_joins_the_open_invitation_and_anothers_is_not_told(desk: Desk) -> None:
    where = reverse("admin:accounts_invitation_add")
    said = {"email": "new@example.org", "name": "New Person", "cohort": desk.cohort.pk, "role": Role.MENTOR}
    elsewhere = {**said, "cohort": Cohort.objects.get(name="Elsewhere").pk}
    first = desk.client(desk.stranger).post(where, elsewhere)
    second = desk.client(desk.coordinator).post(where, said)
    assert (first.status_code, second.status_code) == (302, 302)
    listing = desk.client(desk.coordinator).get(reverse("admin:accounts_invitation_changelist"))
    [mine] = listing.context["cl"].result_list
    assert (mine.invited_by, mine.sends) == (desk.coordinator, 1)
    desk.client(desk.coordinator).post(where, {**said, "role": Role.MENTEE})
    mine.refresh_from_db()
    assert mine.sends == 2
    assert set(mine.offers.values_list("role", flat=True)) == {Role.MENTOR, Role.MENTEE}


def test_staff_without_a_cohort_sees_and_decides_nothing(desk: Desk) -> None:
    idle = people.person("Idle Staff", staff=True)
    client = desk.client(idle)
    for model, page in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        listed = client.get(reverse(f"{name}_changelist"))
        assert listed.status_code == 200
        assert not listed.context["cl"].result_list, model
        assert client.get(reverse(f"{name}_add")).status_code == 403, model
        row = model._default_manager.first()
        if row is not None:
            assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 302, model
        assert page.may_decide(client.get(reverse("admin:index")).wsgi_request) is False


def test_enrolling_and_lowering_a_capacity(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    said = {"cohort": desk.cohort.pk, "person": desk.pairing.mentor_id, "role": Role.MENTEE}
    client.post(reverse("admin:cohorts_enrolment_add"), said)
    made = Enrolment.objects.get(person=desk.pairing.mentor, role=Role.MENTEE)
    assert made.state == EnrolmentState.PENDING
    assert "already has this role" in client.post(reverse("admin:cohorts_enrolment_add"), said).content.decode()
    factories.pairing(factories.enrolment(desk.cohort), desk.pairing.mentor_enrolment, at=now())
    address = reverse("admin:cohorts_enrolment_change", args=[desk.pairing.mentor_enrolment_id])
    assert "more open pairings" in client.post(address, {"capacity": "1"}).content.decode()
    client.post(address, {"capacity": "2"})
    assert Enrolment.objects.get(pk=desk.pairing.mentor_enrolment_id).capacity == 2


def test_an_account_is_closed_once_its_consequences_were_shown(desk: Desk) -> None:
    mentor, client = desk.pairing.mentor, desk.client(desk.superuser)
    where = reverse("admin:accounts_user_changelist")
    said = {"action": "close_account", "_selected_action": [str(mentor.pk)], "from_page": "1"}
    shown = client.post(where, said).context
    assert any("goes on" in sentence for sentence in shown["foreseen"])
    assert client.post(where, {**said, "confirmed": "1"}).context["foreseen"] == shown["foreseen"], (
        "not shown, not done"
    )
    mentor.refresh_from_db()
    assert mentor.is_active
    client.post(where, {**said, "confirmed": "1", "told": shown["foreseen"]})
    mentor.refresh_from_db()
    assert not mentor.is_active
    page = client.get(reverse("admin:accounts_user_change", args=[mentor.pk]))
    assert [verb.name for verb in page.context["verbs"]] == ["reopen_account", "begin_erasing"]


def test_a_coordinator_whose_account_is_closed_stays_with_the_cohort_when_it_is_saved(desk: Desk) -> None:
    User.objects.filter(pk=desk.coordinator.pk).update(is_active=False)
    where = reverse("admin:cohorts_cohort_change", args=[desk.cohort.pk])
    form = desk.client(desk.superuser).get(where).context["adminform"].form
    assert desk.coordinator in form.fields["coordinators"].queryset
    assert desk.stranger in form.fields["coordinators"].queryset
    gone = people.person(staff=True)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert gone not in form.fields["coordinators"].queryset


def test_somebody_of_the_same_name_is_asked_about_before_a_second_account_is_made(desk: Desk) -> None:
    client, there = desk.client(desk.coordinator), desk.pairing.mentor
    where = reverse("admin:accounts_invitation_add")
    said = {
        "email": "new@example.org",
        "name": f"Prof. {there.name.upper()}",
        "cohort": desk.cohort.pk,
        "role": Role.MENTOR,
    }
    assert there.email in client.post(where, said).content.decode()
    assert not Invitation.objects.filter(email="new@example.org").exists()
    client.post(where, {**said, "another": "on"})
    assert Invitation.objects.filter(email="new@example.org").exists()


def test_only_superusers_are_offered_to_invite_a_coordinator(desk: Desk) -> None:
    where = reverse("admin:accounts_invitation_add")
    said = {"email": "new@example.org", "name": "New Person", "cohort": desk.cohort.pk, "role": "coordinator"}
    assert "not one of the available choices" in desk.client(desk.coordinator).post(where, said).content.decode()
    desk.client(desk.superuser).post(where, said)
    assert RoleOffer.objects.get(role="coordinator").cohort == desk.cohort


def test_inviting_sending_again_and_revoking(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    said = {"email": "New@Example.org", "name": "New Person", "cohort": desk.cohort.pk, "role": Role.MENTOR}
    client.post(reverse("admin:accounts_invitation_add"), said)
    invited = Invitation.objects.get(email="new@example.org")
    assert RoleOffer.objects.get(invitation=invited).cohort == desk.cohort
    assert "You have an open invitation" in client.post(reverse("admin:accounts_invitation_add"), said).content.decode()
    act(desk, invited, "resend")
    assert invited.sends == 2
    text = client.get(reverse("admin:accounts_invitation_change", args=[invited.pk])).content.decode()
    assert invited.token_hash not in text
    act(desk, invited, "revoke")
    assert invited.revoked_at
    assert client.get(reverse("admin:accounts_invitation_changelist")).status_code == 200
    foreign = {**said, "email": "x@example.org", "cohort": Cohort.objects.get(name="Elsewhere").pk}
    assert "errorlist" in client.post(reverse("admin:accounts_invitation_add"), foreign).content.decode()


def test_waivers_are_given_with_a_reason_and_an_end(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    said = {
        "cohort": desk.cohort.pk,
        "mentee": desk.pairing.mentee_id,
        "mentor": desk.pairing.mentor_id,
        "why": "Known",
        "until": "2020-01-01",
    }
    add = reverse("admin:matching_waiver_add")
    assert "Choose a day that is not over." in client.post(add, said).content.decode()
    oneself = client.post(add, {**said, "mentee": desk.pairing.mentor_id, "until": desk.cohort.ends_on})
    assert "this cannot be waived" in oneself.content.decode()
    client.post(add, {**said, "until": desk.cohort.ends_on})
    assert Waiver.objects.get(why="Known").given_by == desk.coordinator
