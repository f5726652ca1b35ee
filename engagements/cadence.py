"""How often a pair is asked how it goes: what the two agree on, and the days that follow from it."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common import cldr

SEPARATOR = "-"
LAST = 5
ORDINALS: dict[int, str | Promise] = {
    1: gettext_lazy("first"),
    2: gettext_lazy("second"),
    3: gettext_lazy("third"),
    4: gettext_lazy("fourth"),
    LAST: gettext_lazy("last"),
}
# A chosen weekday may lie right behind the start: nobody is asked about a pairing that is days old.
SETTLING_IN = timedelta(days=14)


class Unit(models.TextChoices):
    """What a cadence counts. After a meeting, `every` is the weeks after which it is asked without one."""

    WEEK = "week", gettext_lazy("weeks")
    MONTH = "month", gettext_lazy("months")
    MEETING = "meeting", gettext_lazy("after each meeting")


@dataclass(frozen=True, slots=True)
class Cadence:
    """Every so many weeks or months, or after each meeting.

    With months, `nth` (1 to 4, or `LAST`) and `weekday` (0 is Monday) may name a day of the month; without them it
    is the day of the month on which the pairing began.
    """

    unit: str
    every: int
    nth: int | None = None
    weekday: int | None = None

    @classmethod
    def weeks(cls, every: int) -> "Cadence":
        """Every so many weeks."""
        return cls(Unit.WEEK, every)

    @classmethod
    def read(cls, code: str, day: str = "") -> "Cadence":
        """What `code` and `day` wrote down. Raises `ValueError` for anything else."""
        unit, every = code.split(SEPARATOR)
        if not day:
            return cls(Unit(unit), int(every))
        nth, weekday = day.split(SEPARATOR)
        return cls(Unit(unit), int(every), int(nth), int(weekday))

    def length(self) -> tuple[bool, int]:
        """To sort by: the shortest interval first, and last what waits for a meeting."""
        return self.unit == Unit.MEETING, self.every * (30 if self.unit == Unit.MONTH else 7)

    @property
    def code(self) -> str:
        """The interval, as a form's choice: "month-2"."""
        return f"{self.unit}{SEPARATOR}{self.every}"

    @property
    def day(self) -> str:
        """The day of the month, as a form's choice: "3-1" for the third Tuesday; empty for none."""
        return "" if self.nth is None else f"{self.nth}{SEPARATOR}{self.weekday}"

    def days(self, start: date, end: date) -> list[date]:
        """The day of every round after `start` and before `end`, weekends and holidays not yet considered.

        The end itself is left out: on that day the closing begins, and asks in its own way.
        """
        found: list[date] = []
        number = 1
        while (day := self._round(start, number)) < end:
            if self.nth is None or day >= start + SETTLING_IN:
                found.append(day)
            number += 1
        return found

    def _round(self, start: date, number: int) -> date:
        if self.unit != Unit.MONTH:
            return start + timedelta(weeks=self.every * number)
        years, month = divmod(start.month - 1 + self.every * number, 12)
        return self._in_month(start.year + years, month + 1, start.day)

    def _in_month(self, year: int, month: int, day: int) -> date:
        first, length = monthrange(year, month)
        if self.nth is None or self.weekday is None:
            return date(year, month, min(day, length))
        day = 1 + (self.weekday - first) % 7 + 7 * (self.nth - 1)
        return date(year, month, day if day <= length else day - 7)

    def __str__(self) -> str:
        """As people say it: "Every 2 months, on the third Tuesday"."""
        if self.unit == Unit.MEETING:
            return _("After each meeting, and after %(weeks)s weeks without one") % {"weeks": self.every}
        if self.unit == Unit.WEEK:
            return ngettext("Every week", "Every %(number)s weeks", self.every) % {"number": self.every}
        words = ngettext("Every month", "Every %(number)s months", self.every) % {"number": self.every}
        if self.nth is None:
            return words
        return _("%(often)s, on the %(day)s") % {"often": words, "day": day_words(self.nth, self.weekday or 0)}


def day_words(nth: int, weekday: int) -> str:
    """A day of the month: "third Tuesday"."""
    return _("%(nth)s %(weekday)s") % {"nth": ORDINALS[nth], "weekday": cldr.weekday(weekday)}


OFFERED = (
    Cadence(Unit.WEEK, 1),
    Cadence(Unit.WEEK, 2),
    Cadence(Unit.MONTH, 1),
    Cadence(Unit.MONTH, 2),
    Cadence(Unit.MONTH, 3),
    Cadence(Unit.MEETING, 8),
)
