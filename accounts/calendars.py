"""What a person's calendar depends on, and moments that follow from it: mornings, working days, days away."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Leave, QuietPeriod, User
from common.dates import day_in
from common.prepared import fill, filled, prepared
from common.queries import among
from common.working_days import moment, on_or_after

MORNING = time(9)
DAY = timedelta(days=1)
UNFORESEEABLE = date(3000, 1, 1)


@dataclass(frozen=True, slots=True)
class PersonCalendar:
    """Country (ISO 3166 alpha-2; empty: Monday to Friday), IANA zone, the days away or quiet (both ends in), and the
    region whose holidays count as well.
    """

    country: str
    zone: str
    away: tuple[tuple[date, date], ...] = ()
    region: str = ""


def calendar_of(person: User) -> PersonCalendar:
    """The country, region and zone of a person, without the days away; UTC for somebody without a profile."""
    profile = getattr(person, "profile", None)
    if profile is None:
        return PersonCalendar("", "UTC")
    return PersonCalendar(profile.country, profile.known_zone, region=profile.region)


def calendar_with_absences(person: User) -> PersonCalendar:
    """The same with the days on which the person is on leave or wants no reminder."""
    return replace(calendar_of(person), away=_days([*person.leaves.all(), *person.quiet_periods.all()]))


def calendar_with_leave(person: User) -> PersonCalendar:
    """The same with the days of leave alone: no deadline runs out on them; quiet days only keep reminders away."""
    return replace(calendar_of(person), away=_days(person.leaves.all()))


def read_absences(person: User) -> None:
    """Read the leave and the quiet days of somebody whose calendar will be asked for more than once; once."""
    if filled(person, "leaves") and filled(person, "quiet_periods"):
        return
    fill([person], "leaves", _leaves(people=[person.pk]), by="person_id")
    fill([person], "quiet_periods", _quiet_periods(people=[person.pk]), by="person_id")


def read_leave(people: Collection[User]) -> None:
    """Read the leave of these, whose `calendar_with_leave` will be asked for."""
    fill(people, "leaves", _leaves(people=[person.pk for person in people]), by="person_id")


@prepared
def _leaves(*, people: Collection[UUID]) -> QuerySet[Leave]:
    return Leave.objects.filter(person__in=among(people))


@prepared
def _quiet_periods(*, people: Collection[UUID]) -> QuerySet[QuietPeriod]:
    return QuietPeriod.objects.filter(person__in=among(people))


def _days(periods: Iterable[Leave | QuietPeriod]) -> tuple[tuple[date, date], ...]:
    """First and last days, in order. Days without a foreseeable end lead to no morning after: they do not count."""
    return tuple(sorted((each.starts_on, each.ends_on) for each in periods if each.ends_on < UNFORESEEABLE))


def local_day(at: datetime, calendar: PersonCalendar) -> date:
    """The day it is there at the moment `at`."""
    return day_in(calendar.zone, at)


def today_of(person: User, now: datetime) -> date:
    """The day it is where the person is."""
    return local_day(now, calendar_of(person))


def morning(day: date, calendar: PersonCalendar) -> datetime:
    """Nine o'clock there, in UTC, on the first day not before `day` that is worked and not spent away."""
    return moment(there_on_or_after(day, calendar), MORNING, calendar.zone)


def there_on_or_after(day: date, calendar: PersonCalendar) -> date:
    """The first day not before `day` that is worked and not spent away."""
    day = on_or_after(day, calendar.country, calendar.region)
    for first, last in calendar.away:
        if first <= day <= last:
            day = on_or_after(last + DAY, calendar.country, calendar.region)
    return day


def coming_morning(day: date, calendar: PersonCalendar, now: datetime) -> datetime:
    """`morning(day)`; when that has passed, the next one there: nobody is written to at midnight."""
    today = local_day(now, calendar)
    return next(at for at in (morning(each, calendar) for each in (day, today, today + DAY)) if at > now)


def after_working_days(now: datetime, days: int, wall: time, calendar: PersonCalendar) -> datetime:
    """The UTC moment at `wall` on the `days`-th working day after today that is not spent away, as they are there."""
    day = local_day(now, calendar)
    for _step in range(days):
        day = there_on_or_after(day + DAY, calendar)
    return moment(day, wall, calendar.zone)
