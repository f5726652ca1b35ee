"""The demo's clock: the machine's time plus an offset kept in the database, which only grows."""

from datetime import datetime

from common.clock import real_now
from mentorship.demo.models import ClockOffset


def now() -> datetime:
    """The programme's time in the demo, aware, in UTC."""
    ahead = ClockOffset.objects.values_list("ahead", flat=True).first()
    return real_now() + ahead if ahead else real_now()
