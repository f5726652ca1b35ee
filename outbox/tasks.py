"""What Celery is asked to do. The rows hold what is due, so a poke that is lost, or comes twice, changes
nothing.
"""

from celery import shared_task

from common.clock import now
from outbox.domain import delivery


@shared_task(name="outbox.tasks.deliver")
def deliver() -> None:
    """Free what a dead worker left, then send what is due."""
    delivery.reap()
    delivery.deliver_due(now())
