"""Outcomes at the desk: who reads them, what they say in each state, the file and the sheet."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from common.clock import now
from common.csv_files import BYTE_ORDER
from engagements.admin.outcome_rows import share_in_words
from engagements.domain import outcomes
from matching.models import Pairing
from tests import people
from tests.admin.conftest import Desk
from tests.engagements import ended
from tests.matching.factories import enrolment

OF_COHORT = ("outcomes_of_cohort", "outcomes_report", "outcomes_csv")


def page(client: Client, name: str, *ids: Any) -> str:
    answer = client.get(reverse(f"admin:{name}", args=ids))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def counted(desk: Desk, number: int = 12) -> None:
    """So many pairings are over, all said the same, and nobody else is to come."""
    at = now() - timedelta(days=30)
    Pairing.objects.filter(pk=desk.pairing.pk).update(state="ended_early", ended_at=at)
    made = ended.pairings(desk.cohort, [at] * number)
    for pairing in made:
        ended.looked_back(pairing)
        ended.looked_back(pairing, "mentor")
        for turn in (1, 2, 3):
            ended.checked_in(pairing, turn)
    outcomes.sweep(now=now())


@pytest.mark.parametrize("name", OF_COHORT)
def test_only_whoever_looks_after_the_cohort_reads_them(desk: Desk, name: str) -> None:
    where = reverse(f"admin:{name}", args=[desk.cohort.pk])
    assert desk.client(desk.coordinator).get(where).status_code == 200
    assert desk.client(desk.superuser).get(where).status_code == 200
    assert desk.client(desk.stranger).get(where).status_code == 404
    assert desk.client(people.person(staff=True)).get(where).status_code == 404
    assert desk.client(desk.coordinator).get(reverse(f"admin:{name}", args=[uuid4()])).status_code == 404
    assert desk.client(desk.pairing.mentee).get(where).status_code == 302
    assert Client().get(where).status_code == 302
    assert desk.client(desk.coordinator).post(where).status_code == 405


def test_the_list_names_ones_own_cohorts(desk: Desk) -> None:
    shown = page(desk.client(desk.coordinator), "outcomes")
    assert ("Spring" in shown, "Elsewhere" in shown, "nothing counted yet" in shown) == (True, False, True)
    counted(desk)
    assert "nothing counted yet" not in page(desk.client(desk.coordinator), "outcomes")
    assert "You look after no cohort." in page(desk.client(people.person(staff=True)), "outcomes")


def test_they_are_reached_from_the_first_page_and_from_the_cohort(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    assert reverse("admin:outcomes") in page(client, "index")
    assert reverse("admin:outcomes_of_cohort", args=[desk.cohort.pk]) in page(
        client, "cohorts_cohort_change", desk.cohort.pk
    )
    assert reverse("admin:outcomes") not in page(client, "cohorts_cohort_add")


def test_before_anything_is_counted_the_pages_say_so(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    assert "Nothing has been counted yet" in page(client, "outcomes_of_cohort", desk.cohort.pk)
    assert "nothing to report" in page(client, "outcomes_report", desk.cohort.pk)
    assert len(page(client, "outcomes_csv", desk.cohort.pk).splitlines()) == 1


def test_response_comes_first_and_the_study_beside_what_mentees_say(desk: Desk) -> None:
    counted(desk)
    shown = page(desk.client(desk.coordinator), "outcomes_of_cohort", desk.cohort.pk)
    assert shown.index("Who answered") < shown.index("Avoided costly mistakes") < shown.index("How pairs went")
    assert 'aria-label="Avoided costly mistakes: 67 % or more; the study: 84 %"' in shown.replace("\u00a0", " ")
    assert "as reported by the article; self-report of 45 CEOs" in shown
    assert "No reason to end early was given by six or more" in shown
    assert "too few to show" in shown  # taking stock
    assert "Nothing has been counted yet" not in shown


def test_reasons_that_six_share_are_named(desk: Desk) -> None:
    at = now() - timedelta(days=30)
    ended.pairings(desk.cohort, [at] * 6, state="ended_early", end_class="moved")
    counted(desk, 6)
    shown = page(desk.client(desk.coordinator), "outcomes_of_cohort", desk.cohort.pk)
    assert "that six or more gave: A new position or organisation." in shown
    assert "A new position" in page(desk.client(desk.coordinator), "outcomes_report", desk.cohort.pk)


def test_a_second_tally_stands_beside_the_first_with_its_day(desk: Desk) -> None:
    counted(desk)
    ended.pairings(desk.cohort, [now() - timedelta(days=20)] * 6)
    outcomes.sweep(now=now() + timedelta(days=1))
    lines = page(desk.client(desk.coordinator), "outcomes_of_cohort", desk.cohort.pk)
    assert lines.count('<span class="range-title">Avoided costly mistakes<small>') == 2
    assert "Avoided costly mistakes: too few to show" in lines
    assert lines.count('<span class="range-title">Completed, not ended early<small>') == 2


def test_the_file_holds_the_same_numbers_and_no_formula(desk: Desk) -> None:
    desk.cohort.name = "=cmd|' /C calc'!A0"
    desk.cohort.save()
    counted(desk)
    answer = desk.client(desk.coordinator).get(reverse("admin:outcomes_csv", args=[desk.cohort.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="cmd-c-calca0-outcomes.csv"'
    head, *rows = csv.reader(StringIO(answer.content.decode().removeprefix(BYTE_ORDER)))
    assert {row[0] for row in rows} == {"'=cmd|' /C calc'!A0"}
    mistakes = next(row for row in rows if row[2] == "Avoided costly mistakes")
    assert dict(zip(head[4:], mistakes[4:], strict=True)) == {
        "Asked, at least": "10",
        "Asked, at most": "14",
        "Answered, at least": "10",
        "Answered, at most": "14",
        "Share from, %": "67",
        "Share to, %": "100",
        "Study, %": "84",
    }


def test_the_sheet_says_what_was_asked_of_how_many_and_who_answered(desk: Desk) -> None:
    counted(desk)
    shown = page(desk.client(desk.coordinator), "outcomes_report", desk.cohort.pk)
    assert "both were asked to look back" in shown
    assert "asked 10 to 14, answered 10 to 14" in shown
    assert "self-report of 45 CEOs" in shown


@pytest.mark.parametrize("name", ["outcomes", *OF_COHORT])
def test_as_many_queries_for_many_as_for_few(desk: Desk, name: str, django_assert_max_num_queries: Any) -> None:
    counted(desk)
    client = desk.client(desk.coordinator)
    where = reverse(f"admin:{name}", args=[] if name == "outcomes" else [desk.cohort.pk])
    client.get(where)
    ended.pairings(desk.cohort, [now() - timedelta(days=20)] * 60)
    outcomes.sweep(now=now() + timedelta(days=1))
    with django_assert_max_num_queries(7):
        client.get(where)


def test_a_coordinator_who_takes_part_reads_the_same(desk: Desk) -> None:
    """They know what they said themselves; bands are wide enough for that (tests/engagements/domain)."""
    enrolment(desk.cohort, desk.coordinator)
    counted(desk)
    read = [page(desk.client(who), "outcomes_csv", desk.cohort.pk) for who in (desk.coordinator, desk.superuser)]
    assert read[0] == read[1]


def test_nothing_is_kept_by_browsers(desk: Desk) -> None:
    for name in OF_COHORT:
        answer = desk.client(desk.coordinator).get(reverse(f"admin:{name}", args=[desk.cohort.pk]))
        assert "no-store" in answer["Cache-Control"], name


def test_shares_in_words() -> None:
    said = [share_in_words(share).replace("\u00a0", " ") for share in ((0, 33), (33, 67), (67, 100))]
    assert said == ["less than 33 %", "33 to 67 %", "67 % or more"]
