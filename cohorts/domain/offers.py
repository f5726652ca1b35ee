"""Offering somebody a role in a cohort, by an invitation."""

from datetime import datetime

from accounts.domain import invitations
from accounts.models import Invitation, User
from cohorts.models import Cohort, EnrolmentOffer
from common.transactions import atomically


@atomically
def offer(*, email: str, name: str, cohort: Cohort, role: str, user: User, now: datetime) -> Invitation:
    """Invite an address to a role. A further offer of the same coordinator joins their open invitation, which is sent
    again with both; what others have offered is neither told nor touched.

    Raises `Refused` for an offer that the open invitation holds already.
    """
    waiting = invitations.waiting_of(email=email, user=user)
    joins = (
        waiting is not None
        and waiting.expires_at > now
        and not EnrolmentOffer.objects.filter(invitation=waiting, cohort=cohort, role=role).exists()
    )
    if waiting is not None and joins:
        invitation = invitations.resend(invitation=waiting, user=user, now=now)
    else:
        invitation = invitations.invite(email=email, name=name, user=user, now=now)
    EnrolmentOffer.objects.create(invitation=invitation, cohort=cohort, role=role)
    return invitation
