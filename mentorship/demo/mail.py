"""Where the demo's letters arrive: rows that the mailbox page shows, instead of a mail server."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from common.clock import now
from mentorship.demo.guard import refuse_unless_demo
from mentorship.demo.models import DeliveredLetter


class MailboxBackend(BaseEmailBackend):
    """Keeps each message once for each address it went to."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Deliver all of them; how many."""
        refuse_unless_demo()
        for message in email_messages:
            _deliver(message)
        return len(email_messages)


def _deliver(message: EmailMessage) -> None:
    headers = {name: str(value) for name, value in message.message().items()}
    DeliveredLetter.objects.bulk_create(
        DeliveredLetter(
            recipient=address.lower(),
            subject=str(message.subject)[:300],
            message_id=headers["Message-ID"][:200],
            text=str(message.body),
            html=_html(message),
            headers=headers,
            arrived_at=now(),
        )
        for address in message.recipients()
    )


def _html(message: EmailMessage) -> str:
    """The HTML twin; empty when there is none."""
    twins = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    return next((str(content) for content, kind in twins if kind == "text/html"), "")
