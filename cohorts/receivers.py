"""What follows when an invitation is accepted. Runs inside the transaction that accepted it."""

from datetime import datetime
from typing import Any

from accounts.models import Invitation, User
from cohorts.domain.enrolments import accept_offers


def enrol_invited(sender: object, *, invitation: Invitation, user: User, now: datetime, **_more: Any) -> None:
    """The roles that came with the invitation are taken up."""
    accept_offers(invitation=invitation, user=user, now=now)
