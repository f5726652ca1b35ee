"""Tables as workbooks for Excel, in which every text is a text: nothing that somebody typed is ever calculated."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH = 24
AS_TEXT = "@"
LONGEST_TITLE = 31
_NOT_IN_TITLES = re.compile(r"[\\*?:/\[\]]")


def excel_file(name: str, title: str, head: Sequence[object], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """An answer that is saved as `name`: one sheet, whose heading stays while one scrolls."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_NOT_IN_TITLES.sub(" ", title)[:LONGEST_TITLE])
    sheet.freeze_panes = "A2"
    for place in range(len(head)):
        sheet.column_dimensions[get_column_letter(place + 1)].width = WIDTH
    sheet.append(list(_bold(sheet, head)))
    for row in rows:
        sheet.append([_cell(sheet, each) for each in row])
    written = BytesIO()
    book.save(written)
    answer = HttpResponse(written.getvalue(), content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _bold(sheet: Any, head: Sequence[object]) -> Iterator[Any]:
    for each in head:
        cell = _cell(sheet, str(each))
        cell.font = Font(bold=True)
        yield cell


def _cell(sheet: Any, value: object) -> Any:
    """Numbers, days and times (on whatever clock they are given) as such; everything else as text."""
    if value is None or isinstance(value, int | float | date | datetime):
        return value
    cell: Any = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", str(value)))
    cell.data_type = "s"  # or a text that begins with "=" would be a formula
    cell.number_format = AS_TEXT  # and would become one when somebody edits the cell
    return cell
