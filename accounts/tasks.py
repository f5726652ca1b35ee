"""What the clock asks for. The database says what is due; running twice does no harm."""

import structlog
from celery import shared_task

from accounts.domain import addresses
from common.clock import now

log = structlog.get_logger(__name__)


@shared_task(name="accounts.tasks.sweep_addresses")
def sweep_addresses() -> None:
    """Bring into effect the new addresses that have waited for a day."""
    changed = addresses.apply_due(now=now())
    if changed:
        log.info("addresses_changed", changed=changed)
