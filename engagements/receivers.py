"""What follows inside a pairing when its state changes, and for assistants when an invitation or an account does: in
the same transaction, which it may undo.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from accounts.models import Invitation, User
from cohorts.models import Cohort
from engagements.domain import assistants, check_in_planning, lengths, meetings, reviews, stock_planning
from engagements.domain.sides import people
from engagements.states import MEETING, PAIR_LASTS
from matching.models import Pairing
from matching.states import PairingState
from outbox.domain import post as outbox

OVER = (PairingState.COMPLETED, PairingState.ENDED_EARLY)


def follow_pairing(sender: object, *, pairing: Pairing, verb: str, now: datetime, **_extra: Any) -> None:
    """Bring what is inside a pairing to its new state, and write to both."""
    if verb == "activate":
        for _side, person in people(pairing):
            outbox.post(kind="pairing_active", subject=pairing, person=person, due_at=now)
    _follow_check_ins(pairing, verb, now)
    _follow_end(pairing, verb, now)
    if pairing.state not in MEETING:
        meetings.close_open(pairing=pairing, now=now)
    stock_planning.follow(pairing=pairing, now=now)


def _follow_check_ins(pairing: Pairing, verb: str, now: datetime) -> None:
    """Plan them when it begins or its end moves, take them back when it rests or is over."""
    if verb in {"activate", "resume"}:
        check_in_planning.plan(pairing=pairing, now=now)
    elif verb == "move_end" and pairing.state == PairingState.ACTIVE:
        check_in_planning.follow_end(pairing=pairing, now=now)
    elif pairing.state in {PairingState.PAUSED, PairingState.CLOSING}:
        check_in_planning.cancel_future(pairing=pairing, now=now)
    elif pairing.state in OVER:
        check_in_planning.cancel_all(pairing=pairing, now=now)


def _follow_end(pairing: Pairing, verb: str, now: datetime) -> None:
    """Tell both of a planned end two weeks before it, ask both to look back when it closes, and nobody afterwards."""
    if verb in {"activate", "resume", "move_end"} and pairing.state == PairingState.ACTIVE:
        lengths.remind_of_end(pairing=pairing, now=now)
    if pairing.state not in PAIR_LASTS:
        lengths.lapse_open(pairing=pairing, now=now)
    if verb == "begin_closing":
        reviews.ask_both(pairing=pairing, now=now)
    if pairing.state in OVER:
        reviews.close_open(pairing=pairing, now=now)


def foresee_end(sender: object, *, cohort: Cohort, ends_on: date, **_more: Any) -> Iterable[str]:
    """What another last day of a cohort asks of its pairs."""
    return lengths.foresee_end(cohort=cohort, ends_on=ends_on)


def ask_pairs(sender: object, *, cohort: Cohort, before: date, now: datetime, **_more: Any) -> None:
    """Pairs that were planned until a cohort's last day are asked whether to follow it."""
    lengths.ask_pairs(cohort=cohort, before=before, now=now)


def follow_person(sender: object, *, person: User, now: datetime, **_extra: Any) -> None:
    """Bring what waits for somebody to where they are now."""
    check_in_planning.follow(person=person, now=now)
    stock_planning.follow_person(person=person, now=now)


def describe_assisting(sender: object, *, invitation: Invitation, **_extra: Any) -> list[str]:
    """What an invitation to assist offers."""
    return assistants.described(invitation)


def take_up_assisting(sender: object, *, invitation: Invitation, user: User, now: datetime, **_extra: Any) -> list[str]:
    """An invited person has come: an assistant, if that is what they were invited for."""
    return assistants.accept_invitation(invitation=invitation, user=user, now=now)


def withdraw_assisting(
    sender: object, *, invitation: Invitation, user: User | None, now: datetime, **_extra: Any
) -> None:
    """An invitation opens nothing any more: nobody becomes an assistant by it."""
    assistants.follow_closed(invitation=invitation, user=user, now=now)


def end_assistants(sender: object, *, person: User, now: datetime, **_extra: Any) -> None:
    """An account was closed: whom they assisted, and who assisted them, is over."""
    assistants.close_all(person=person, now=now)
