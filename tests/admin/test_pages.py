"""Every page of the desk opens for whom it should, in a bounded number of queries, and says nothing to others."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import NeverWith
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState
from common.models import ContentKey, SealedField
from engagements.models import Agreement, CheckIn
from matching.models import Alert, Pairing, Request, Waiver
from mentorship.desk import front_page
from tests.admin.conftest import Desk
from tests.matching import factories

pytestmark = pytest.mark.django_db

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
SCOPED = [Request, Pairing, Enrolment, Waiver, Alert]


def name(model: Any, page: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"


def test_every_model_of_the_desk_is_one_of_ours() -> None:
    assert [model._meta.label for model in REGISTERED] == [
        "accounts.Affiliation",
        "accounts.Competition",
        "accounts.Invitation",
        "accounts.Organisation",
        "accounts.OtherName",
        "accounts.Ownership",
        "accounts.Topic",
        "accounts.User",
        "cohorts.Cohort",
        "cohorts.Enrolment",
        "common.Event",
        "engagements.CheckIn",
        "matching.Alert",
        "matching.MatchRun",
        "matching.Pairing",
        "matching.Proposal",
        "matching.Request",
        "matching.Unmatched",
        "matching.Waiver",
        "outbox.Letter",
    ]
    assert not {Agreement, NeverWith, ContentKey} & set(REGISTERED)


def test_no_page_shows_or_filters_by_sealed_fields() -> None:
    for model, page in admin.site._registry.items():
        sealed = {field.name for field in model._meta.get_fields() if isinstance(field, SealedField)} | {"key"}
        shown = {*page.list_display, *(page.fields or ()), *page.search_fields, *map(str, page.list_filter)}
        assert not sealed & shown, model


@pytest.mark.parametrize("who", ["coordinator", "superuser"])
@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_lists_and_pages_open(desk: Desk, model: Any, who: str, django_assert_max_num_queries: Any) -> None:
    client = desk.client(getattr(desk, who))
    with django_assert_max_num_queries(35):
        answer = client.get(reverse(name(model, "changelist")))
    assert answer.status_code == 200
    page = admin.site._registry[model]
    for row in list(answer.context["cl"].result_list)[:2]:
        with django_assert_max_num_queries(45):
            shown = client.get(reverse(name(model, "change"), args=[row.pk]))
        assert shown.status_code == 200
        assert "Sentinel-note" not in shown.content.decode()
    adding = client.get(reverse(name(model, "add")))
    decides = who == "superuser" or not page.programme_wide
    assert adding.status_code == (200 if page.may_add and decides else 403)
    row = model._default_manager.first()
    if row is not None:
        assert client.get(reverse(name(model, "delete"), args=[row.pk])).status_code in {302, 403}


def test_search_works_everywhere(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    for model, page in admin.site._registry.items():
        if page.search_fields:
            assert client.get(reverse(name(model, "changelist")), {"q": "person"}).status_code == 200


def test_first_page_shows_open_alerts_first(desk: Desk) -> None:
    text = desk.client(desk.coordinator).get(reverse("admin:index")).content.decode()
    assert reverse("admin:matching_pairing_change", args=[desk.pairing.pk]) in text
    assert text.index("Waiting for you") < text.index(str(desk.pairing)) < text.index("Cohorts")
    assert "Nothing waits for you." in desk.client(desk.stranger).get(reverse("admin:index")).content.decode()


def test_first_page_shows_who_waits_for_approval_but_not_oneself(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    own = factories.enrolment(desk.cohort, desk.coordinator, state=EnrolmentState.PENDING)
    client = desk.client(desk.coordinator)
    answer = client.get(reverse("admin:index"))
    assert answer.context["approvals"].shown == [desk.enrolment]
    assert reverse("admin:cohorts_enrolment_change", args=[desk.enrolment.pk]) in answer.content.decode()
    assert reverse("admin:cohorts_enrolment_change", args=[own.pk]) not in answer.content.decode()
    for _more in range(front_page.SHOWN):
        factories.enrolment(desk.cohort, state=EnrolmentState.PENDING)
    with django_assert_max_num_queries(20):
        text = client.get(reverse("admin:index")).content.decode()
    assert f"All {front_page.SHOWN + 1} that wait for approval" in text


def test_every_page_of_the_desk_stands_on_the_first_one_once(desk: Desk) -> None:
    groups = desk.client(desk.coordinator).get(reverse("admin:index")).context["groups"]
    named = [page["object_name"] for group in groups for page in group.pages]
    assert sorted(named) == sorted(model.__name__ for model in REGISTERED)


def test_an_alert_whose_subject_is_gone_keeps_its_own_words(desk: Desk) -> None:
    gone = {"kind": "shortlist_empty", "subject_type": "enrolment", "subject_id": desk.cohort.pk, "pairing": None}
    Alert.objects.filter(pk=desk.alert.pk).update(**gone)
    client = desk.client(desk.coordinator)
    [waiting] = client.get(reverse("admin:index")).context["alerts"]
    assert waiting.subject == desk.alert
    assert client.get(reverse("admin:matching_alert_change", args=[desk.alert.pk])).status_code == 200


def test_strict_policy_has_nothing_to_forbid(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    for address in (
        reverse("admin:index"),
        reverse("admin:matching_pairing_changelist"),
        reverse("admin:matching_pairing_change", args=[desk.pairing.pk]),
        reverse("admin:cohorts_enrolment_add"),
    ):
        answer = client.get(address)
        assert " style=" not in answer.content.decode()
        assert " onclick=" not in answer.content.decode()
        assert "<style" not in answer.content.decode()


def test_only_staff_enters(desk: Desk, client: Client) -> None:
    index = reverse("admin:index")
    assert client.get(index).url.startswith(reverse("admin:login"))
    assert client.get(reverse("admin:login")).url.startswith(reverse("account_login"))
    participant = desk.client(desk.pairing.mentee)
    assert participant.get(index).status_code == 302
    assert participant.get(reverse("admin:login")).status_code == 403
    assert desk.client(desk.coordinator).get(reverse("admin:login")).url == index


@override_settings(STAFF_SECOND_FACTOR_REQUIRED=True)
def test_staff_without_a_second_factor_is_led_to_it(desk: Desk) -> None:
    from allauth.mfa.models import Authenticator

    client = desk.client(desk.coordinator)
    assert client.get(reverse("admin:index")).status_code == 302
    assert client.get(reverse("admin:login")).url == reverse("mfa_index")
    Authenticator.objects.create(user=desk.coordinator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert client.get(reverse("admin:index")).status_code == 302  # the account has one, this session did not show it
    assert client.get(reverse("admin:login")).url == f"{reverse('mfa_reauthenticate')}?next=%2Fcoordination%2F"


def test_passwords_are_changed_in_one_place_only(desk: Desk) -> None:
    answer = desk.client(desk.coordinator).post(reverse("admin:password_change"), {"new_password1": "x"})
    assert answer.url == reverse("account_change_password")


def test_check_ins_show_dates_only(desk: Desk) -> None:
    check_in = CheckIn(
        pairing=desk.pairing,
        side="mentee",
        person=desk.pairing.mentee,
        round=1,
        day=desk.request.deadline.date(),
        due_at=desk.request.deadline,
    )
    check_in.state, check_in.answered_at = "answered", desk.request.asked_at
    check_in.connection = check_in.clarity = check_in.competency = 2
    check_in.met = True
    check_in.write("line", "Sentinel-line")
    check_in.save()
    text = (
        desk.client(desk.superuser)
        .get(reverse("admin:engagements_checkin_change", args=[check_in.pk]))
        .content.decode()
    )
    assert "Sentinel-line" not in text
    record, _frame, _rest = text.partition('id="unsent"')  # the frame of each page speaks of a connection, too
    assert "connection" not in record.lower()
