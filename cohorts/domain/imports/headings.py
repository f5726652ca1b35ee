"""The columns of a sheet, found by their headings whatever the spelling; what is missing, unknown or there twice."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.errors import Refused

Words = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading in our template, other spellings that people use, and what may stand in it."""

    key: str
    heading: Words
    synonyms: tuple[str, ...] = ()
    required: bool = False
    hint: Words
    example: str = ""


@dataclass(frozen=True, slots=True)
class Mapping_:  # noqa: N801 - Mapping is taken by collections.abc
    """Which column of the file is which: key by place; and the headings that mean nothing to us."""

    keys: Mapping[int, str]
    ignored: tuple[str, ...]


def folded_heading(text: object) -> str:
    """A heading without capitals, accents, signs and spaces."""
    letters = unicodedata.normalize("NFKD", str(text if text is not None else ""))
    return "".join(letter for letter in letters.casefold() if letter.isalnum() and not unicodedata.combining(letter))


def known_headings(columns: Iterable[Column]) -> dict[str, str]:
    """The key of each spelling."""
    return {
        folded_heading(spelling): column.key
        for column in columns
        for spelling in (column.key, column.heading, *column.synonyms)
    }


def recognised(row: Sequence[object], known: Mapping[str, str]) -> int:
    """How many cells of a row are headings that we know."""
    return len({known[each] for each in map(folded_heading, row) if each in known})


def map_columns(headings: Sequence[object], columns: Sequence[Column], *, either: tuple[str, ...] = ()) -> Mapping_:
    """Find the columns. Raises `Refused`, in one sentence, for those that are missing or there twice.

    `either` are keys of columns that may stand in for the required column `name`, all of them together.
    """
    known = known_headings(columns)
    found: dict[str, list[int]] = {}
    ignored = []
    for place, heading in enumerate(headings):
        key = known.get(folded_heading(heading))
        if key:
            found.setdefault(key, []).append(place)
        elif str(heading if heading is not None else "").strip():
            ignored.append(str(heading).strip())
    _refuse_missing(found, columns, either)
    twice = next((key for key, places in found.items() if len(places) > 1), None)
    if twice is not None:
        names = ", ".join(f"“{headings[place]}”" for place in found[twice])
        raise Refused(
            _("These columns mean the same to us: %(columns)s. Keep one of them, and try again.") % {"columns": names},
            field="file",
            code="column_twice",
        )
    return Mapping_({places[0]: key for key, places in found.items()}, tuple(ignored))


def _refuse_missing(found: Mapping[str, object], columns: Sequence[Column], either: tuple[str, ...]) -> None:
    stands_in = bool(either) and all(key in found for key in either)
    missing = [
        str(column.heading)
        for column in columns
        if column.required and column.key not in found and not (column.key == "name" and stands_in)
    ]
    if missing:
        raise Refused(
            _(
                "These columns are missing: %(columns)s. Their headings belong into one row, as in the template; the "
                "spelling does not matter much."
            )
            % {"columns": ", ".join(missing)},
            field="file",
            code="columns_missing",
        )
