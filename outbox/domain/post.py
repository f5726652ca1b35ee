"""Putting letters into the outbox, and taking them out while they wait.

`post` is called inside the transaction that changes what the letter speaks of, so that both happen or
neither.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import parseaddr
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q

from common.clock import now as programme_now
from common.queries import among
from common.subjects import Subject, subject_of
from common.workers import wake
from outbox.domain.pacing import pace
from outbox.kinds import SCOPE_COLUMNS, registered
from outbox.models import Letter, LetterState
from outbox.reasons import LetterReason

if TYPE_CHECKING:
    from accounts.models import User


DELIVER = "outbox.tasks.deliver"
WAKE_EXPIRES_SECONDS = 30


class NewLetter(NamedTuple):
    """One of the letters that `post_all` puts into the outbox; the words are those of `post`."""

    kind: str
    subject: "Model | Subject"
    person: "User | None"
    due_at: datetime
    occasion: str = ""
    invitation_id: UUID | None = None


def post(
    *,
    kind: str,
    subject: Model | Subject,
    due_at: datetime,
    person: "User | None" = None,
    invitation_id: UUID | None = None,
    occasion: str = "",
    at_once: bool = False,
) -> Letter:
    """Put one letter into the outbox, once: the same kind, subject, recipient and occasion give the same
    letter. `subject` is the record it is about, or that record's columns where it is not at hand.

    `due_at` is programme time; a kind that is `one_a_day` may put it off, unless it must leave `at_once`.

    A waiting letter is moved when its time changed; so is a cancelled one, which
    then waits again. One that was cancelled before delivery was ever tried waits again whatever its time;
    sent and dead letters stay as they are. Raises `IntegrityError` unless exactly one recipient is given, and
    `ValueError` when the subject's cohort and pairing are not those that the kind's `scope` promises; `KeyError` for a
    kind that nobody registered.
    """
    new = _new(kind, subject, due_at, person, invitation_id, occasion)
    if not at_once:
        pace([new])
    (letter,) = _put_in([new])
    return letter


def post_all(letters: Iterable[NewLetter]) -> list[Letter]:
    """`post` all of these, in as many queries as one takes; the rows in the same order."""
    new = [
        _new(each.kind, each.subject, each.due_at, each.person, each.invitation_id, each.occasion) for each in letters
    ]
    pace(new)
    return _put_in(new)


def _new(
    kind: str,
    subject: Model | Subject,
    due_at: datetime,
    person: "User | None",
    invitation_id: UUID | None = None,
    occasion: str = "",
) -> Letter:
    about = subject if isinstance(subject, Subject) else subject_of(subject)
    _check_scope(kind, about, invitation_id)
    return Letter(
        kind=kind,
        **about._asdict(),
        person=person,
        invitation_id=invitation_id,
        occasion=occasion,
        urgent=registered()[kind].urgent,
        due_at=due_at,
        message_id=message_id(kind, about.subject_id, person.pk if person else invitation_id, occasion),
    )


def _check_scope(kind: str, about: Subject, invitation_id: UUID | None) -> None:
    """By these columns alone is it decided who sees the letter: none of them may be forgotten, or told of in vain."""
    scope = registered()[kind].scope
    columns = {"cohort_id": about.cohort_id, "pairing_id": about.pairing_id, "invitation_id": invitation_id}
    filled = {name for name, value in columns.items() if value is not None}
    needed, allowed = SCOPE_COLUMNS[scope]
    if not needed <= filled <= allowed:
        raise ValueError(f"a letter {kind!r} belongs to: {scope.value}, but has {sorted(filled) or 'no columns'}")


@transaction.atomic
def _put_in(letters: Sequence[Letter]) -> list[Letter]:
    """The rows of new letters, in the same order: inserted now, or there already, and then perhaps wanted again."""
    # In one order, or two who insert the same letters would wait for each other.
    Letter.objects.bulk_create(sorted(letters, key=lambda letter: letter.message_id), ignore_conflicts=True)
    rows = _locked_rows(letters)
    pairs = list(zip(letters, rows, strict=True))
    moved = [row for letter, row in pairs if row.pk != letter.pk and _wanted_again(row, letter.due_at)]
    due = {row.pk: letter.due_at for letter, row in pairs}
    for row in moved:
        row.due_at, row.next_at = due[row.pk], None
        row.state, row.reason, row.detail = LetterState.PENDING, "", ""
    Letter.objects.bulk_update(moved, ["due_at", "next_at", "state", "reason", "detail"])
    waiting = moved + [row for letter, row in pairs if row.pk == letter.pk]
    if any(row.urgent for row in waiting) or (waiting and min(row.due_at for row in waiting) <= programme_now()):
        transaction.on_commit(wake_workers)
    return rows


# What makes two letters the same one: the constraint `letter_once`.
_identity = attrgetter("kind", "subject_id", "person_id", "invitation_id", "occasion")


def _locked_rows(letters: Sequence[Letter]) -> list[Letter]:
    found = Letter.objects.select_for_update().filter(
        Q(person__in={letter.person_id for letter in letters if letter.person_id})
        | Q(invitation_id__in={letter.invitation_id for letter in letters if letter.invitation_id}),
        kind__in={letter.kind for letter in letters},
        subject_id__in=among(letter.subject_id for letter in letters),
        occasion__in={letter.occasion for letter in letters},
    )
    rows = {_identity(row): row for row in found.order_by("pk")}
    return [rows[_identity(letter)] for letter in letters]


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


def cancel(
    *, subject_id: UUID, reason: LetterReason, kinds: Iterable[str] | None = None, person: "User | None" = None
) -> int:
    """Cancel what waits about a subject, all kinds or these, to everybody or to `person`; how many. One already on its
    way asks `still_due`.
    """
    return cancel_all(subject_ids=[subject_id], reason=reason, kinds=kinds, person=person)


def cancel_all(
    *,
    subject_ids: Iterable[UUID],
    reason: LetterReason,
    kinds: Iterable[str] | None = None,
    person: "User | None" = None,
) -> int:
    """`cancel` what waits about any of these subjects, in one query."""
    waiting = Letter.objects.filter(subject_id__in=among(subject_ids), state=LetterState.PENDING)
    if person is not None:
        waiting = waiting.filter(person=person)
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
    wake(DELIVER, expires=WAKE_EXPIRES_SECONDS)
