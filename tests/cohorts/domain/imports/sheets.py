"""Sheets for tests: workbooks and texts as people make them, and one with 24 deliberate faults in 300 rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl

from accounts.domain import organisations
from accounts.models import User
from cohorts.domain import enrolments
from cohorts.models import Cohort
from cohorts.states import Role
from tests import people
from tests.matching import factories
from tests.matching.factories import NOW

HEADINGS = (
    *("E-Mail", "Full name", "Role", "Company", "Job title", "Since", "Function", "Seniority", "Country", "Time zone"),
    *("Languages", "Places", "Topics"),
)
COLUMN = {heading: place for place, heading in enumerate(HEADINGS)}
TOPIC = "Working with a board"
FIRST = 3  # the row of the first person: above it a title and the headings


def workbook(rows: Iterable[Sequence[Any]], *, merged: str = "") -> bytes:
    """An Excel file with these rows; `merged` is a range of cells that are one."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(list(row))
    if merged:
        sheet.merge_cells(merged)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def leaders(count: int) -> list[list[Any]]:
    """So many people without a fault, written in the ways in which people write."""
    day = [datetime(2020, 1, 6), 43831, "2020-01-06", "6.1.2020", None]  # noqa: DTZ001 - Excel knows no zones
    return [
        [
            *(f"  Leader{number}@Example.ORG", f"Leader {_word(number)}", ("Mentor", "mentee ")[number % 2]),
            *("Nordwind", "Chief operating officer", day[number % 5], "Operations", "Chief officer of a function"),
            *(("Germany", "DE", "Deutschland")[number % 3], ("Berlin", "Europe/Berlin", "berlin")[number % 3]),
            *("English, Deutsch", ("2 ", None)[number % 2], TOPIC),
        ]
        for number in range(count)
    ]


def _word(number: int) -> str:
    return "".join("bcdfghjklm"[int(digit)] + "a" for digit in f"{number:04d}").capitalize()


# What is changed in the sheet: the row of the file, the column, what stands there; and a part of what would be right.
FAULTS: tuple[tuple[int, str, Any, str], ...] = (
    (5, "E-Mail", "leader.example.org", "This is no e-mail address."),
    (9, "E-Mail", "LEADER4@example.org", "Row 7 has this address in this role already."),
    (12, "E-Mail", "somebody.else@example.org", "This address cannot be used here. Ask who runs the site."),
    (14, "E-Mail", "closed@example.org", "This address cannot be used here. Ask who runs the site."),
    (20, "E-Mail", "left@example.org", "They have left this cohort."),
    (23, "E-Mail", None, "This must not be empty."),
    (31, "Full name", None, "This must not be empty."),
    (34, "Full name", "Somebody Quite Different", "Row 3 calls this address Leader Babababa."),
    (40, "Role", "sponsor", "Write one of these: mentee; mentor."),
    (41, "Role", None, "This must not be empty."),
    (50, "Company", "#N/A", "This is an error of the spreadsheet."),
    (51, "Company", "Hollow", "A coordinator has not accepted this organisation"),
    (60, "Job title", "=A1&B1", "This is a formula whose result is not in the file."),
    (61, "Job title", "x" * 121, "At most 120 characters"),
    (70, "Since", "03/04/2019", "Write 2019-04-03 or 2019-03-04."),
    (71, "Since", "2031-01-01", "This day is yet to come"),
    (72, "Since", "last spring", "This is no day."),
    (80, "Function", "Finanse", "Write one of these: Finance."),
    (90, "Seniority", "the boss", "Write one of these:"),
    (100, "Country", "Germony", "This country is not known."),
    (110, "Time zone", "Munich", "This is no time zone."),
    (120, "Languages", "English, Klingon", "This is no language: Klingon."),
    (131, "Places", "two", "Write a whole number from 1 to 12."),
    (200, "Places", 2, "Only a mentor has places."),
)


def with_faults() -> bytes:
    """300 people below a title over several columns, 24 faults among them, and rows of nothing at the end."""
    rows = leaders(300)
    for row, column, value, _right in FAULTS:
        rows[row - FIRST][COLUMN[column]] = value
    rows[34 - FIRST][COLUMN["E-Mail"]] = "leader0@example.org"  # as in row 3, in the other role
    rows[34 - FIRST][COLUMN["Since"]] = rows[0][COLUMN["Since"]]
    return _titled([*rows, [None] * len(HEADINGS), ["  "]])


def mended() -> bytes:
    """The same without the faults."""
    return _titled(leaders(300))


def _titled(rows: list[list[Any]]) -> bytes:
    return workbook([["Leaders of the spring cohort"], HEADINGS, *rows], merged="A1:D1")


def world() -> tuple[Cohort, User]:
    """A cohort with its coordinator, and on record what the sheets above mean, also of another programme's people."""
    coordinator = people.person("Clara", staff=True)
    here = factories.cohort("Spring", coordinators=(coordinator,))
    people.topic(TOPIC)
    people.organisation("Nordwind")
    hollow = people.organisation("Hollow", confirmed=False)
    organisations.refuse(organisation=hollow, reason="Nobody knows it.", user=coordinator, now=NOW)
    factories.enrolment(factories.cohort("Elsewhere"), people.mentor(email="somebody.else@example.org"), Role.MENTOR)
    closed = factories.enrolment(here, people.mentor(email="closed@example.org"), Role.MENTOR).person
    User.objects.filter(pk=closed.pk).update(is_active=False)
    left = factories.enrolment(here, people.mentor("Somebody Gone", email="left@example.org"), Role.MENTEE)
    enrolments.withdraw_enrolment(enrolment=left, user=coordinator, now=NOW)
    return here, coordinator
