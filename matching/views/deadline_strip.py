"""The working days a mentor has to answer, as a strip."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import ngettext

from accounts.calendars import calendar_with_leave, there_on_or_after
from common.zones import zone_named
from matching.models import Request


@dataclass(frozen=True)
class Strip:
    """Days gone of those there are, and the same in words."""

    gone: int
    total: int
    label: str

    @property
    def left(self) -> int:
        """Working days left, today's included."""
        return self.total - self.gone


def strip(asked: Request, at: datetime) -> Strip:
    """Counted in the mentor's country and zone, without days of leave: from the day after asking (or after going on) to
    the deadline's own day.
    """
    where = calendar_with_leave(asked.mentor)
    zone = zone_named(where.zone)
    start, today = asked.counted_from.astimezone(zone).date(), at.astimezone(zone).date()
    end = asked.deadline.astimezone(zone).date()
    days = [start + timedelta(days=number) for number in range(1, (end - start).days + 1)]
    worked = [day for day in days if there_on_or_after(day, where) == day]
    gone = sum(day < today for day in worked) if at < asked.deadline else len(worked)
    words = ngettext(
        "%(gone)s of %(total)s working day has passed", "%(gone)s of %(total)s working days have passed", len(worked)
    )
    return Strip(gone, len(worked), words % {"gone": gone, "total": len(worked)})
