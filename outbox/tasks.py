"""What Celery is asked to do. The rows hold what is due, so a call that is lost, or comes twice, changes
nothing.
"""

from typing import Any

from celery import shared_task

from common.clock import now
from outbox.domain import delivery, enclosures, health


@shared_task(name="outbox.tasks.deliver", bind=True)
def deliver(task: Any) -> None:
    """Free what a dead worker left, drop what is out of date, send what is due; say that this worker is at work."""
    if task.request.hostname:  # none when the demo's clock calls it
        health.heard_of(f"{health.WORKER}{task.request.hostname}")
    delivery.reap()
    enclosures.clear()
    delivery.deliver_due(now())
    health.watch(now())
