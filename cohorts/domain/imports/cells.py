"""What a cell of a sheet means. Each widget gives the value, or raises `ValueError` with what would be right."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from cohorts.domain.imports import vocabulary
from common.forms import ADDRESS_LENGTH, on_one_line
from common.zones import zone_of_country

ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
SERIALS = range(10_000, 90_000)  # of Excel: from 1927 to 2146
FIRST_SERIAL = date(1899, 12, 30)
MONTHS = 12
FIRST_YEAR = 1940
YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ].*)?")
YEAR_LAST = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})")
DATED = re.compile(r"(.+?)\s*[(\[](?:until|bis|to)?\s*([^()\[\]]+)[)\]]")
WORDS_DAY = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d. %B %Y")
SEVERAL = re.compile(r"[;|\n]+")
SEVERAL_WORDS = re.compile(r"[,;|/\n]+|\band\b|\bund\b|\bet\b")


class Read(Widget):  # type: ignore[misc]  # the package brings no types
    """A cell that must not be a formula without a result, or an error of the spreadsheet."""

    def __init__(self, read: Callable[[str], Any], *, empty: Any = None, required: bool = False) -> None:
        super().__init__()
        self.read, self.empty, self.required = read, empty, required

    def clean(self, value: Any, row: Any = None, **_more: Any) -> Any:
        """The meaning of the cell. Raises `ValueError`."""
        text = "" if value is None else str(value).strip()
        if text.startswith("="):
            raise ValueError(
                _("This is a formula whose result is not in the file. Save the file in Excel, or paste the value.")
            )
        if text.upper() in ERRORS:
            raise ValueError(_("This is an error of the spreadsheet. Write the value itself."))
        if not text:
            if self.required:
                raise ValueError(_("This must not be empty."))
            return self.empty() if callable(self.empty) else self.empty
        return self.read(text)


def line(most: int) -> Callable[[str], str]:
    """A text on one line, of so many characters at most."""

    def read(text: str) -> str:
        words = " ".join(text.split())
        if len(words) > most:
            raise ValueError(
                _("At most %(most)s characters; these are %(count)s.") % {"most": most, "count": len(words)}
            )
        try:
            on_one_line(words)
        except ValidationError as error:
            raise ValueError(error.messages[0]) from None
        return words

    return read


def address(text: str) -> str:
    """An e-mail address, also out of "Anna Berg <anna@example.com>"; in small letters."""
    found = parseaddr(text)[1] if "<" in text else text.removeprefix("mailto:").strip(" ;,")
    found = found.lower()
    try:
        validate_email(found)
    except ValidationError:
        raise ValueError(_("This is no e-mail address. Write one, such as anna.berg@example.com.")) from None
    if len(found) > ADDRESS_LENGTH:
        raise ValueError(_("This address is too long."))
    return found


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """A whole number between these two, both included."""

    def read(text: str) -> int:
        plain = re.fullmatch(r"(\d{1,6})(?:[.,]0+)?", text)
        if plain is None or not least <= int(plain[1]) <= most:
            raise ValueError(_("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
        return int(plain[1])

    return read


def one_of(choices: Callable[[], Iterable[tuple[Any, Any]]]) -> Callable[[str], Any]:
    """One of a closed list, by its words or its code."""

    def read(text: str) -> Any:
        known = list(choices())
        found = vocabulary.choice(text, known)
        if found is None:
            words = [str(label) for _value, label in known]
            shown = vocabulary.nearest(text, words) or words
            raise ValueError(_("Write one of these: %(choices)s.") % {"choices": "; ".join(shown)})
        return found

    return read


def country(text: str) -> str:
    """A country, by its name or code."""
    found = vocabulary.country(text)
    if found is None:
        raise ValueError(_("This country is not known. Write its name in English, or its code of two letters, as DE."))
    return found


def language_list(text: str) -> tuple[str, ...]:
    """Languages, by name or code, separated by commas."""
    words = [each.strip() for each in SEVERAL_WORDS.split(text) if each.strip()]
    found = {word: vocabulary.language(word) for word in words}
    unknown = [word for word, code in found.items() if code is None]
    if unknown:
        raise ValueError(
            _("This is no language: %(words)s. Write names in English, separated by commas.")
            % {"words": ", ".join(unknown)}
        )
    return tuple(dict.fromkeys(code for code in found.values() if code))


def zone(text: str) -> str:
    """A time zone by its name, or by the city that it is named after."""
    found = vocabulary.zone(text)
    if found is not None:
        return found
    country_code = vocabulary.country(text)
    only = zone_of_country(country_code, datetime.now().year) if country_code else ""  # noqa: DTZ005 - any year will do
    like = [only] if only else vocabulary.zones_like(text)
    if like:
        raise ValueError(_("This is no time zone. Did you mean %(zones)s?") % {"zones": _(" or ").join(like)})
    raise ValueError(_("This is no time zone. Write the city it is named after: Berlin for all of Germany."))


def day(text: str) -> date:
    """A day: 2026-01-31, 31.1.2026, 31 January 2026, or the number that Excel keeps for it."""
    if text.isdigit() and int(text) in SERIALS:
        return FIRST_SERIAL + timedelta(days=int(text))
    try:
        found = _written(text)
    except AmbiguousError:
        raise
    except ValueError:
        found = None
    if found is None:
        raise ValueError(_("This is no day. Write year, month and day, such as 2026-01-31."))
    return found


def past_day(today: Callable[[], date]) -> Callable[[str], date]:
    """A day that is not yet to come."""

    def read(text: str) -> date:
        found = day(text)
        if found > today() or found.year < FIRST_YEAR:
            raise ValueError(_("This day is yet to come, or too long ago. Check the year."))
        return found

    return read


def _written(text: str) -> date | None:
    if plain := YEAR_FIRST.fullmatch(text):
        return date(int(plain[1]), int(plain[2]), int(plain[3]))
    if plain := YEAR_LAST.fullmatch(text):
        return _year_last(int(plain[1]), plain[2], int(plain[3]), int(plain[4]))
    for pattern in WORDS_DAY:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _year_last(first: int, sign: str, second: int, year: int) -> date:
    """The day stands before the month, unless only the other way round is a day; with slashes it may be either."""
    if sign == "/" and first <= MONTHS and second <= MONTHS and first != second:
        either = (date(year, second, first), date(year, first, second))
        raise AmbiguousError(either)
    return date(year, first, second) if second > MONTHS else date(year, second, first)


class AmbiguousError(ValueError):
    """Two days are written alike."""

    def __init__(self, either: tuple[date, date]) -> None:
        super().__init__(
            _("This may be two days. Write %(one)s or %(other)s.") % {"one": either[0], "other": either[1]}
        )


def several(read: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """Several of something, separated by semicolons or lines."""

    def read_all(text: str) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(read(each.strip()) for each in SEVERAL.split(text) if each.strip()))

    return read_all


def dated_name(today: Callable[[], date]) -> Callable[[str], tuple[str, date | None]]:
    """A former name with its last day in brackets; without, another spelling. Gives the first day outside."""

    def read(text: str) -> tuple[str, date | None]:
        dated = DATED.fullmatch(text)
        if dated is None:
            return line(160)(text), None
        last = day(dated[2].strip())
        if last > today():
            raise ValueError(_("The last day of a former name is yet to come. Rename the organisation then."))
        return line(160)(dated[1]), last + timedelta(days=1)

    return read
