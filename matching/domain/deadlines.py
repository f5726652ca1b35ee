"""When a mentor's answer is due: counted in working days of the mentor's country, at the mentor's wall time.

Days of leave are not counted, so that no deadline runs out on one.
"""

from datetime import datetime, time, timedelta

from accounts.calendars import (
    MORNING,
    PersonCalendar,
    after_working_days,
    calendar_of,
    calendar_with_leave,
    coming_morning,
    local_day,
)
from common.working_days import moment
from matching.models import Request
from outbox.domain.post import NewLetter, post_all

EVENING = time(18)
REMINDER_DAY = 3
DAY = timedelta(days=1)
HOLD_DAYS = 10  # working days of the mentor's country for which a request is held, before it lapses


def answer_by(calendar: PersonCalendar, since: datetime, days: int) -> datetime:
    """The deadline: 18:00 there, so many working days on."""
    return after_working_days(since, days, EVENING, calendar)


def held_until(calendar: PersonCalendar, now: datetime) -> datetime:
    """How long a request that is held from now on waits at the longest: 18:00 there on the last of `HOLD_DAYS`."""
    return after_working_days(now, HOLD_DAYS, EVENING, calendar)


def last_morning_before(deadline: datetime, calendar: PersonCalendar) -> datetime:
    """The last 09:00 there before the deadline."""
    day = local_day(deadline, calendar)
    at = moment(day, MORNING, calendar.zone)
    return at if at < deadline else moment(day - DAY, MORNING, calendar.zone)


def post_reminders(request: Request, now: datetime) -> None:
    """Post `reminders`; those that wait already are moved."""
    post_all(reminders(request, now))


def reminders(request: Request, now: datetime) -> list[NewLetter]:
    """The mentor's one reminder and the mentee's last call.

    The reminder comes at 09:00 there on the third working day, or on the day before a shorter deadline; the last call
    at the last 09:00 before the deadline where the mentee is. What would come too late is left out.
    """
    calendar, days = calendar_with_leave(request.mentor), request.cohort.answer_days
    remind = after_working_days(request.counted_from, min(REMINDER_DAY, days - 1), MORNING, calendar)
    if remind <= now:
        remind = coming_morning(local_day(now, calendar), calendar, now)
    last_call = last_morning_before(request.deadline, calendar_of(request.mentee))
    return [
        NewLetter(kind, request, person, due_at)
        for kind, person, due_at in (
            ("request_waiting", request.mentor, remind),
            ("request_expiring", request.mentee, last_call),
        )
        if now < due_at < request.deadline
    ]
