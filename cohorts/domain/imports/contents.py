"""What was read of a file, as it waits in the database: sealed, until it is brought in or discarded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

from cohorts.domain.imports.reading import Cell
from cohorts.models import SheetImport
from common.content.keys import Wrapped, current_master, unwrap, wrap
from common.content.rotation import Wrapping
from common.transactions import atomically


@dataclass(frozen=True, slots=True)
class Content:
    """The rows by their numbers, the headings of our columns as the file has them, and what was answered since."""

    rows: list[tuple[int, dict[str, Cell]]]
    headings: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)

    def answered(self, answers: Mapping[str, str]) -> Self:
        """The same with these answers as well; an empty one takes an earlier one back."""
        kept = {key: answer for key, answer in {**self.answers, **answers}.items() if answer}
        return replace(self, answers=kept)


def put(row: SheetImport, content: Content) -> None:
    """Seal it into the row (not saved)."""
    said = {
        "rows": content.rows,
        "headings": dict(content.headings),
        "ignored": content.ignored,
        "notes": content.notes,
        "answers": dict(content.answers),
    }
    sealed = wrap(json.dumps(said).encode(), bound_to=_place(row.pk))
    row.master, row.sealed = sealed.master, sealed.blob


def take(row: SheetImport) -> Content:
    """What is in it. Raises `ContentTampered` when it cannot be opened, `LookupError` when it is gone."""
    if row.sealed is None:
        raise LookupError("nothing is kept of this file any more")
    said = json.loads(unwrap(Wrapped(row.master, bytes(row.sealed)), bound_to=_place(row.pk)))
    rows = [(number, cells) for number, cells in said["rows"]]
    return Content(rows, said["headings"], tuple(said["ignored"]), tuple(said["notes"]), said["answers"])


def forget(row: SheetImport) -> None:
    """Nothing of the file is kept (not saved)."""
    row.master, row.sealed = "", None


def _place(pk: UUID) -> str:
    return f"import:{pk}"


def _outdated() -> list[UUID]:
    rows = SheetImport.objects.filter(sealed__isnull=False).exclude(master=current_master())
    return list(rows.order_by("pk").values_list("pk", flat=True))


@atomically
def _rewrap(pk: UUID) -> None:
    row = SheetImport.objects.select_for_update().filter(pk=pk, sealed__isnull=False).first()
    if row is not None and row.master != current_master():
        sealed = wrap(unwrap(Wrapped(row.master, bytes(row.sealed)), bound_to=_place(pk)), bound_to=_place(pk))
        row.master, row.sealed = sealed.master, sealed.blob
        row.save(update_fields=["master", "sealed"])


SHEETS = Wrapping("spreadsheets on their way in", _outdated, _rewrap)
