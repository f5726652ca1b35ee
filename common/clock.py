"""What time it is. Domain functions take `now`; only views, tasks and commands ask here."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string


def real_now() -> datetime:
    """The machine's time, aware, in UTC. Leases, sessions, tokens and backoff always use this one."""
    return datetime.now(UTC)


@cache
def _clock(path: str) -> Callable[[], datetime]:
    clock: Callable[[], datetime] = import_string(path)
    return clock


def now() -> datetime:
    """The programme's time, aware, in UTC: the machine's, unless the demo's clock was moved forward."""
    return _clock(settings.CLOCK)()


def since_boot() -> float:
    """Seconds on a clock that nobody sets and that goes on while the machine sleeps or this process is stopped.

    Linux says so of CLOCK_BOOTTIME; macOS of its CLOCK_MONOTONIC.
    """
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
