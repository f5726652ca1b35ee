"""Tables as files for spreadsheet programs, which take no cell for a formula."""

import csv
from collections.abc import Iterable
from io import StringIO

from django.http import HttpResponse

BYTE_ORDER = "\ufeff"  # by which Excel knows UTF-8
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """The value as text; what a spreadsheet would calculate begins with an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULAS) else text


def csv_file(name: str, head: Iterable[object], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """An answer that is saved as `name`."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow([safe_cell(each) for each in head])
    writer.writerows([safe_cell(each) for each in row] for row in rows)
    answer = HttpResponse(BYTE_ORDER + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
