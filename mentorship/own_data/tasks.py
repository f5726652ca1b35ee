"""What the clock asks for. The database says what is due; running twice does no harm."""

import structlog
from celery import shared_task

from common.clock import now
from mentorship.own_data import erasing

log = structlog.get_logger(__name__)


@shared_task(name="mentorship.own_data.tasks.sweep_erasures")
def sweep_erasures() -> None:
    """Erase what has waited for its days."""
    erased = erasing.carry_out_due(now=now())
    if erased:
        log.info("accounts_erased", erased=erased)
