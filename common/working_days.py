"""Working days and wall-clock moments of a country and a zone. Source of holidays: the `holidays` package.

A region is a part of a country with holidays of its own, by the code that the package has for it: "BY" for Bavaria in
DE. One that the package does not know in that country counts as not said.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from common.zones import zone_named

SATURDAY, WEEK = 5, frozenset(range(7))
MONDAY_TO_FRIDAY = frozenset(range(SATURDAY))


@lru_cache(maxsize=512)
def _calendar(country: str, region: str = "", year: int | None = None) -> holidays.HolidayBase | None:
    """The calendar of a country; None for one that the package does not know."""
    known = region if region and region in dict(regions(country)) else None
    try:
        return holidays.country_holidays(country, subdiv=known, years=year)
    except NotImplementedError:
        return None


@lru_cache(maxsize=512)
def regions(country: str) -> tuple[tuple[str, str], ...]:
    """The regions of a country with their names, by name; none for a country that is not known."""
    calendar = _calendar(country)
    if calendar is None:
        return ()
    names = {code: code for code in calendar.subdivisions}
    for alias, code in reversed(calendar.subdivisions_aliases.items()):
        names[code] = names[code] if alias.isupper() else alias  # "GUA" is another code, "Guadeloupe" a name
    return tuple(sorted(names.items(), key=lambda pair: pair[1]))


def working_week(country: str, year: int) -> frozenset[int]:
    """The days of the week (Monday = 0) that are worked in `country` (ISO 3166 alpha-2) in that year."""
    calendar = _calendar(country, year=year)
    return MONDAY_TO_FRIDAY if calendar is None else WEEK - set(calendar.weekend)


def is_working_day(day: date, country: str, region: str = "") -> bool:
    """Whether `day` is worked in `country` (ISO 3166 alpha-2): no weekend and no holiday, also of the region."""
    calendar = _calendar(country, region, day.year)
    return day.weekday() in MONDAY_TO_FRIDAY if calendar is None else bool(calendar.is_working_day(day))


def on_or_after(day: date, country: str, region: str = "") -> date:
    """The first working day that is not before `day`."""
    while not is_working_day(day, country, region):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, country: str, region: str = "") -> date:
    """The `count`-th working day after `day`."""
    for _step in range(count):
        day = on_or_after(day + timedelta(days=1), country, region)
    return day


def moment(day: date, wall: time, zone: str) -> datetime:
    """The UTC moment at which a clock on the wall in `zone` shows `wall` on `day`.

    A time skipped by a clock change is read with the offset before it (so it comes an hour later on the
    wall); a time that comes twice means the first one.
    """
    return datetime.combine(day, wall, tzinfo=zone_named(zone)).astimezone(UTC)
