"""What follows when people or organisations change. Runs inside the transaction that changed them."""

from datetime import datetime
from typing import Any

from accounts.models import Invitation, Organisation, User
from matching.domain.cohorts import take_up_offers
from matching.domain.watch import recheck


def recheck_ties(
    sender: object, *, now: datetime, person: User | None = None, organisation: Organisation | None = None, **_more: Any
) -> None:
    """Independence is looked at again, for one person or for all whom an organisation may touch."""
    recheck(person=person, organisation=organisation, now=now)


def enrol_invited(sender: object, *, invitation: Invitation, user: User, now: datetime, **_more: Any) -> None:
    """The roles that came with the invitation are taken up."""
    take_up_offers(invitation=invitation, user=user, now=now)
