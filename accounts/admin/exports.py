"""Every list of the desk as a file: the rows it shows to whoever asks, in the columns it shows, and no others.

What is chosen is taken along, or all that search and filters leave. Each file is written down in the history.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any, ClassVar, Generic, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.exports import MOST, note_export
from accounts.signed_in import signed_in_user
from common.clock import now
from common.csv_files import csv_file
from common.dates import day_of
from common.excel_files import excel_file

M = TypeVar("M", bound=Model)
AT_ONCE = 1_000  # rows that are read together
_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: what the button says, and how one is written from its name, title, heading and rows."""

    ending: str
    label: Promise
    write: Callable[[str, str, list[str], Iterator[list[Any]]], HttpResponse]


KINDS = (
    FileKind("xlsx", gettext_lazy("Download for Excel"), excel_file),
    FileKind("csv", gettext_lazy("Download as CSV"), lambda name, _title, head, rows: csv_file(name, head, rows)),
)


class ExportAdmin(admin.ModelAdmin[M], Generic[M]):
    """A list with two more things that can be done to its rows: download them for Excel, or as CSV.

    `exported_too` are columns of the record's own page that the file has room for.
    """

    exported_too: ClassVar[tuple[str, ...]] = ()

    def tell(self, rows: list[M]) -> None:
        """Put onto each row what its columns say and the row does not hold, in a fixed number of queries."""

    def export_actions(self, request: HttpRequest) -> dict[str, Any]:
        """As Django's `get_actions` gives them."""
        if "_popup" in request.GET:
            return {}
        return {f"download_{kind.ending}": (_action(kind), f"download_{kind.ending}", kind.label) for kind in KINDS}

    def exported(self, request: HttpRequest, chosen: QuerySet[M], kind: FileKind) -> HttpResponse | None:
        """The file; None, with a sentence for the page, when there are too many rows or none.

        A form of the desk asks first, by script, whether it may lead on: nothing is made for that question.
        """
        keys = list(chosen.values_list("pk", flat=True)[: MOST + 1])
        if not keys or len(keys) > MOST:
            self.message_user(request, _too_many() if keys else _("There is nothing to download."), messages.WARNING)
            return None
        if request.headers.get("X-Sent-By") == "script":
            return HttpResponse()
        names = [*self.get_list_display(request), *self.exported_too]
        head = [_heading(self, str(name)) for name in names]
        rows = [[_value(self, str(name), row) for name in names] for row in self._rows(request, keys)]
        user, moment = signed_in_user(request), now()
        note_export(user=user, model=self.model, as_what=kind.ending, rows=len(rows), now=moment)
        title = str(capfirst(str(self.opts.verbose_name_plural)))
        name = f"{slugify(title) or self.opts.model_name}-{day_of(moment)}.{kind.ending}"
        return kind.write(name, title, head, iter(rows))

    def _rows(self, request: HttpRequest, keys: list[Any]) -> Iterator[M]:
        """The rows with these keys, in their order, as the list reads them: so many at once."""
        listed = self.get_queryset(request).order_by()
        if (related := self.get_list_select_related(request)) and not isinstance(related, bool):
            listed = listed.select_related(*related)
        for first in range(0, len(keys), AT_ONCE):
            part = keys[first : first + AT_ONCE]
            found = {row.pk: row for row in listed.filter(pk__in=part)}
            rows = [found[key] for key in part if key in found]
            self.tell(rows)
            yield from rows


def _action(kind: FileKind) -> Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse | None]:
    def download(page: ExportAdmin[Any], request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        return page.exported(request, chosen, kind)

    return download


def _too_many() -> str:
    said = _("This list has more than %(number)s rows, and a file holds no more. Filter or search it first.")
    return said % {"number": f"{MOST:,}"}


def _heading(page: ExportAdmin[Any], name: str) -> str:
    """What the list calls the column; of times also on whose clock they are."""
    label = str(capfirst(str(label_for_field(name, page.model, page))))
    return f"{label} ({timezone.get_current_timezone_name()})" if _is_time(page, name) else label


def _is_time(page: ExportAdmin[Any], name: str) -> bool:
    try:
        return isinstance(page.opts.get_field(name), DateTimeField)
    except FieldDoesNotExist:
        return False


def _value(page: ExportAdmin[Any], name: str, row: Model) -> Any:
    """What a cell says: as the list says it, without its marks."""
    field, _attribute, value = lookup_field(name, row, page)
    choices = dict(getattr(field, "flatchoices", None) or ())
    return plain(choices.get(value, value))


def plain(value: Any) -> Any:
    """Numbers and days as they are, times on the reader's clock to the second, marked-up text without its marks."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, SafeString):
        return unescape(" ".join(_TAGS.sub(" ", value).split()))
    return value if value is None or isinstance(value, int | float) or hasattr(value, "isoformat") else str(value)
