"""When somebody who was asked for a check-in is reminded, and from when on their silence is told."""

from datetime import date, datetime

from accounts.calendars import DAY, PersonCalendar, local_day, morning

REMINDED_AFTER = (3, 7)
APART = 2  # days between two reminders, however late the first came
SILENT_AFTER = 14


def reminders(day: date, calendar: PersonCalendar) -> tuple[datetime, datetime]:
    """When somebody asked on `day` is reminded, and reminded once more: three and seven days on, in the morning."""
    first = morning(day + REMINDED_AFTER[0] * DAY, calendar)
    last = max(day + REMINDED_AFTER[1] * DAY, local_day(first, calendar) + APART * DAY)
    return first, morning(last, calendar)


def silent_at(day: date, calendar: PersonCalendar) -> datetime:
    """When the silence of somebody asked on `day` becomes the coordinators' concern: a week after the last reminder."""
    return morning(day + SILENT_AFTER * DAY, calendar)
