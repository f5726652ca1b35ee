"""Spreadsheets at the desk: uploaded, looked at, answered, confirmed; by whom, and what the pages say."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation, Organisation, User
from cohorts.domain.imports import verbs
from cohorts.models import SheetImport
from cohorts.states import ImportState, SheetKind
from common.clock import now
from outbox.domain import troubles
from tests import people
from tests.admin.conftest import Desk

HEAD = "E-mail;Full name;Role;Organisation;Places;Topics;Shoe size\n"
LINES = HEAD + "bo@example.org;Bo Lind;mentor;;2 ;;\nal@example.org;Al Ek;mentee;;;;\nno address;Cy;mentee;;;;\n"


def send(
    client: Client, desk: Desk, content: str | bytes, kind: str = SheetKind.PEOPLE, name: str = "leaders.csv"
) -> Any:
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    said = {"kind": kind, f"{kind}-file": file, f"{kind}-cohort": str(desk.cohort.pk)}
    return client.post(reverse("admin:imports"), said)


def uploaded(desk: Desk, content: str = LINES) -> tuple[Client, SheetImport]:
    client = desk.client(desk.coordinator)
    answer = send(client, desk, content)
    row = SheetImport.objects.latest("uploaded_at")
    assert answer.url == reverse("admin:import", args=[row.pk])
    return client, row


def page(client: Client, row: SheetImport, **asked: str) -> str:
    answer = client.get(reverse("admin:import", args=[row.pk]), asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def act(client: Client, row: SheetImport, **said: str) -> Any:
    return client.post(reverse("admin:import", args=[row.pk]), said, follow=True)


def confirm(client: Client, row: SheetImport) -> Any:
    return act(client, row, act="confirm", promised=verbs.plan_of(row, now=now()).digest())


def test_from_the_first_page_to_invitations(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    assert reverse("admin:imports") in client.get(reverse("admin:index")).content.decode()
    client, row = uploaded(desk)
    shown = page(client, row)
    assert "Shoe size" in shown
    assert "2 e-mails are sent, one invitation to each address" in shown
    assert "Bring in 2 and leave out 1" in shown
    assert "This is no e-mail address." in shown
    assert not Invitation.objects.filter(email="bo@example.org").exists()
    assert "It is being brought in" in confirm(client, row).content.decode()
    verbs.bring_in_all(now=now())
    assert "2 invitations were put into the outbox" in page(client, row)
    listed = client.get(reverse("admin:accounts_invitation_changelist")).content.decode()
    assert "bo@example.org" in listed


def test_while_e_mails_are_stopped_the_page_says_that_they_wait(desk: Desk) -> None:
    troubles.pause_all(user=desk.superuser, now=now())
    client, row = uploaded(desk)
    assert "E-mails are stopped at present" in page(client, row)


def test_questions_are_answered_on_the_page(desk: Desk) -> None:
    topic = people.topic("Working with a board")
    client, row = uploaded(desk, HEAD + "bo@example.org;Bo Lind;mentor;;;Workin with a bord;\n")
    assert "1 question is open." in page(client, row)
    question = verbs.plan_of(row, now=now()).questions[0]
    answer = act(client, row, act="answer", key1=question.key, answer1=str(topic.pk))
    assert "Your answers are kept." in answer.content.decode()
    shown = page(client, row)
    assert "1 answer, which you may change" in shown
    assert "Bring in 1" in shown


def test_one_tick_answers_that_all_are_others(desk: Desk) -> None:
    people.organisation("Nordwind AG")  # beside Unilever plc, which is there
    client = desk.client(desk.coordinator)
    lines = "Name;Country;Industry\nUnilever;NL;Energy\nNordwind;DE;Energy\nMeridian;DE;Energy\n"
    send(client, desk, lines, SheetKind.ORGANISATIONS)
    row = SheetImport.objects.get()
    assert "All that I leave unanswered" in page(client, row)
    act(client, row, act="answer", rest="1")
    row.refresh_from_db()
    assert verbs.plan_of(row, now=now()).acts == 3
    confirm(client, row)
    verbs.bring_in_all(now=now())
    assert (
        Organisation.objects.filter(name__in=("Unilever", "Nordwind", "Meridian"), country__in=("NL", "DE")).count()
        == 3
    )
    assert "Nothing of the file itself is kept." in page(client, row)


def test_what_is_refused_is_downloaded_and_formulas_are_harmless(desk: Desk) -> None:
    client, row = uploaded(desk, HEAD + "=1+1;Bo Lind;mentor;;;;\n")
    answer = client.get(reverse("admin:import_refused", args=[row.pk]))
    assert "2,E-mail,'=1+1," in answer.content.decode("utf-8-sig")


def test_rows_are_shown_by_what_becomes_of_them_and_by_pages(desk: Desk) -> None:
    lines = "".join(
        f"a{number}@example.org;Leader {chr(65 + number % 26)}{chr(97 + number // 26)}x;mentee;;;;\n"
        for number in range(60)
    )
    client, row = uploaded(desk, HEAD + lines + "no address;Cy;mentee;;;;\n")
    assert "Page 1 of 2" in page(client, row)
    assert "Page 2 of 2" in page(client, row, page="2")
    refused = page(client, row, show="refused")
    assert "Leader Aax" not in refused
    assert "Page 1 of" not in page(client, row, show="refused")
    assert "Leader Aax" in page(client, row, show="nonsense")


@pytest.mark.parametrize(
    ("content", "name", "part"),
    [
        (b"", "empty.csv", "This file is empty."),
        (b"%PDF-1.7", "a.pdf", "This is no spreadsheet."),
        (b"Shoe size;Hat\n41;58\n", "a.csv", "These columns are missing: E-mail address, Full name, Role."),
        (b"x" * (5 * 1024 * 1024 + 1), "large.csv", "larger than 5 MB"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_file(desk: Desk, content: bytes, name: str, part: str) -> None:
    answer = send(desk.client(desk.coordinator), desk, content, name=name)
    assert answer.status_code == 422
    assert part in answer.content.decode()
    assert not SheetImport.objects.exists()


def test_no_file_is_said_as_well(desk: Desk) -> None:
    answer = desk.client(desk.coordinator).post(
        reverse("admin:imports"), {"kind": "people", "people-cohort": str(desk.cohort.pk)}
    )
    assert "Choose a file." in answer.content.decode()


def test_another_file_from_the_same_page_is_another_upload(desk: Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.coordinator)
    client.get(reverse("admin:imports"))
    token = client.cookies["csrftoken"].value
    for number in (1, 2, 2):
        file = SimpleUploadedFile("a.csv", f"{HEAD}a{number}@example.org;Al Ek;mentee;;;;".encode())
        said = {
            "kind": "people",
            "people-file": file,
            "people-cohort": str(desk.cohort.pk),
            "csrfmiddlewaretoken": token,
        }
        client.post(reverse("admin:imports"), said)
    assert SheetImport.objects.count() == 2


def test_discarding(desk: Desk) -> None:
    client, row = uploaded(desk)
    assert "nothing of the file is kept" in act(client, row, act="discard").content.decode()
    row.refresh_from_db()
    assert row.state == ImportState.DISCARDED
    assert "This file was discarded" in page(client, row)
    assert client.get(reverse("admin:import_refused", args=[row.pk])).status_code == 404


def test_a_stale_page_confirms_nothing(desk: Desk) -> None:
    client, row = uploaded(desk)
    assert "Something has changed since you saw this." in act(client, row, act="confirm", promised="x").content.decode()
    row.refresh_from_db()
    assert row.state == ImportState.WAITING


# --- whose it is -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["stranger", "superuser"])
def test_nobody_else_sees_an_import(desk: Desk, who: str) -> None:
    _client, row = uploaded(desk)
    other = desk.client(getattr(desk, who))
    for name in ("admin:import", "admin:import_refused"):
        assert other.get(reverse(name, args=[row.pk])).status_code == 404
    assert act(other, row, act="discard").status_code == 404
    assert "leaders.csv" not in other.get(reverse("admin:imports")).content.decode()


def test_nobody_brings_people_into_a_cohort_of_others(desk: Desk) -> None:
    answer = send(desk.client(desk.stranger), desk, LINES)
    assert answer.status_code == 422
    assert not SheetImport.objects.exists()


def test_staff_without_a_cohort_and_participants_bring_in_nothing(desk: Desk) -> None:
    idle = desk.client(people.person(staff=True))
    assert "You look after no cohort." in idle.get(reverse("admin:imports")).content.decode()
    assert send(idle, desk, "Name;Country;Industry\nA;DE;Energy", SheetKind.ORGANISATIONS).status_code == 403
    nobody = desk.client(desk.pairing.mentee)
    assert nobody.get(reverse("admin:imports")).status_code == 302
    assert not SheetImport.objects.exists()


def test_a_cohort_that_is_over_is_not_offered(desk: Desk) -> None:
    desk.cohort.starts_on, desk.cohort.ends_on = (now().date() - timedelta(days=days) for days in (90, 2))
    desk.cohort.save()
    assert "No cohort of yours is open" in desk.client(desk.coordinator).get(reverse("admin:imports")).content.decode()


# --- templates ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SheetKind.values)
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_template_is_read_without_a_fault(desk: Desk, kind: str, ending: str) -> None:
    people.topic("Working with a board")
    client = desk.client(desk.coordinator)
    content = client.get(reverse("admin:imports_template", args=[kind, ending])).content
    for name in ("Nordwind Energie", "Meridian Holding") if kind == SheetKind.PEOPLE else ("Meridian Holding",):
        people.organisation(name)
    send(client, desk, content, kind, f"template.{ending}")
    plan = verbs.plan_of(SheetImport.objects.get(), now=now())
    assert (plan.acts, list(plan.faults), list(plan.questions)) == (1, [], [])


def test_the_template_names_what_may_stand_in_each_column(desk: Desk) -> None:
    people.topic("Working with a board")
    content = desk.client(desk.coordinator).get(reverse("admin:imports_template", args=["people", "xlsx"])).content
    told = openpyxl.load_workbook(BytesIO(content)).worksheets[1]
    rows = {row[0]: row[3] or "" for row in told.iter_rows(values_only=True)}
    assert "Working with a board" in rows["Topics"]
    assert rows["Role"] == "mentee; mentor"
    assert "Finance" in rows["Function"]


@pytest.mark.parametrize("where", [("people", "pdf"), ("nothing", "csv")])
def test_there_is_no_other_template(desk: Desk, where: tuple[str, str]) -> None:
    assert desk.client(desk.coordinator).get(reverse("admin:imports_template", args=where)).status_code == 404


# --- in how many queries -----------------------------------------------------------------------------------------


def test_a_preview_takes_as_many_queries_for_200_rows_as_for_one(
    desk: Desk, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    def lines(count: int) -> str:
        return HEAD + "".join(
            f"a{number}@example.org;Al {chr(65 + number % 26)}{number};mentee;;;;\n" for number in range(count)
        )

    counts = []
    for count in (1, 200):
        client, row = uploaded(desk, lines(count))
        page(client, row)
        with django_assert_max_num_queries(22) as queries:
            page(client, row)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_history_tells_of_it(desk: Desk) -> None:
    client, row = uploaded(desk)
    confirm(client, row)
    verbs.bring_in_all(now=now())
    told = client.get(reverse("admin:common_event_changelist")).content.decode()
    assert "confirmed that the spreadsheet leaders.csv is brought in." in told
    assert "The spreadsheet leaders.csv, which Clara Coordinator had confirmed, was brought in." in told
    assert User.objects.filter(pk=row.user_id).exists()


@pytest.mark.parametrize("answer", ["waiting", "expired", "declined", "revoked", "accepted"])
def test_invitations_are_listed_by_what_became_of_them(desk: Desk, answer: str) -> None:
    """Those of one file, all of them chosen at once to be sent again or revoked."""
    moment = now()
    states = {
        "waiting": {},
        "expired": {"expires_at": moment - timedelta(days=1)},
        "declined": {"revoked_at": moment, "declined": True},
        "revoked": {"revoked_at": moment},
        "accepted": {"completed_at": moment},
    }
    client, row = uploaded(desk, HEAD + "".join(f"{each}@example.org;{each} one;mentee;;;;\n" for each in states))
    confirm(client, row)
    verbs.bring_in_all(now=moment)
    for each, values in states.items():
        Invitation.objects.filter(email=f"{each}@example.org").update(**values)
    address = reverse("admin:accounts_invitation_changelist")
    listed = client.get(address, {"answer": answer}).content.decode()
    assert [each for each in states if f"{each}@example.org" in listed] == [answer]
