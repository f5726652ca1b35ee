"""Working hours as UTC half-hours of one week, correct in the very week of a clock change.

A week is a whole number of 336 bits: bit 0 is Monday 00:00–00:30 UTC, bit 335 Sunday 23:30–24:00 UTC. A
half-hour counts only when all of it lies within working hours on the person's own clock, so zones at a
quarter past lose the edges rather than gain them.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from matching.engine.errors import SlotsError

SLOTS = 7 * 48
WORDS_PER_WEEK = -(-SLOTS // 64)  # 64-bit words that hold a week
HALF_HOUR = timedelta(minutes=30)
MONDAY_TO_FRIDAY = frozenset(range(5))
DAY = 24 * 60  # minutes
HALF_HOURS = 48  # of a day
USUAL_DAYS = 3  # hours that so many days of a week share are usual


def weekly_slots(zone: str, starts: time, ends: time, week_of: date, weekdays: Iterable[int] = MONDAY_TO_FRIDAY) -> int:
    """Give the UTC half-hours worked in the ISO week that holds `week_of`.

    `starts` and `ends` are wall-clock times in `zone` (an IANA name); an end before the start is on the day after.
    00:00 to 00:00 is the whole day. `weekdays` are the days on which work begins, numbered from Monday = 0. Raises
    SlotsError for an unknown zone, hours of no length, or no such weekday.
    """
    days = frozenset(weekdays)
    if not days <= frozenset(range(7)):
        raise SlotsError("weekdays", "must be numbers from 0 (Monday) to 6")
    if _minute_of_day(ends) == _minute_of_day(starts) != 0:
        raise SlotsError("ends", "must differ from the start")
    monday = week_of - timedelta(days=week_of.weekday())
    return _weekly_slots(_zone(zone), _minute_of_day(starts), _end_minute(ends), monday, days)


def shared_half_hours(one: int, other: int) -> int:
    """Give how many half-hours a week two people share."""
    return (one & other).bit_count()


def usual_hours(week: int, zone: str, week_of: date) -> tuple[time, time] | None:
    """Give start and end, on the clock of `zone`, of the longest stretch that at least three days of the week hold.

    None when there is no such stretch. An end before the start is on the day after; one of 00:00 means midnight, and
    00:00 to 00:00 the whole day. Raises SlotsError for an unknown zone.
    """
    zone_info = _zone(zone)
    first = datetime.combine(week_of - timedelta(days=week_of.weekday()), time(), UTC)
    days: Counter[int] = Counter()  # of each half-hour of a local day, how many days hold it
    for slot in range(SLOTS):
        if week >> slot & 1:
            local = (first + slot * HALF_HOUR).astimezone(zone_info)
            days[_minute_of_day(local.timetz()) // 30] += 1
    lengths = {start: _length(days, start) for start in range(HALF_HOURS)}
    start = max(lengths, key=lambda each: (lengths[each], -each))
    return (_time_at(start), _time_at(start + lengths[start])) if lengths[start] else None


def week_words(week: int) -> list[int]:
    """Give the 64-bit words of a week, lowest first: WORDS_PER_WEEK of them."""
    return [week >> 64 * word & (1 << 64) - 1 for word in range(WORDS_PER_WEEK)]


def _length(days: Counter[int], start: int) -> int:
    """How many half-hours from `start` on, past midnight too, so many days hold."""
    round_the_clock = range(start, start + HALF_HOURS)
    return len(list(takewhile(lambda half_hour: days[half_hour % HALF_HOURS] >= USUAL_DAYS, round_the_clock)))


def _time_at(half_hour: int) -> time:
    return time(half_hour // 2 % 24, half_hour % 2 * 30)


def _minute_of_day(at: time) -> int:
    return at.hour * 60 + at.minute


def _end_minute(ends: time) -> int:
    return _minute_of_day(ends) or DAY


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SlotsError("zone", f"there is no time zone {name!r}") from error


@lru_cache(maxsize=4096)
def _weekly_slots(zone: ZoneInfo, starts: int, ends: int, monday: date, days: frozenset[int]) -> int:
    # Many people share a zone and office hours: 336 conversions for each such group, not for each person.
    first = datetime.combine(monday, time(), UTC)
    week = 0
    for slot in range(SLOTS):
        local = (first + slot * HALF_HOUR).astimezone(zone)
        minute = _minute_of_day(local.timetz())
        if ends <= starts and minute + 30 <= ends:
            is_worked = (local.weekday() - 1) % 7 in days  # begun the evening before
        else:
            is_worked = local.weekday() in days and starts <= minute and minute + 30 <= (ends if ends > starts else DAY)
        if is_worked:
            week |= 1 << slot
    return week
