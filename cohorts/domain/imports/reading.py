"""From the bytes of a file to rows of plain values: CSV in whatever encoding and with whatever separator, and XLSX.

A cell becomes a text, a number, or nothing; a day becomes a text "2026-01-31". A formula whose result the file does not
hold stays the text of the formula, which begins with "=", so that it is refused where it stands.
"""

import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO
from itertools import islice
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from common.errors import Refused

Cell = str | int | float
Cells = Sequence[Cell | None]
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 60
HEADINGS_WITHIN = 15  # rows, of which one holds the headings
LONGEST_CELL = 1000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")
SEPARATORS = ",;\t|"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as read: the row of headings, and the rows below it that hold anything, by the number they have there."""

    headings: Cells
    rows: list[tuple[int, Cells]]
    notes: tuple[str, ...] = ()


class Unreadable(Refused):
    """The file is no sheet that can be read; the sentence says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="file", code="unreadable")


def read(content: bytes, *, known: Callable[[Cells], int]) -> Sheet:
    """Read a file. `known` counts how many cells of a row are headings that somebody expects. Raises `Unreadable`."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("This file is larger than 5 MB. Leave out what is not needed, or bring it in in parts."))
    if not content.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise Unreadable(_("This file is empty."))
    if content.startswith(OLE):
        raise Unreadable(
            _("This is an Excel file of the old kind (.xls), or one with a password. Save it as .xlsx without one.")
        )
    if content.startswith(BINARY):
        raise Unreadable(_("This is no spreadsheet. Choose an .xlsx or a .csv file."))
    return _of_workbook(content, known) if content.startswith(ZIP) else _of_text(content, known)


# --- CSV ---------------------------------------------------------------------------------------------------------


def _of_text(content: bytes, known: Callable[[Cells], int]) -> Sheet:
    text, notes = _decoded(content)
    best = max(
        (list(islice(_lines(text, separator), HEADINGS_WITHIN)) for separator in SEPARATORS),
        key=lambda head: max((known(cells) for _number, cells in head), default=0),
    )
    separator = next(each for each in SEPARATORS if list(islice(_lines(text, each), HEADINGS_WITHIN)) == best)
    return _sheet(_lines(text, separator), known, notes)


def _decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    if content.startswith(UTF16):
        return content.decode("utf-16", errors="replace"), ()
    if b"\x00" in content[:4096]:
        raise Unreadable(_("This is no spreadsheet. Choose an .xlsx or a .csv file."))
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        note = _("The file is not in UTF-8; it was read as Windows-1252. Look at names with accents.")
        return content.decode("cp1252", errors="replace"), (note,)


def _lines(text: str, separator: str) -> Iterator[tuple[int, Cells]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [_plain(cell) for cell in cells]
    except csv.Error:
        raise Unreadable(_("This file cannot be read as a table. Save it anew as .xlsx or .csv.")) from None


# --- XLSX --------------------------------------------------------------------------------------------------------


def _of_workbook(content: bytes, known: Callable[[Cells], int]) -> Sheet:
    """The sheet of the workbook with the most headings that we know. Hidden ones are not looked at."""
    _check_size(content)
    try:
        values = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(BytesIO(content), read_only=True) if _has_formulas(content) else None
        names = [each.title for each in values.worksheets if each.sheet_state == "visible"]
        heads = {name: max(_heads(values[name], known), default=0) for name in names}
        best = max(names, key=lambda name: heads[name])
        return _sheet(_cells(values[best], formulas and formulas[best]), known, ())
    except Refused:
        raise
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        zipfile.BadZipFile,
        SyntaxError,
    ):
        raise Unreadable(_("This is no Excel file that can be read. Open it in Excel and save it as .xlsx.")) from None


def _check_size(content: bytes) -> None:
    """A file of a few bytes may unpack to one that fills the memory."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            size = sum(each.file_size for each in archive.infolist())
    except zipfile.BadZipFile:
        raise Unreadable(_("This file is damaged. Save it anew, and try again.")) from None
    if size > MOST_UNPACKED:
        raise Unreadable(_("This file is too large once unpacked. Bring it in in parts."))


def _heads(sheet: Any, known: Callable[[Cells], int]) -> Iterator[int]:
    for row in sheet.iter_rows(max_row=HEADINGS_WITHIN, max_col=_width(sheet), values_only=True):
        yield known([_plain(value) for value in row])


def _width(sheet: Any) -> int:
    return min(sheet.max_column or MOST_COLUMNS, MOST_COLUMNS)


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheets = [each for each in archive.namelist() if each.startswith("xl/worksheets/")]
        return any(mark in archive.read(each) for each in sheets for mark in (b"<f>", b"<f ", b"<f/"))


def _cells(values: Any, formulas: Any) -> Iterator[tuple[int, Cells]]:
    """The cells of each row; those that hold nothing but a formula, of which no result was saved, as that formula."""
    if formulas is None:
        rows = enumerate(values.iter_rows(max_col=_width(values), values_only=True), start=1)
        yield from ((number, [_plain(value) for value in row]) for number, row in rows)
        return
    both = zip(
        values.iter_rows(max_col=_width(values), values_only=True),
        formulas.iter_rows(max_col=_width(values), values_only=True),
        strict=False,
    )
    for number, (row, written) in enumerate(both, start=1):
        yield number, [_computed(value, formula) for value, formula in zip(row, written, strict=False)]


def _computed(value: Any, formula: Any) -> Cell | None:
    """The result of a formula where the file holds it, or else the formula."""
    if value is None and formula is not None:
        return str(formula) if isinstance(formula, str) else "="
    return _plain(value)


# --- both --------------------------------------------------------------------------------------------------------


def _plain(value: Any) -> Cell | None:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    text = " ".join(str(value).replace("\u00a0", " ").split()) if value is not None else ""
    return text[:LONGEST_CELL] or None


def _sheet(lines: Iterable[tuple[int, Cells]], known: Callable[[Cells], int], notes: tuple[str, ...]) -> Sheet:
    """The headings are the row, among the first, in which most are known; what stands above it is a title."""
    source = iter(lines)
    first = list(islice(source, HEADINGS_WITHIN))
    place = max(range(len(first)), key=lambda at: known(first[at][1]), default=0)
    if not first or not any(first[place][1]):
        raise Unreadable(_("This file is empty."))
    rows = []
    for number, cells in (*first[place + 1 :], *source):
        if any(cell is not None for cell in cells):
            rows.append((number, cells))
        if len(rows) > MOST_ROWS:
            raise Unreadable(
                _("There are more than %(most)s rows. Bring them in in parts.") % {"most": f"{MOST_ROWS:,}"}
            )
    if not rows:
        raise Unreadable(_("There are headings and no rows below them."))
    return Sheet(first[place][1], rows, notes)
