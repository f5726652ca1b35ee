"""A coordinator's desk ends where their cohorts end, and before what they are party to."""

import uuid
from typing import Any

import pytest
from django.urls import reverse

from cohorts.models import Enrolment
from cohorts.states import Role
from common.clock import now
from common.models import Event
from common.transitions import Actor
from matching.models import Alert, Pairing, Request, Waiver
from matching.models.alerts import AlertKind
from matching.states import PairingState, RequestState
from outbox.models import Letter
from tests import people
from tests.admin.conftest import Desk
from tests.admin.test_pages import SCOPED, name
from tests.matching import factories

pytestmark = pytest.mark.django_db


def rows(client: Any, model: Any, **query: Any) -> set[Any]:
    answer = client.get(reverse(name(model, "changelist")), query)
    assert answer.status_code == 200
    return {row.pk for row in answer.context["cl"].result_list}


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_lists_and_pages_end_with_ones_cohorts(desk: Desk, model: Any) -> None:
    mine, strange = desk.client(desk.coordinator), desk.client(desk.stranger)
    assert rows(mine, model)
    assert not rows(strange, model)
    row = model.objects.first()
    foreign = strange.get(reverse(name(model, "change"), args=[row.pk]))
    missing = strange.get(reverse(name(model, "change"), args=[uuid.uuid4()]))
    assert foreign.status_code == missing.status_code == 302
    assert foreign.url == missing.url == reverse("admin:index")


def test_events_letters_and_people_end_with_ones_cohorts(desk: Desk) -> None:
    from accounts.models import User

    mine, strange = desk.client(desk.coordinator), desk.client(desk.stranger)
    for model in (Event, Letter, User):
        assert rows(mine, model)
        assert not rows(strange, model)


def test_filters_and_selectors_name_ones_own_cohorts_only(desk: Desk) -> None:
    mine = desk.client(desk.coordinator)
    running_elsewhere = "Elsewhere"
    listing = mine.get(reverse("admin:matching_pairing_changelist")).content.decode()
    adding = mine.get(reverse("admin:cohorts_enrolment_add")).content.decode()
    inviting = mine.get(reverse("admin:accounts_invitation_add")).content.decode()
    for text in (listing, adding, inviting):
        assert running_elsewhere not in text
    assert "Spring" in inviting
    everything = desk.client(desk.superuser).get(reverse("admin:matching_pairing_changelist")).content.decode()
    assert running_elsewhere in everything


def test_autocompletes_name_ones_own_people_only(desk: Desk) -> None:
    query = {"term": "Mia", "app_label": "cohorts", "model_name": "enrolment", "field_name": "person"}
    found = [
        desk.client(who).get(reverse("admin:autocomplete"), query).json()["results"]
        for who in (desk.coordinator, desk.stranger)
    ]
    assert [each["text"] for each in found[0]] == ["Mia Mentee"]
    assert found[1] == []


def test_addresses_cannot_be_used_to_guess_at_columns(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    for query in ({"person__password__startswith": "a"}, {"open_pairings": "1"}):
        answer = client.get(reverse("admin:cohorts_enrolment_changelist"), query)
        assert answer.status_code in {302, 400}
    assert client.get(reverse("admin:accounts_user_changelist"), {"password__startswith": "md5"}).status_code in {
        302,
        400,
    }


def test_actions_reach_no_further_than_the_list(desk: Desk) -> None:
    said = {"action": "end_early", "confirmed": "1", "end_class": "time", "_selected_action": [str(desk.pairing.pk)]}
    desk.client(desk.stranger).post(reverse("admin:matching_pairing_changelist"), said)
    desk.pairing.refresh_from_db()
    assert desk.pairing.state == PairingState.ACTIVE


def test_ones_own_pairing_and_all_that_hangs_on_it_is_hidden(desk: Desk) -> None:
    for who in (desk.coordinator, desk.superuser):
        mentor = factories.enrolment(desk.cohort, people.mentor(), Role.MENTOR)
        own = factories.pairing(factories.enrolment(desk.cohort, who), mentor, at=now())
        factories.request(
            factories.enrolment(desk.cohort, people.mentee()),
            factories.enrolment(desk.cohort, who, Role.MENTOR),
            state=RequestState.DECLINED,
            at=now(),
        )
        Event.record(verb="introduce", subject=own, actor=Actor.MENTOR, now=now())
        alert = Alert.objects.create(
            cohort=desk.cohort,
            kind=AlertKind.INTRODUCED_IDLE,
            subject_type="pairing",
            subject_id=own.pk,
            pairing=own,
            raised_at=now(),
        )
        client = desk.client(who)
        assert own.pk not in rows(client, Pairing)
        assert own.request_id not in rows(client, Request)
        assert alert.pk not in rows(client, Alert)
        listed = client.get(reverse("admin:common_event_changelist")).context["cl"].result_list
        assert own.pk not in {event.subject_id for event in listed}
        assert client.get(reverse("admin:matching_pairing_change", args=[own.pk])).status_code == 302
        said = {"action": "end_early", "confirmed": "1", "end_class": "time", "_selected_action": [str(own.pk)]}
        client.post(reverse("admin:matching_pairing_changelist"), said)
        own.refresh_from_db()
        assert own.state == PairingState.INTRODUCED


def test_a_waiver_for_oneself_is_anothers_to_give(desk: Desk) -> None:
    factories.enrolment(desk.cohort, desk.coordinator)
    said = {
        "cohort": desk.cohort.pk,
        "mentee": desk.coordinator.pk,
        "mentor": desk.pairing.mentor_id,
        "why": "Because",
        "until": desk.cohort.ends_on,
    }
    answer = desk.client(desk.coordinator).post(reverse("admin:matching_waiver_add"), said)
    assert "another coordinator must decide it" in answer.content.decode()
    assert Waiver.objects.count() == 1
    assert Enrolment.objects.filter(person=desk.coordinator).exists()
