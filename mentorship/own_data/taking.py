"""All that the site holds of one person, in order: for a file that they take along."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Model
from django.utils.formats import date_format, time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.domain import never_with
from accounts.models import User
from common.models import HoldsContent
from mentorship.own_data.kept import Kept
from mentorship.own_data.registry import KEPT


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table: its name in files, its title, and for each row what it says."""

    name: str
    title: str
    rows: list[dict[str, Any]]


def everything(user: User, *, spoken: bool) -> list[Part]:
    """What is held of this person, in the order of the registry; tables without a row of theirs are left out.

    `spoken`: for people, with the words of pages for columns and choices and without what is empty; else for machines.
    """
    parts = [
        Part(kept.name, str(kept.title), [_row(kept, row, user, spoken) for row in kept.rows(user)]) for kept in KEPT
    ]
    listed = Part("private_list", _("Your private list"), _private_list(user))
    return [part for part in (*parts, listed) if part.rows]


def as_json(user: User, *, now: datetime) -> dict[str, Any]:
    """All of it for machines."""
    data = {part.name: part.rows for part in everything(user, spoken=False)}
    return {"person": user.email, "taken_at": now.isoformat(), "data": data}


def _part(kept: Kept, user: User, spoken: bool) -> Part:
    return Part(kept.name, str(kept.title), [_row(kept, row, user, spoken) for row in kept.rows(user)])


def _private_list(user: User) -> list[dict[str, Any]]:
    unreadable = _("This entry cannot be read at present.")
    return [{_("entry"): shown.name if shown.readable else unreadable} for shown in never_with.list_of(user)]


def _row(kept: Kept, row: Model, user: User, spoken: bool) -> dict[str, Any]:
    say = _spoken if spoken else _plain
    said = {column: say(row, column) for column in kept.columns} | dict(_words(kept, row, user))
    if not spoken:
        return said
    labels = {column: str(getattr(row._meta.get_field(column), "verbose_name", column)) for column in said}  # noqa: SLF001
    return {labels[column]: value for column, value in said.items() if value != ""}


def _words(kept: Kept, row: Model, user: User) -> Iterator[tuple[str, str]]:
    """The sealed words of this row that the person wrote."""
    if isinstance(row, HoldsContent):
        for field in kept.words:
            if getattr(row, field) is not None and row.content_author(field) == str(user.pk):
                yield field, row.words_of(field)


def _plain(row: Model, column: str) -> Any:
    """As JSON takes it: records by name, choices by code, moments by ISO 8601."""
    value = getattr(row, column)
    if row._meta.get_field(column).many_to_many:  # noqa: SLF001 - documented, for all its underscore
        return sorted(str(each) for each in value.all())
    if isinstance(value, Model):
        return str(value)
    return value.isoformat() if isinstance(value, date | time) else value


def _spoken(row: Model, column: str) -> str:
    """As people read it; empty for what nobody has said."""
    value = getattr(row, column)
    if display := getattr(row, f"get_{column}_display", None):
        return str(display() or "")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date | time):
        return date_format(value) if isinstance(value, date) else time_format(value)
    plain = _plain(row, column)
    return ", ".join(map(str, plain)) if isinstance(plain, list) else str("" if plain is None else plain)
