"""After a backup was restored: nothing that may have left since it was made leaves again unasked."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from common.errors import WrongState
from common.models import Event
from common.transitions import Actor
from outbox.domain import troubles
from outbox.models import Letter, LetterState, TroubleKind
from outbox.reasons import NotDelivered

IN_HAND = (LetterState.CLAIMED, LetterState.SENDING)


@transaction.atomic
def hold_restored(*, now: datetime) -> int:
    """Hold whatever was due by `now` (programme time), and let nothing else leave until somebody resumes.

    What is due later cannot have left. How many are held. Raises `WrongState` while it is so already.
    """
    trouble = troubles.begin(TroubleKind.RESTORED)
    if trouble is None:
        raise WrongState
    waiting = Letter.objects.filter(Q(state=LetterState.PENDING, due_at__lte=now) | Q(state__in=IN_HAND))
    held = waiting.update(
        state=LetterState.HELD,
        reason=NotDelivered.RESTORED,
        detail="",
        doubts=F("doubts") + 1,
        lease_token=None,
        lease_until=None,
        next_at=None,
    )
    Event.record(verb="hold_restored", subject=trouble, actor=Actor.SYSTEM, now=now)
    return held
