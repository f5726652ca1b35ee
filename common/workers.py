"""Waking the workers: what is due stands in the database, so a message that is lost costs time and nothing else."""

import logging
from typing import Any

from celery import current_app

logger = logging.getLogger(__name__)


def wake(task: str, **options: Any) -> None:
    """Ask a worker to do this task now; without a broker beat asks for it soon."""
    try:
        current_app.send_task(task, retry=False, **options)
    except Exception:
        logger.warning("the workers could not be woken; %s begins with the next beat", task, exc_info=True)
