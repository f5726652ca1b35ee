"""What a coordinator decides about one letter: send it again, or leave it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from common.errors import WrongState
from common.models import Event
from common.subjects import Subject
from common.transitions import Actor
from outbox.domain.enclosures import is_enclosed
from outbox.domain.post import post, wake_workers
from outbox.models import Letter, LetterState
from outbox.reasons import NotNeeded

if TYPE_CHECKING:
    from accounts.models import User

ENDED = (LetterState.SENT, LetterState.HELD, LetterState.DEAD)
NUMBERED = 4  # characters for the number of a copy, in an occasion of at most 40


def may_resend(letter: Letter) -> bool:
    """Whether it can be sent again as it stands. Of one that was sent with an enclosure, the words are gone."""
    return letter.state in ENDED and not (letter.state == LetterState.SENT and is_enclosed(letter))


@transaction.atomic
def resend(*, letter: Letter, user: "User | None", now: datetime) -> Letter:
    """Send a letter again that was sent, could not be delivered, or may have arrived; the row that will go.

    One that did not arrive is the same row, with the same Message-ID, and its tries counted anew; of one that was sent
    a further row is made. Either is asked once more whether it still holds. Raises `WrongState` for any other.
    """
    locked = Letter.objects.select_for_update().get(pk=letter.pk)
    if not may_resend(locked):
        raise WrongState
    if locked.state == LetterState.SENT:
        again = _copy(locked, now)
    else:
        again = locked
        again.state, again.reason, again.detail = LetterState.PENDING, "", ""
        again.attempts, again.next_at = 0, None
        again.save(update_fields=["state", "reason", "detail", "attempts", "next_at"])
        transaction.on_commit(wake_workers)
    Event.record(verb="resend", subject=again, actor=Actor.COORDINATOR, now=now, user=user)
    return again


@transaction.atomic
def leave(*, letter: Letter, user: "User", now: datetime) -> None:
    """Leave a letter that may have arrived, or could not be delivered. Raises `WrongState` for any other."""
    waiting = Letter.objects.filter(pk=letter.pk, state__in=(LetterState.HELD, LetterState.DEAD))
    if not waiting.update(state=LetterState.CANCELLED, reason=NotNeeded.LEFT, detail=""):
        raise WrongState
    Event.record(verb="leave", subject=letter, actor=Actor.COORDINATOR, now=now, user=user)


def _copy(letter: Letter, now: datetime) -> Letter:
    stem = letter.occasion.rpartition("+")[0] or letter.occasion
    stem = stem[: 40 - NUMBERED]
    same = Letter.objects.filter(
        kind=letter.kind,
        subject_id=letter.subject_id,
        person_id=letter.person_id,
        invitation_id=letter.invitation_id,
        occasion__startswith=f"{stem}+",
    )
    return post(
        kind=letter.kind,
        subject=Subject(letter.subject_type, letter.subject_id, letter.cohort_id, letter.pairing_id),
        person=letter.person,
        invitation_id=letter.invitation_id,
        occasion=f"{stem}+{same.count() + 1}",
        due_at=now,
        at_once=True,
    )
