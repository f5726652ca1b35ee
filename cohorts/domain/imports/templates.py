"""The sheets to fill in: headings with an example row, and beside them what may stand in each column."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from accounts.choices import Function, Industry, Seniority
from accounts.models import Topic
from cohorts.domain.imports.headings import Column
from cohorts.domain.imports.verbs import RESOURCES
from cohorts.states import Role, SheetKind

WIDTH, WIDE = 24, 60
NAME_IN_TWO = ("first_name", "last_name")


def offered(kind: str) -> list[Column]:
    """The columns of the template; those that only stand in for another are left out."""
    return [column for column in RESOURCES[kind].columns if column.key not in NAME_IN_TWO]


def head_and_example(kind: str) -> tuple[list[str], list[str]]:
    """The headings, and a row of an invented person or organisation."""
    columns = offered(kind)
    examples = {"topics": "; ".join(_topics()[:2])}
    return [str(column.heading) for column in columns], [examples.get(each.key, each.example) for each in columns]


def workbook(kind: str) -> bytes:
    """The template for Excel, with a second sheet that says what each column is."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = str(SheetKind(kind).label).capitalize()[:31]
    head, example = head_and_example(kind)
    _write(sheet, [head, example], WIDTH)
    sheet.freeze_panes = "A2"
    _explain(book.create_sheet(_("What goes where")), kind)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _explain(sheet: Any, kind: str) -> None:
    rows = [
        [
            str(column.heading),
            _("needed") if column.required else _("may be empty"),
            str(column.hint),
            _allowed(column.key),
        ]
        for column in offered(kind)
    ]
    _write(sheet, [[_("Column"), _("Needed"), _("What goes into it"), _("One of these")], *rows], WIDE)


def _allowed(key: str) -> str:
    choices: dict[str, list[Any]] = {
        "role": Role.choices,
        "function": Function.choices,
        "seniority": Seniority.choices,
        "industry": Industry.choices,
    }
    return "; ".join(_topics() if key == "topics" else [str(label) for _value, label in choices.get(key, ())])


def _topics() -> list[str]:
    return list(Topic.objects.filter(active=True).order_by("name").values_list("name", flat=True))


def _write(sheet: Any, rows: Sequence[Sequence[str]], width: int) -> None:
    for row in rows:
        sheet.append(list(row))
    for place, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
