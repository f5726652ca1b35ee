"""When a mentor's answer is due: counted in working days of the mentor's country, at the mentor's wall time."""

from datetime import datetime, time

from accounts.calendars import MORNING, after_working_days, calendar_of
from accounts.models import User

EVENING = time(18)
REMINDER_DAY = 3


def answer_by(mentor: User, now: datetime, days: int) -> datetime:
    """The deadline: 18:00 there, so many working days on."""
    return after_working_days(now, days, EVENING, calendar_of(mentor))


def remind_at(mentor: User, now: datetime, days: int) -> datetime:
    """The one reminder: 09:00 there on the third working day, or on the day before a shorter deadline."""
    return after_working_days(now, min(REMINDER_DAY, days - 1), MORNING, calendar_of(mentor))


def last_call(mentor: User, now: datetime, days: int) -> datetime:
    """The morning of the last day: 09:00 there, nine hours before the deadline."""
    return after_working_days(now, days, MORNING, calendar_of(mentor))
