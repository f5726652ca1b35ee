"""What follows when an invitation is accepted, or a part is wanted or given up. Runs inside that transaction."""

from datetime import datetime
from typing import Any

from accounts.models import Invitation, User
from cohorts.domain import parts
from cohorts.domain.enrolments import accept_offers


def enrol_invited(sender: object, *, invitation: Invitation, user: User, now: datetime, **_more: Any) -> None:
    """The roles that came with the invitation are taken up."""
    accept_offers(invitation=invitation, user=user, now=now)


def ask_for_part(sender: object, *, person: User, role: str, now: datetime, **_more: Any) -> bool:
    """The coordinators of the person's cohorts find it among what waits for approval."""
    return bool(parts.ask_for(person=person, role=role, now=now))


def take_back_part(sender: object, *, person: User, role: str, now: datetime, **_more: Any) -> None:
    """What still waits for approval is gone."""
    parts.take_back(person=person, role=role, now=now)


def holds_part(sender: object, *, person: User, role: str, **_more: Any) -> bool:
    """Whether the person takes part, or has taken part, in this role."""
    return parts.is_held(person=person, role=role)
