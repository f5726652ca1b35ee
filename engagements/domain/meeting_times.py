"""Times at which two people could meet: within both their working hours, on days that both work and are there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.db.models import Q, prefetch_related_objects

from accounts.calendars import DAY, PersonCalendar, calendar_with_absences, local_day
from accounts.models import Profile, User
from common.working_days import is_working_day
from engagements.models import Meeting
from engagements.states import MeetingState
from matching.engine.facts.slots import HALF_HOUR, weekly_slots
from matching.models import Pairing

WEEKS = 4
SUGGESTED = 6
MOST_HOURS_OUTSIDE = 4
EVERY_DAY = range(7)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class SuggestedTimes:
    """Beginnings, in order, and by how many hours the working hours of both were stretched to find any."""

    times: tuple[datetime, ...]
    hours_outside: int = 0


def suggest(*, pairing: Pairing, user: User, minutes: int, now: datetime) -> SuggestedTimes:
    """Up to six times from tomorrow on, one on each day as `user` counts them.

    Within the working hours of both where they share any, else as little outside as possible. Public holidays of
    either's country or region, leave, quiet days, and other meetings agreed on by either are passed over.
    """
    both = (pairing.mentee, pairing.mentor)
    prefetch_related_objects([*both], "profile", "leaves", "quiet_periods")
    calendars = [calendar_with_absences(person) for person in both]
    reader = calendars[both.index(user)]
    busy = _busy(both, now)
    for hours in range(MOST_HOURS_OUTSIDE + 1):
        weeks = _shared(both, hours, now)
        times = tuple(_one_a_day(_beginnings(weeks, calendars, minutes, busy, now), reader))
        if times:
            return SuggestedTimes(times[:SUGGESTED], hours)
    return SuggestedTimes(())


def _busy(both: tuple[User, User], now: datetime) -> list[Span]:
    """When either has agreed to meet somebody."""
    theirs = Q(pairing__mentee__in=both) | Q(pairing__mentor__in=both)
    agreed = Meeting.objects.filter(theirs, state=MeetingState.AGREED, starts_at__gt=now - DAY)
    return [meeting.span() for meeting in agreed.only("starts_at", "minutes")]


def _shared(both: tuple[User, User], hours: int, now: datetime) -> set[datetime]:
    """The half-hours that lie within the stretched working hours of both."""
    today = now.astimezone(UTC).date()
    monday = today - timedelta(days=today.weekday())
    found: set[datetime] = set()
    for week in (monday + timedelta(weeks=number) for number in range(WEEKS)):
        first = datetime.combine(week, time(), UTC)
        slots = _week(both[0], hours, week) & _week(both[1], hours, week)
        found |= {first + number * HALF_HOUR for number in range(slots.bit_length()) if slots >> number & 1}
    return found


def _week(person: User, hours: int, week: date) -> int:
    profile = getattr(person, "profile", None) or Profile()
    starts, ends = _stretched(profile.work_starts, profile.work_ends, hours)
    return weekly_slots(profile.known_zone, starts, ends, week, EVERY_DAY)


def _stretched(starts: time, ends: time, hours: int) -> tuple[time, time]:
    """Working hours that begin and end so many hours further out; the whole day at most."""
    first, last = starts.hour * 60 + starts.minute, ends.hour * 60 + ends.minute
    length = (last - first) % (24 * 60) + 2 * hours * 60
    if length >= 24 * 60:
        return time(), time()
    first = (first - hours * 60) % (24 * 60)
    last = (first + length) % (24 * 60)
    return time(first // 60, first % 60), time(last // 60, last % 60)


def _beginnings(
    free: set[datetime], calendars: Iterable[PersonCalendar], minutes: int, busy: list[Span], now: datetime
) -> Iterator[datetime]:
    calendars = list(calendars)
    length = timedelta(minutes=minutes)
    steps = range(-(-minutes // 30))
    for at in sorted(free):
        if not all(at + step * HALF_HOUR in free for step in steps):
            continue
        if any(starts < at + length and at < ends for starts, ends in busy):
            continue
        if all(_is_there(at, calendar, now) for calendar in calendars):
            yield at


def _is_there(at: datetime, calendar: PersonCalendar, now: datetime) -> bool:
    day = local_day(at, calendar)
    if day <= local_day(now, calendar) or any(first <= day <= last for first, last in calendar.away):
        return False
    return is_working_day(day, calendar.country, calendar.region)


def _one_a_day(beginnings: Iterable[datetime], reader: PersonCalendar) -> Iterator[datetime]:
    """Of each of the reader's days the time nearest to the middle of what is free, on the hour where it can be."""
    for _day, of_day in groupby(beginnings, key=lambda at: local_day(at, reader)):
        times = list(of_day)
        middle = times[len(times) // 2]
        yield min(times, key=lambda at: (at.minute != 0, abs(at - middle)))
