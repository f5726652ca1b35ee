"""Working days and wall-clock moments of a country and a zone. Source of holidays: the `holidays` package."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from common.zones import zone_named

SATURDAY, WEEK = 5, frozenset(range(7))
MONDAY_TO_FRIDAY = frozenset(range(SATURDAY))


@lru_cache(maxsize=512)
def _calendar(country: str, year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=year)


def working_week(country: str, year: int) -> frozenset[int]:
    """The days of the week (Monday = 0) that are worked in `country` (ISO 3166 alpha-2) in that year."""
    try:
        return WEEK - set(_calendar(country, year).weekend)
    except NotImplementedError:
        return MONDAY_TO_FRIDAY


def is_working_day(day: date, country: str) -> bool:
    """Whether `day` is worked in `country` (ISO 3166 alpha-2): no weekend there, no public holiday."""
    try:
        return bool(_calendar(country, day.year).is_working_day(day))
    except NotImplementedError:
        return day.weekday() in MONDAY_TO_FRIDAY


def on_or_after(day: date, country: str) -> date:
    """The first working day that is not before `day`."""
    while not is_working_day(day, country):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, country: str) -> date:
    """The `count`-th working day after `day`."""
    for _step in range(count):
        day = on_or_after(day + timedelta(days=1), country)
    return day


def moment(day: date, wall: time, zone: str) -> datetime:
    """The UTC moment at which a clock on the wall in `zone` shows `wall` on `day`.

    A time skipped by a clock change is read with the offset before it (so it comes an hour later on the
    wall); a time that comes twice means the first one.
    """
    return datetime.combine(day, wall, tzinfo=zone_named(zone)).astimezone(UTC)
