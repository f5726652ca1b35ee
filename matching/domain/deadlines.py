"""When a mentor's answer is due: counted in working days of the mentor's country, at the mentor's wall time."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from accounts.models import User
from common.workdays import add_working_days, moment

EVENING, MORNING = time(18), time(9)
REMINDER_DAY = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Country (ISO 3166 alpha-2, may be empty: Monday to Friday) and IANA zone of a person."""

    country: str
    zone: str


def place_of(person: User) -> Place:
    """Where a person is; without a profile, UTC."""
    profile = getattr(person, "profile", None)
    return Place(profile.country, profile.zone) if profile else Place("", "UTC")


def working_days_on(now: datetime, days: int, wall: time, where: Place) -> datetime:
    """The UTC moment at `wall` on the `days`-th working day after today, both as they are there."""
    today = now.astimezone(ZoneInfo(where.zone)).date()
    return moment(add_working_days(today, days, where.country), wall, where.zone)


def answer_by(mentor: User, now: datetime, days: int) -> datetime:
    """The deadline: 18:00 there, so many working days on."""
    return working_days_on(now, days, EVENING, place_of(mentor))


def remind_at(mentor: User, now: datetime, days: int) -> datetime:
    """The one reminder: 09:00 there on the third working day, or on the day before a shorter deadline."""
    return working_days_on(now, min(REMINDER_DAY, days - 1), MORNING, place_of(mentor))


def last_call(mentor: User, now: datetime, days: int) -> datetime:
    """The morning of the last day: 09:00 there, nine hours before the deadline."""
    return working_days_on(now, days, MORNING, place_of(mentor))
