"""The desk in words: each verb says how it is put right, each record which one it is, and no selector shows dashes."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.admin.verbs import Verb, VerbAdmin
from accounts.models import Invitation
from common.clock import now
from matching.admin.pairings import PairingAdmin
from tests.admin.conftest import Desk
from tests.admin.test_verbs import act
from tests.test_repairs import FINAL, REPAIRS

VERBS = [
    pytest.param(verb, id=f"{type(page).__name__}-{verb.name}")
    for page in admin.site._registry.values()
    if isinstance(page, VerbAdmin)
    for verb in page.verbs
]
DASHES = "-" * 9  # what Django writes for nothing
ADDED = ("accounts_organisation", "accounts_invitation", "cohorts_enrolment", "matching_waiver", "matching_matchrun")


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_says_how_it_is_put_right(verb: Verb) -> None:
    assert str(verb.repair).endswith(".")


@pytest.mark.parametrize("verb", [each for each in PairingAdmin.verbs if REPAIRS["pairing", each.name] == FINAL])
def test_what_is_final_at_the_desk_says_so_before(verb: Verb) -> None:
    assert verb.repair == "This cannot be taken back."


@pytest.mark.django_db
def test_the_page_that_asks_once_more_says_so_and_of_whom_it_speaks(desk: Desk) -> None:
    about = f"{desk.alert}: {desk.alert.subject_name()}"
    asked = act(desk, desk.alert, "settle", confirmed=False)
    assert "You can open it again." in asked
    assert about in asked
    assert f"Done: Settle. {about}" in act(desk, desk.alert, "settle")
    assert f"Choose {about}" in desk.client(desk.coordinator).get(reverse("admin:matching_alert_changelist")).text


@pytest.mark.django_db
def test_a_pairing_that_rests_says_until_when(desk: Desk) -> None:
    page = reverse("admin:matching_pairing_change", args=[desk.pairing.pk])
    assert "ast day of the pause" not in desk.client(desk.coordinator).get(page).text
    until = (now() + timedelta(days=30)).date()
    act(desk, desk.pairing, "pause", until=until)
    shown = desk.client(desk.coordinator).get(page).text
    assert "ast day of the pause" in shown
    assert f"{until.day} {until:%b %Y}" in shown, shown[shown.index("ast day of the pause") :][:400]


@pytest.mark.django_db
def test_an_invitation_is_sent_not_saved_and_says_to_whom_and_until_when(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    page = reverse("admin:accounts_invitation_add")
    assert 'value="Send the invitation"' in client.get(page).text
    said = {"email": "vera@lindqvist.example", "name": "Vera Lindqvist", "cohort": str(desk.cohort.pk)}
    text = client.post(page, {**said, "role": "mentor"}, follow=True).text
    assert "Vera Lindqvist (vera@lindqvist.example) is invited. The invitation is open until" in text
    made = Invitation.objects.get(email="vera@lindqvist.example")
    assert "Done: Revoke. Vera Lindqvist (vera@lindqvist.example)" in act(desk, made, "revoke")


@pytest.mark.django_db
def test_no_selector_shows_dashes_and_no_page_leads_to_djangos_own_list_of_changes(desk: Desk) -> None:
    client = desk.client(desk.superuser)
    pages = [reverse(f"admin:{name}_add") for name in ADDED]
    pages += [
        reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
        for page in admin.site._registry.values()
        if isinstance(page, VerbAdmin)
    ]
    pages.append(reverse("admin:accounts_organisation_change", args=[desk.organisation.pk]))
    pages.append(reverse("admin:matching_waiver_change", args=[desk.waiver.pk]))
    for page in pages:
        text = client.get(page).text
        assert DASHES not in text, page
        assert "historylink" not in text, page
