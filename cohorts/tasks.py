"""What the clock asks for, and bringing spreadsheets in. The database says what is due; running twice does no harm."""

import structlog
from celery import shared_task

from accounts.domain import prepared
from cohorts.domain.imports import verbs
from common.clock import now as programme_now

log = structlog.get_logger(__name__)


@shared_task(name=verbs.BRING_IN)
def bring_in() -> None:
    """Write the spreadsheets that were confirmed, also those whose worker was lost."""
    done = verbs.bring_in_all(now=programme_now())
    if done:
        log.info("imports_brought_in", done=done)


@shared_task(name="cohorts.tasks.sweep_imports")
def sweep_imports() -> None:
    """Discard what nobody confirmed for a day, and what was prepared for invitations that are long out of date."""
    discarded = verbs.clear_outdated(now=programme_now())
    cleared = prepared.clear(now=programme_now())
    if discarded or cleared:
        log.info("imports_cleared", discarded=discarded, cleared=cleared)
