"""Celery beat that says it is alive, and notices by itself when letters are late: no worker may be left to do so."""

import logging
from typing import Any

from celery.beat import PersistentScheduler
from django.db import close_old_connections

from common.clock import now, since_boot
from outbox.domain import health

logger = logging.getLogger(__name__)

EVERY_SECONDS = 30


class Scheduler(PersistentScheduler):
    """Celery's own scheduler with a heartbeat row. Without a database it goes on poking."""

    last_heard = float("-inf")

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Do what is due; every half minute, say so."""
        wait = super().tick(*args, **kwargs)
        if since_boot() - self.last_heard >= EVERY_SECONDS:
            self.last_heard = since_boot()
            self._say_so()
        return wait

    def _say_so(self) -> None:
        try:
            close_old_connections()
            health.heard_of(health.BEAT)
            health.watch(now())
        except Exception:
            logger.warning("beat could not write its heartbeat", exc_info=True)
