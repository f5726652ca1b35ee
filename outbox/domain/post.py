"""Putting letters into the outbox, and taking them out while they wait.

`post` is called inside the transaction that changes what the letter speaks of, so that both happen or
neither.
"""

import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Model

from common.clock import now as programme_now
from common.subjects import Subject, subject_of
from outbox.kinds import SCOPE_COLUMNS, registered
from outbox.models import Letter, LetterState
from outbox.reasons import LetterReason

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

DELIVER = "outbox.tasks.deliver"
WAKE_EXPIRES_SECONDS = 30


@transaction.atomic
def post(
    *,
    kind: str,
    subject: Model | Subject,
    due_at: datetime,
    person: "User | None" = None,
    invitation_id: UUID | None = None,
    occasion: str = "",
) -> Letter:
    """Put one letter into the outbox, once: the same kind, subject, recipient and occasion give the same
    letter. `subject` is the record it is about, or that record's columns where it is not at hand.

    `due_at` is programme time. A waiting letter is moved when its time changed; so is a cancelled one, which
    then waits again. One that was cancelled before delivery was ever tried waits again whatever its time;
    sent and dead letters stay as they are. Raises `IntegrityError` unless exactly one recipient is given, and
    `ValueError` when the subject's cohort and pairing are not those that the kind's `scope` promises; `KeyError` for a
    kind that nobody registered.
    """
    about = subject if isinstance(subject, Subject) else subject_of(subject)
    _check_scope(kind, about, invitation_id)
    letter, made = Letter.objects.select_for_update().get_or_create(
        kind=kind,
        subject_id=about.subject_id,
        person=person,
        invitation_id=invitation_id,
        occasion=occasion,
        defaults={
            **about._asdict(),
            "due_at": due_at,
            "message_id": message_id(kind, about.subject_id, person.pk if person else invitation_id, occasion),
        },
    )
    if made or _wanted_again(letter, due_at):
        if not made:
            letter.due_at, letter.next_at = due_at, None
            letter.state, letter.reason, letter.detail = LetterState.PENDING, "", ""
            letter.save(update_fields=["due_at", "next_at", "state", "reason", "detail"])
        if due_at <= programme_now():
            transaction.on_commit(wake_workers)
    return letter


def _check_scope(kind: str, about: Subject, invitation_id: UUID | None) -> None:
    """By these columns alone is it decided who sees the letter: none of them may be forgotten, or told of in vain."""
    scope = registered()[kind].scope
    columns = {"cohort_id": about.cohort_id, "pairing_id": about.pairing_id, "invitation_id": invitation_id}
    filled = {name for name, value in columns.items() if value is not None}
    needed, allowed = SCOPE_COLUMNS[scope]
    if not needed <= filled <= allowed:
        raise ValueError(f"a letter {kind!r} belongs to: {scope.value}, but has {sorted(filled) or 'no columns'}")


def _wanted_again(letter: Letter, due_at: datetime) -> bool:
    moved = letter.due_at != due_at
    if letter.state == LetterState.CANCELLED:
        return moved or letter.attempts == 0
    return moved and letter.state == LetterState.PENDING


def move(*, kind: str, subject_id: UUID, person: "User", occasion: str, due_at: datetime) -> int:
    """Give a letter another time while it waits; 1, or 0 when there is none waiting. Nothing is posted or revived."""
    waiting = Letter.objects.filter(
        kind=kind, subject_id=subject_id, person=person, occasion=occasion, state=LetterState.PENDING
    )
    return waiting.exclude(due_at=due_at).update(due_at=due_at, next_at=None)


def cancel(*, subject_id: UUID, reason: LetterReason, kinds: Iterable[str] | None = None) -> int:
    """Cancel what waits about a subject, all kinds or these; how many. One already on its way asks
    `still_due`.
    """
    waiting = Letter.objects.filter(subject_id=subject_id, state=LetterState.PENDING)
    if kinds is not None:
        waiting = waiting.filter(kind__in=list(kinds))
    return waiting.update(state=LetterState.CANCELLED, reason=reason, detail="")


def message_id(kind: str, subject_id: UUID, recipient_id: UUID | None, occasion: str) -> str:
    """The same letter always carries the same Message-ID, so that a mail server can drop a second copy."""
    key = "\x1f".join([kind, str(subject_id), str(recipient_id), occasion])
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def wake_workers() -> None:
    """Ask a worker to look into the outbox now. Without a broker nothing is lost: beat asks again every ten
    seconds.
    """
    try:
        current_app.send_task(DELIVER, expires=WAKE_EXPIRES_SECONDS, retry=False)
    except Exception:
        logger.warning("the workers could not be woken; letters go out with the next beat", exc_info=True)
