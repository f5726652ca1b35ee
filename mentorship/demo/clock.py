"""The demo's clock: the machine's time plus an offset kept in the database, which only grows.

Pages ask for the time often, so the offset is read once a request. Moving the clock goes an hour at a time
and runs, at every step, what beat would have run by then: reminders, deadlines and lapses fall as they would
have fallen.
"""

import logging
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db.models import F
from django.utils.module_loading import import_string

from common.clock import real_now
from mentorship.demo.guard import refuse_unless_demo
from mentorship.demo.models import ClockOffset

logger = logging.getLogger(__name__)

STEP = timedelta(hours=1)
# These compare days, not hours: on the way they run at the first step of each day, and at the last of all.
DAILY = frozenset({"matching.tasks.sweep_independence", "engagements.tasks.sweep_outcomes"})
FARTHEST = timedelta(days=366)

# What this request has read: None outside a request, where nothing is remembered.
_seen: ContextVar[dict[str, timedelta] | None] = ContextVar("demo_clock_seen", default=None)


def now() -> datetime:
    """The programme's time in the demo, aware, in UTC."""
    seen = _seen.get()
    if seen is None:
        return real_now() + ahead()
    if "ahead" not in seen:
        seen["ahead"] = ahead()
    return real_now() + seen["ahead"]


def ahead() -> timedelta:
    """How far the programme's time is ahead of the machine's."""
    refuse_unless_demo()
    return ClockOffset.objects.values_list("ahead", flat=True).first() or timedelta()


def advance(by: timedelta) -> datetime:
    """Move the clock forward by `by`, running what is due at every hour on the way; the time it shows then.

    Raises `ValueError` for a step back, for none, and for more than a year at once.
    """
    refuse_unless_demo()
    if not timedelta() < by <= FARTHEST:
        raise ValueError("The clock moves forward only, and by at most a year at a time.")
    left = by
    while left > timedelta():
        day = now().date()
        _shift(min(STEP, left))
        left -= STEP
        run_schedule(daily=now().date() != day or left <= timedelta())
    return now()


def _shift(by: timedelta) -> None:
    ClockOffset.objects.get_or_create(pk=ClockOffset.ONLY)
    ClockOffset.objects.filter(pk=ClockOffset.ONLY).update(ahead=F("ahead") + by)
    seen = _seen.get()
    if seen is not None:
        seen.clear()


def run_schedule(*, daily: bool = True) -> None:
    """Run every task that beat starts, once, here and now. As with a worker, one that fails does not stop the rest.

    Letters come last: what the other tasks found due at this hour leaves in this hour.
    """
    names = {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()} - (frozenset() if daily else DAILY)
    for name in sorted(names, key=lambda name: (name.startswith("outbox."), name)):
        try:
            import_string(name)()
        except Exception:
            logger.exception("a scheduled task failed", extra={"task": name})


def _begin(**_kwargs: Any) -> None:
    _seen.set({})


def _end(**_kwargs: Any) -> None:
    _seen.set(None)


def remember_during_requests() -> None:
    """Read the offset once a request (called when the app is ready)."""
    request_started.connect(_begin, dispatch_uid="demo clock")
    request_finished.connect(_end, dispatch_uid="demo clock")
