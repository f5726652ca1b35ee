"""What pages say of e-mails that are on their way."""

from django import template

from outbox.domain import troubles

register = template.Library()


@register.simple_tag
def emails_are_late() -> bool:
    """Whether an e-mail that is posted now may come late: the mail server refuses us, or others are late."""
    return troubles.hold_up_urgent()
