"""What the clock pokes. The database says what is due; running twice does no harm."""

import structlog
from celery import shared_task

from common.clock import now
from engagements.domain import check_ins

log = structlog.get_logger(__name__)


@shared_task(name="engagements.tasks.sweep_check_ins")
def sweep_check_ins() -> None:
    """Mark what was missed, tell coordinators, and move coming check-ins to where people are now."""
    missed = check_ins.sweep(now=now())
    if missed:
        log.info("check_ins_missed", pairings=missed)
