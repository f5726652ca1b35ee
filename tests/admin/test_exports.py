"""Every list of the desk as a file: what it shows to whoever asks, harmless to a spreadsheet, and written down."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any
from unittest.mock import patch

import openpyxl
import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.admin import exports
from accounts.models import Organisation, User
from common.clock import now
from common.csv_files import BYTE_ORDER
from common.history import tell
from common.models import Event, SealedField
from matching.models import Request
from matching.states import RequestState
from tests.admin.conftest import Desk
from tests.admin.test_pages import REGISTERED, SCOPED, name

pytestmark = pytest.mark.django_db

HARMLESS = ("#N/A", "<b>&amp;</b>")
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1", '=HYPERLINK("http://x","y")', *HARMLESS)


def file_of(client: Client, model: Any, *chosen: Any, ending: str = "csv", query: str = "", by: str = "") -> Any:
    said = {"action": f"download_{ending}", "_selected_action": [str(each.pk) for each in chosen] or "all"}
    said |= {} if chosen else {"select_across": "1"}
    return client.post(reverse(name(model, "changelist")) + query, said, headers={"X-Sent-By": by})


def table(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer
    assert answer["Content-Type"].startswith("text/csv"), answer.content[:200]
    return list(csv.reader(StringIO(answer.content.decode().removeprefix(BYTE_ORDER))))


def sheet(answer: Any) -> list[list[Any]]:
    return list(openpyxl.load_workbook(BytesIO(answer.content)).active.iter_rows())


def test_every_list_is_a_file_of_its_own_rows_and_written_down(desk: Desk) -> None:
    """For whom the list is empty, there is none; nobody of another programme stands in it, and no word of a pair."""
    client = desk.client(desk.coordinator)
    for model in REGISTERED:
        page: Any = admin.site.get_model_admin(model)
        listed = client.get(reverse(name(model, "changelist"))).context["cl"].result_count
        sealed = {field.name for field in model._meta.get_fields() if isinstance(field, SealedField)}
        assert not sealed & set(page.exported_too), model
        answer = file_of(client, model)
        if model in SCOPED:
            assert listed
            assert file_of(desk.client(desk.stranger), model).status_code == 302, model
        if not listed:
            assert answer.status_code == 302
            continue
        rows = table(answer)
        assert len(rows) == listed + 1, model
        assert {len(row) for row in rows} == {len(page.list_display) + len(page.exported_too)}, model
        assert b"Sentinel-note" not in answer.content
        assert "Other Coordinator" not in str(rows)
        event = Event.objects.filter(verb="export").latest("pk")
        assert (event.user, event.person, event.cohort_id) == (desk.coordinator, desk.coordinator, None)
        assert f"with {listed} rows as CSV: {model._meta.verbose_name_plural}." in tell([event])[0]
    assert not Event.objects.filter(verb="export", user=desk.stranger).exists()


def test_what_is_filtered_or_chosen_is_what_is_taken_along(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    assert [row[0] for row in table(file_of(client, User, query="?q=mia"))[1:]] == ["Mia Mentee"]
    assert [row[0] for row in table(file_of(client, User, desk.request.mentor))[1:]] == ["Asked Person"]
    assert file_of(client, User, desk.stranger).status_code == 302
    assert file_of(desk.client(desk.stranger), Request, desk.request).status_code == 302
    nobody = User.objects.create(email="idle@example.org", name="Idle Staff", is_staff=True)
    assert not file_of(desk.client(nobody), Organisation).has_header("Content-Disposition")
    assert not Event.objects.filter(verb="export", user=nobody).exists()


def test_nothing_that_was_typed_is_calculated(desk: Desk) -> None:
    client, person = desk.client(desk.coordinator), desk.request.mentor
    for text in HOSTILE:
        User.objects.filter(pk=person.pk).update(name=text)
        (cells,) = table(file_of(client, User, person))[1:]
        assert cells[0] == (text if text in HARMLESS else f"'{text}")
        (row,) = sheet(file_of(client, User, person, ending="xlsx"))[1:]
        assert (row[0].data_type, row[0].number_format) == ("s", "@"), text
        assert row[0].value.strip() == text.strip()


def test_times_are_on_the_readers_clock_and_states_in_words(desk: Desk) -> None:
    at, client = now().replace(microsecond=5), desk.client(desk.coordinator)
    desk.coordinator.profile.zone = "Asia/Tokyo"
    desk.coordinator.profile.save()
    Request.objects.filter(pk=desk.request.pk).update(asked_at=at, answered_at=at, state=RequestState.DECLINED)
    head, row = sheet(file_of(client, Request, desk.request, ending="xlsx"))
    said = dict(zip([each.value for each in head], [each.value for each in row], strict=True))
    asked = said["Asked (Asia/Tokyo)"]
    assert asked == (at + timedelta(hours=9)).replace(microsecond=0, tzinfo=None)
    assert (said["State"], said["Origin"], said["Cohort"]) == ("declined", "the shortlist", "Spring")
    assert str(asked) in table(file_of(client, Request, desk.request))[1]


def test_a_file_has_its_bound_and_a_page_that_asks_by_script_makes_none(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    asked = file_of(client, User, desk.request.mentor, by="script")
    assert (asked.status_code, asked.content) == (200, b"")
    with patch.object(exports, "MOST", 1):
        assert file_of(client, User).status_code == 302
    shown = client.get(reverse(name(User, "changelist"))).text
    assert "This list has more than 1 rows" in shown
    assert "Download for Excel" in shown
    assert not Event.objects.filter(verb="export").exists()
