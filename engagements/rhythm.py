"""When check-ins fall: at nine in the person's own morning, on a day they work and are not away."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from common.workdays import moment, on_or_after

MORNING = time(9)
OVERDUE_DAYS = 3


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a person's calendar depends on: country (working days), IANA zone, days away (both ends in)."""

    country: str
    zone: str
    away: tuple[tuple[date, date], ...] = ()


def whereabouts(person: User) -> Whereabouts:
    """Where `person` is; someone without a profile keeps UTC and plain weekdays."""
    profile = getattr(person, "profile", None)
    away = tuple(sorted((leave.starts_on, leave.ends_on) for leave in person.leaves.all()))
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


def overdue(due_at: datetime, where: Whereabouts) -> datetime:
    """When a check-in due at `due_at` is overdue: the first such morning at least three days on."""
    return morning(local_day(due_at, where) + timedelta(days=OVERDUE_DAYS), where)


def local_day(at: datetime, where: Whereabouts) -> date:
    """The day it is there at the moment `at`."""
    return at.astimezone(ZoneInfo(where.zone)).date()
