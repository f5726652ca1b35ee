"""What follows inside a pairing when its state changes, in the same transaction (and may undo it)."""

from datetime import datetime
from typing import Any

from accounts.models import User
from engagements.domain import check_in_planning, meetings, reviews
from engagements.domain.sides import people
from engagements.states import MEETING
from matching.models import Pairing
from matching.states import PairingState
from outbox.domain import post as outbox

OVER = (PairingState.COMPLETED, PairingState.ENDED_EARLY)


def follow_pairing(sender: object, *, pairing: Pairing, verb: str, now: datetime, **_extra: Any) -> None:
    """Plan check-ins when it begins or its end moves, take them back with the meetings ahead when it rests or
    is over, ask both to look back when it closes, and write to both.
    """
    if verb == "activate":
        for _side, person in people(pairing):
            outbox.post(kind="pairing_active", subject=pairing, person=person, due_at=now)
    if verb in {"activate", "resume"}:
        check_in_planning.plan(pairing=pairing, now=now)
    elif verb == "move_end" and pairing.state == PairingState.ACTIVE:
        check_in_planning.follow_end(pairing=pairing, now=now)
    elif pairing.state in {PairingState.PAUSED, PairingState.CLOSING}:
        check_in_planning.cancel_future(pairing=pairing, now=now)
    elif pairing.state in OVER:
        check_in_planning.cancel_all(pairing=pairing, now=now)
        reviews.close_open(pairing=pairing, now=now)
    if verb == "begin_closing":
        reviews.ask_both(pairing=pairing, now=now)
    if pairing.state not in MEETING:
        meetings.close_open(pairing=pairing, now=now)


def follow_person(sender: object, *, person: User, now: datetime, **_extra: Any) -> None:
    """Bring what waits for somebody to where they are now."""
    check_in_planning.follow(person=person, now=now)
