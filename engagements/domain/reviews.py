"""Looking back: both are asked when the closing begins; the second answer, or thirty days, completes the pairing."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from accounts.calendars import calendar_with_absences, coming_morning, local_day
from accounts.models import User
from common.errors import NotPermitted, WrongState
from common.models import Event
from common.prepared import prepared
from common.transactions import atomically
from common.transitions import Actor, next_state
from engagements.domain.sides import people
from engagements.letters import NotNeeded
from engagements.models import Review
from engagements.models.reviews import MENTEE_WORDS, MENTOR_WORDS, REVIEW_WORDS
from engagements.states import REVIEW_TRANSITIONS, ReviewState
from matching.domain import pairings
from matching.models import Pairing
from matching.states import PairingState
from outbox.domain import post as outbox

DUE = "review_due"
REMINDERS = {"": timedelta(days=7), "last": timedelta(days=25)}  # after the closing began, by what tells them apart


@dataclass(frozen=True, slots=True)
class MenteeReview:
    """What a mentee says: `Extent` of each outcome, `GoalsReached`, scores from 1 to 5, and `Again`."""

    mistakes_avoided: str
    faster: str
    decisions: str
    goals: str
    connection: int
    clarity: int
    competency: int
    again: str
    takes_away: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class LearningInterview:
    """What a mentor says of what they learned themselves; `again` is an `Again`."""

    again: str
    learned: str = ""
    does_differently: str = ""
    shared: bool = False


Said = MenteeReview | LearningInterview


def ask_both(*, pairing: Pairing, now: datetime) -> None:
    """The closing has begun: each side is asked to look back, and reminded until it has."""
    for side, person in people(pairing):
        row = Review.objects.create(pairing=pairing, side=side, person=person, asked_at=now)
        calendar = calendar_with_absences(person)
        for occasion, after in REMINDERS.items():
            due_at = coming_morning(local_day(now + after, calendar), calendar, now)
            outbox.post(kind=DUE, subject=row, person=person, due_at=due_at, occasion=occasion)


def close_open(*, pairing: Pairing, now: datetime) -> None:
    """The pairing is over: what was not answered is missed when it was completed, and cancelled otherwise."""
    verb, actor = ("miss", Actor.CLOCK) if pairing.state == PairingState.COMPLETED else ("cancel", Actor.SYSTEM)
    for row in Review.objects.filter(pairing=pairing, state=ReviewState.ASKED):
        row.pairing = pairing
        row.state = next_state(REVIEW_TRANSITIONS, verb, row.state, actor)
        row.save(update_fields=["state"])
        Event.record(verb=verb, subject=row, actor=actor, now=now)
        outbox.cancel(subject_id=row.pk, reason=NotNeeded.REVIEW_CLOSED)


@atomically
def answer(*, review: Review, user: User, said: Said, now: datetime) -> Review:
    """Look back. The second of the two completes the pairing for both.

    Raises `NotPermitted` for anybody else, and `WrongState` when it is answered or no longer asked for.
    """
    row = _written(review, "answer", user, said, now)
    row.answered_at = now
    row.save()
    outbox.cancel(subject_id=row.pk, reason=NotNeeded.REVIEW_ANSWERED)
    if not Review.objects.filter(pairing=row.pairing).exclude(state=ReviewState.ANSWERED).exists():
        pairings.complete(pairing=row.pairing, user=None, actor=Actor.SYSTEM, now=now)
    return row


@atomically
def correct(*, review: Review, user: User, said: Said, now: datetime) -> Review:
    """Put other answers in place of one's own, until the pairing is completed.

    Raises `NotPermitted` for anybody else, and `WrongState` before it is answered and once the pairing is over.
    """
    row = _written(review, "correct", user, said, now)
    row.save()
    return row


def _written(review: Review, verb: str, user: User, said: Said, now: datetime) -> Review:
    """The review in its next state with what is said in it (not saved), and its line of history."""
    pairing = pairings.lock_all(review.pairing_id)  # the second answer gives a place back
    row = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if row.person_id != user.pk:
        raise NotPermitted
    if pairing.state != PairingState.CLOSING:
        raise WrongState
    row.pairing, actor = pairing, Actor(row.side)
    row.state = next_state(REVIEW_TRANSITIONS, verb, row.state, actor)
    for name, value in asdict(said).items():
        if name in REVIEW_WORDS:
            row.write(name, value.strip())
        else:
            setattr(row, name, value)
    Event.record(verb=verb, subject=row, actor=actor, now=now, user=user)
    return row


def of_pairing(pairing: Pairing) -> dict[UUID, Review]:
    """The reviews of a pairing, by whom they are asked of; none before the closing began."""
    rows = _of(pairing=pairing.pk)
    for row in rows:
        row.pairing = pairing
    return {row.person_id: row for row in rows}


@prepared
def _of(*, pairing: UUID) -> QuerySet[Review]:
    return Review.objects.filter(pairing=pairing)


def words_of(review: Review) -> list[tuple[str, str]]:
    """The words in a review, each with the name of its question; those that were left empty are left out."""
    names = MENTEE_WORDS if review.side == "mentee" else MENTOR_WORDS
    return [(name, words) for name in names if (words := review.words_of(name))]
