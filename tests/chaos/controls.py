"""Two ways of sending letters that look right and are not. The same attack must catch both."""

from celery import shared_task
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone

from outbox.models import Letter, LetterState


def _one_by_one(*, mark_first: bool) -> None:
    line = get_connection()
    waiting = Letter.objects.filter(state=LetterState.PENDING).order_by("?").values_list("pk", "message_id")
    for pk, message_id in list(waiting[:200]):
        headers = {"Message-ID": message_id}
        message = EmailMessage("A letter", f"row:{pk}", to=["somebody@example.org"], headers=headers, connection=line)
        if mark_first:
            if _mark(pk):
                message.send()
        elif Letter.objects.filter(pk=pk, state=LetterState.PENDING).exists():
            message.send()
            _mark(pk)
    line.close()


@transaction.atomic
def _mark(pk) -> bool:
    waiting = Letter.objects.filter(pk=pk, state=LetterState.PENDING)
    return bool(waiting.update(state=LetterState.SENT, sent_at=timezone.now()))


@shared_task(name="chaos.mark_first")
def mark_first() -> None:
    """Mark as sent, then send: killed in between, the letter is lost."""
    _one_by_one(mark_first=True)


@shared_task(name="chaos.send_first")
def send_first() -> None:
    """Send, then mark as sent: killed in between, the letter is sent again, and nothing says so."""
    _one_by_one(mark_first=False)
