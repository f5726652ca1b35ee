"""An alert says what can be done and leads there, is settled with a note, and can be opened again."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cohorts.states import Role
from common.clock import now
from common.errors import NotPermitted, Refused
from common.history import tell
from common.models import Event
from common.subjects import subject_of
from matching.admin.alert_offers import OFFERS, UseVerb
from matching.alert_sentences import REMEDIES
from matching.domain import alerts, pairings
from matching.models import Alert
from matching.models.alerts import SUBJECT_TYPES, AlertKind
from tests.admin.conftest import Desk
from tests.matching import factories

pytestmark = pytest.mark.django_db
POSTED = {"from_page": "1"}


def raised(desk: Desk, kind: str) -> Alert:
    Alert.objects.all().delete()
    subjects = {
        "pairing": desk.pairing,
        "enrolment": desk.enrolment,
        "organisation": desk.organisation,
        "cohort": desk.cohort,
    }
    if kind == AlertKind.MENTOR_SILENT:
        subjects["enrolment"] = desk.request.mentor_enrolment
    about = subject_of(subjects[SUBJECT_TYPES[kind]])._replace(cohort_id=desk.cohort.pk)
    made = alerts.alert(kind=kind, subject=about, now=now())
    assert made is not None
    return made


def offered(client: Client, alert: Alert) -> list[Any]:
    page = client.get(reverse("admin:matching_alert_change", args=[alert.pk]))
    assert page.status_code == 200
    return list(page.context["offers"])


def follow(client: Client, offer: Any) -> Any:
    if not offer.verb:
        return client.get(offer.href)
    return client.post(offer.href, {"action": offer.verb, "_selected_action": [str(offer.record)], **POSTED})


@pytest.mark.parametrize("kind", AlertKind.values)
def test_each_kind_says_what_can_be_done_and_each_offer_opens_for_its_coordinator(desk: Desk, kind: str) -> None:
    alert = raised(desk, kind)
    client = desk.client(desk.coordinator)
    page = client.get(reverse("admin:matching_alert_change", args=[alert.pk])).content.decode()
    first = client.get(reverse("admin:index"))
    [waiting] = first.context["alerts"]
    listed = client.get(reverse("admin:matching_alert_changelist")).context["cl"].result_list
    assert [str(row.shown_subject) for row in listed] == [str(waiting.subject)]
    assert alert.remedy().endswith(".")
    assert alert.remedy() in page
    assert alert.remedy() in first.content.decode()
    found = offered(client, alert)
    assert found, "nothing is offered"
    assert waiting.offer == found[0]
    for offer in found:
        if offer.href.startswith("mailto:"):
            assert "@example.com" in offer.href or "%40" in offer.href
            continue
        answer = follow(client, offer)
        assert answer.status_code == 200, offer
        assert not offer.verb or answer.context["able"], offer
        if not offer.verb:
            assert follow(desk.client(desk.stranger), offer).status_code in {200, 302, 404}


def test_every_kind_has_a_row() -> None:
    assert set(OFFERS) == set(REMEDIES) == set(AlertKind.values)


def test_verbs_that_are_closed_or_not_ones_own_are_not_offered(desk: Desk) -> None:
    alert = raised(desk, AlertKind.ACCOUNT_CLOSED)
    User.objects.filter(pk=desk.pairing.mentor_id).update(is_active=False)
    verbs = [[each.verb for each in offered(desk.client(who), alert)] for who in (desk.coordinator, desk.superuser)]
    assert verbs == [["end_early", ""], ["end_early", "", "reopen_account"]]
    assert {each.verb for each in OFFERS[AlertKind.ACCOUNT_CLOSED] if isinstance(each, UseVerb)} == set(verbs[1]) - {""}


def test_a_waiver_and_a_run_begin_with_what_the_alert_is_about_and_only_for_its_coordinator(desk: Desk) -> None:
    waive = offered(desk.client(desk.coordinator), raised(desk, AlertKind.INDEPENDENCE))[0].href
    text = desk.client(desk.coordinator).get(waive).content.decode()
    assert "Mia Mentee" in text
    assert "Max Mentor" in text
    assert "Max Mentor" not in desk.client(desk.stranger).get(waive).content.decode()
    run = offered(desk.client(desk.coordinator), raised(desk, AlertKind.SHORTLIST_EMPTY))[1].href
    chosen = f'<option value="{desk.cohort.pk}" selected>'
    assert chosen in desk.client(desk.coordinator).get(run).content.decode()
    assert chosen not in desk.client(desk.stranger).get(run).content.decode()
    assert desk.client(desk.coordinator).get(run.replace(str(desk.cohort.pk), "nonsense")).status_code == 200


def test_settling_takes_a_note_and_is_undone(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    listing, page = (
        reverse("admin:matching_alert_changelist"),
        reverse("admin:matching_alert_change", args=[desk.alert.pk]),
    )
    said = {"action": "settle", "_selected_action": [str(desk.alert.pk)], "confirmed": "1", **POSTED}
    assert "at most 500" in client.post(listing, {**said, "note": "x" * 501}).content.decode()
    client.post(listing, {**said, "note": "Both were on leave."})
    text = client.get(page).content.decode()
    assert "Both were on leave." in text
    assert "Clara Coordinator settled the alert" in text
    assert offered(client, desk.alert) == []
    client.post(listing, {**said, "action": "reopen"})
    desk.alert.refresh_from_db()
    assert (desk.alert.settled_at, desk.alert.settled_by, desk.alert.note) == (None, None, "Both were on leave.")
    assert [each.alert for each in client.get(reverse("admin:index")).context["alerts"]] == [desk.alert]
    events = Event.objects.filter(subject_id=desk.alert.pk)
    assert [line.split("opened")[-1].split("settled")[-1][:10] for line in tell(list(events))] == [" the alert"] * 2


def test_what_is_over_or_raised_again_is_not_reopened_and_nobody_else_reopens(desk: Desk) -> None:
    alert = alerts.settle(alert=desk.alert, user=desk.coordinator, now=now())
    with pytest.raises(NotPermitted):
        alerts.reopen(alert=alert, user=desk.stranger, now=now())
    again = Alert.objects.create(
        cohort=desk.cohort,
        kind=alert.kind,
        subject_type="pairing",
        subject_id=desk.pairing.pk,
        pairing=desk.pairing,
        raised_at=now(),
    )
    with pytest.raises(Refused, match="already on the list"):
        alerts.reopen(alert=alert, user=desk.coordinator, now=now())
    again.delete()
    alerts.settle_automatically(kind=alert.kind, subject_ids=[desk.pairing.pk], now=now())
    with pytest.raises(Refused, match="is over"):
        alerts.reopen(alert=alert, user=desk.coordinator, now=now())


def test_what_was_settled_by_hand_does_not_come_back_until_something_changes(desk: Desk) -> None:
    idle = factories.pairing(
        factories.enrolment(desk.cohort), factories.enrolment(desk.cohort, role=Role.MENTOR), at=now() - timedelta(60)
    )
    raise_again = {"kind": AlertKind.INDEPENDENCE, "subject": desk.pairing}
    pairings.sweep_introduced(now=now())
    alert = alerts.settle(alert=Alert.objects.get(pairing=idle), user=desk.coordinator, now=now())
    pairings.sweep_introduced(now=now())
    assert list(Alert.objects.filter(pairing=idle)) == [alert]
    first = alerts.alert_all(
        kind=AlertKind.INDEPENDENCE, found={subject_of(desk.pairing): {"rules": ["same_family"]}}, now=now()
    )[0]
    alerts.settle(alert=first, user=desk.coordinator, now=now())
    assert alerts.alert(**raise_again, facts={"rules": ["same_family"]}, now=now()) is None
    assert alerts.alert(**raise_again, facts={"rules": ["current_tie"]}, now=now()).settled_at is None
    alerts.settle_automatically(kind=AlertKind.INDEPENDENCE, subject_ids=[desk.pairing.pk], now=now())
    assert alerts.alert(**raise_again, facts={"rules": ["same_family"]}, now=now()).settled_at is None


def test_one_does_not_settle_by_a_note_that_is_too_long(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        alerts.settle(alert=desk.alert, user=desk.coordinator, note="x" * 501, now=now())
    assert refused.value.field == "note"
