"""What the two see together of their check-ins: the scores of both, while both share them, from when both did.

What was answered before was answered for oneself, and stays so.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from common.errors import WrongState
from common.models import Event
from common.prepared import prepared
from common.transactions import atomically
from common.transitions import Actor, next_state
from engagements.domain.pairing_status import PairingStatus
from engagements.domain.sides import side_of
from engagements.models import CheckIn, ScoreSharing
from engagements.permissions import may_read_scores
from engagements.states import PAIR_WRITES, SHARING_TRANSITIONS, CheckInState
from matching.domain import locks
from matching.models import Pairing


@atomically
def share(*, pairing: Pairing, user: User, now: datetime) -> ScoreSharing:
    """Show one's scores to the other side, as soon as that one does the same, and from then on.

    Raises `NotPermitted`, and `WrongState` where one shares already, or no check-ins are answered any more or yet.
    """
    return _say("share", pairing, user, now)


@atomically
def stop(*, pairing: Pairing, user: User, now: datetime) -> ScoreSharing:
    """Show them no longer: from this moment on neither sees the other's. Raises `NotPermitted` and `WrongState`."""
    return _say("stop", pairing, user, now)


def _say(verb: str, pairing: Pairing, user: User, now: datetime) -> ScoreSharing:
    locked = locks.pairing(pairing.pk)
    side = side_of(locked, user)
    if verb == "share" and locked.state not in PAIR_WRITES:
        raise WrongState
    row = ScoreSharing.objects.filter(pairing=locked, side=side).first()
    row = row or ScoreSharing(pairing=locked, side=side, person=user)
    row.pairing, actor = locked, Actor(side.value)
    row.state, row.at = next_state(SHARING_TRANSITIONS, verb, row.state, actor), now
    row.save()
    Event.record(verb=verb, subject=row, actor=actor, now=now, user=user)
    return row


def answers(status: PairingStatus) -> list[CheckIn]:
    """The check-ins of both whose scores both may read, as they were answered; none unless both share."""
    if status.scores_shared_since is None:
        return []
    found = _answered(pairing=status.pairing.pk, since=status.scores_shared_since)
    return [row for row in found if may_read_scores(status.me, row, shared_since=status.scores_shared_since)]


@prepared
def _answered(*, pairing: UUID, since: datetime) -> QuerySet[CheckIn]:
    answered = CheckIn.objects.filter(pairing=pairing, state=CheckInState.ANSWERED, answered_at__gte=since)
    return answered.select_related("pairing").order_by("round", "side")
