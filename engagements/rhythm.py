"""When check-ins fall: at nine in the person's own morning, on a day they work and are not away."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from common.workdays import moment, on_or_after

MORNING = time(9)
REMINDED_AFTER = (3, 7)
APART = 2  # days between two reminders, however late the first came
QUIET_AFTER = 14
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a person's calendar depends on: country (working days), IANA zone, days away or quiet (both ends in)."""

    country: str
    zone: str
    away: tuple[tuple[date, date], ...] = ()


def whereabouts(person: User) -> Whereabouts:
    """Where `person` is; someone without a profile keeps UTC and plain weekdays."""
    profile = getattr(person, "profile", None)
    leaves = [(leave.starts_on, leave.ends_on) for leave in person.leaves.all()]
    quiet = [(period.starts_on, period.ends_on) for period in person.quiet_periods.all()]
    away = tuple(sorted(leaves + quiet))
    if profile is None:
        return Whereabouts("", "UTC", away)
    return Whereabouts(profile.country, profile.zone, away)


def morning(day: date, where: Whereabouts) -> datetime:
    """Nine o'clock there, in UTC, on the first day not before `day` that is worked and not spent away."""
    day = on_or_after(day, where.country)
    for first, last in where.away:
        if first <= day <= last:
            day = on_or_after(last + timedelta(days=1), where.country)
    return moment(day, MORNING, where.zone)


def coming_morning(day: date, where: Whereabouts, now: datetime) -> datetime:
    """`morning(day)`; when that has passed, the next one there: nobody is written to at midnight."""
    today = local_day(now, where)
    return next(at for at in (morning(each, where) for each in (day, today, today + DAY)) if at > now)


def reminders(day: date, where: Whereabouts) -> tuple[datetime, datetime]:
    """When somebody asked on `day` is reminded, and reminded once more: three and seven days on, in the morning."""
    first = morning(day + REMINDED_AFTER[0] * DAY, where)
    last = max(day + REMINDED_AFTER[1] * DAY, local_day(first, where) + APART * DAY)
    return first, morning(last, where)


def quiet_at(day: date, where: Whereabouts) -> datetime:
    """From when on the silence of somebody asked on `day` is the coordinators' concern: a week after the last word."""
    return morning(day + QUIET_AFTER * DAY, where)


def local_day(at: datetime, where: Whereabouts) -> date:
    """The day it is there at the moment `at`."""
    return at.astimezone(ZoneInfo(where.zone)).date()
