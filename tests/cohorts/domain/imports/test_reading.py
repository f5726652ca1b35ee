"""Files as people have them: encodings, separators, titles, formulas, and what is no spreadsheet at all."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from cohorts.domain.imports import reading
from cohorts.domain.imports.headings import Column, known_headings, map_columns, recognised
from cohorts.domain.imports.reading import Unreadable, read
from common.errors import Refused
from tests.cohorts.domain.imports.sheets import workbook

COLUMNS = (
    Column(key="email", heading="E-mail address", synonyms=("mail",), required=True, hint=""),
    Column(key="name", heading="Full name", synonyms=("name", "vollständiger name"), required=True, hint=""),
    Column(key="first_name", heading="First name", hint=""),
    Column(key="last_name", heading="Last name", hint=""),
)


def known(cells: Sequence[object]) -> int:
    return recognised(cells, known_headings(COLUMNS))


def rows(content: bytes) -> list[tuple[int, list[object]]]:
    return [(number, list(cells)) for number, cells in read(content, known=known).rows]


LINES = "Mail;Name\nzoe@example.org;Zoë Müller\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert rows(LINES.encode(encoding)) == [(2, ["zoe@example.org", "Zoë Müller"])]


def test_windows_1252_is_told() -> None:
    assert "Windows-1252" in read(LINES.encode("cp1252"), known=known).notes[0]
    assert read(LINES.encode(), known=known).notes == ()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(separator: str) -> None:
    content = f'Mail{separator}Name\na@example.org{separator}"Berg{separator} Anna"\n'.encode()
    assert rows(content) == [(2, ["a@example.org", f"Berg{separator} Anna".strip().replace("\t", "")])]


def test_a_title_above_and_nothing_below_are_passed_over_and_rows_keep_their_numbers() -> None:
    content = b"Leaders 2026\n\nName,E-Mail Address\nAnna Berg,a@example.org\n,\n  ,\nBo Lind,b@example.org\n,\n"
    assert [number for number, _cells in rows(content)] == [4, 7]


def test_merged_headings_leave_a_column_without_one() -> None:
    content = workbook([["Mail", "Name", None], ["a@example.org", "Anna", "Berg"]], merged="B1:C1")
    sheet = read(content, known=known)
    assert map_columns(sheet.headings, COLUMNS).keys == {0: "email", 1: "name"}


def test_numbers_days_and_formulas_of_excel() -> None:
    day = datetime(2020, 1, 6)  # noqa: DTZ001 - Excel knows no zones
    content = workbook([["Mail", "Name", "A", "B"], [day, 2.0, "=1+1", True]])
    assert rows(content) == [(2, ["2020-01-06", 2, "=1+1", "TRUE"])]


def test_the_sheet_with_the_headings_is_read_and_hidden_ones_are_not() -> None:
    book = openpyxl.Workbook()
    book.active.append(["What goes where"])
    for title, address in (("Data", "a@example.org"), ("Old", "old@example.org")):
        sheet = book.create_sheet(title)
        sheet.append(["Mail", "Name"])
        sheet.append([address, "Anna"])
    book["Old"].sheet_state = "hidden"
    written = BytesIO()
    book.save(written)
    assert rows(written.getvalue()) == [(2, ["a@example.org", "Anna"])]


def bomb() -> bytes:
    """A small file that unpacks to more than the memory is for."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (reading.MOST_UNPACKED + 1))
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"\xd0\xcf\x11\xe0 old", "old kind"),
        (b"%PDF-1.7", "no spreadsheet"),
        (b"\x89PNG\r\n", "no spreadsheet"),
        (b"Mail,Name\n\x00\x01\x02", "no spreadsheet"),
        (b"PK\x03\x04 cut", "damaged"),
        (b"Mail,Name\n", "no rows"),
        (b"Mail,Name\n" + b"a,b\n" * (reading.MOST_ROWS + 1), "more than 5,000 rows"),
        (b"x" * (reading.MOST_BYTES + 1), "larger than 5 MB"),
        (bomb(), "too large once unpacked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_says_why(content: bytes, part: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content, known=known)
    assert part in str(refused.value.sentence)


def test_a_zip_that_is_no_workbook() -> None:
    written = BytesIO()
    with ZipFile(written, "w") as archive:
        archive.writestr("readme.txt", b"nothing")
    with pytest.raises(Unreadable, match="no Excel file"):
        read(written.getvalue(), known=known)


def test_columns_are_known_by_many_spellings_and_the_others_are_named() -> None:
    found = map_columns(["VOLLSTÄNDIGER NAME", None, "e mail address", "Shoe size"], COLUMNS)
    assert found.keys == {0: "name", 2: "email"}
    assert found.ignored == ("Shoe size",)


def test_missing_columns_are_named_and_a_name_may_stand_in_two() -> None:
    with pytest.raises(Refused, match="These columns are missing: E-mail address, Full name"):
        map_columns(["Shoe size"], COLUMNS)
    assert map_columns(["mail", "First name", "last NAME"], COLUMNS, either=("first_name", "last_name")).keys


def test_a_column_that_is_there_twice_is_refused() -> None:
    with pytest.raises(Refused, match="“Mail”, “E-mail address”"):
        map_columns(["Mail", "E-mail address", "Name"], COLUMNS)
