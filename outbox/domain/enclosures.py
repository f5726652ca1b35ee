"""Letters that carry what nobody else keeps: a code, a link, an address that may be nobody's.

All of it is sealed until the letter leaves, and then deleted; out of date, it is deleted and the letter cancelled.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from common.content.keys import Wrapped, current_master, unwrap, wrap
from common.content.rotation import Wrapping
from common.subjects import subject_of
from outbox.domain.post import message_id, wake_workers
from outbox.kinds import registered
from outbox.models import Enclosure, Letter, LetterState
from outbox.reasons import NotNeeded

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User

ENCLOSED = "enclosure"  # the `subject_type` of such letters
OVER = (LetterState.SENT, LetterState.CANCELLED)
ON_THE_WAY = (LetterState.CLAIMED, LetterState.SENDING)


def is_enclosed(letter: Letter) -> bool:
    """Whether what it says is in an enclosure."""
    return letter.subject_type == ENCLOSED


@transaction.atomic
def post_enclosed(
    *, kind: str, words: Mapping[str, str], person: "User | None", occasion: str, expires_at: datetime, due_at: datetime
) -> Letter:
    """Put a letter into the outbox with all that it needs; `person` is whom it is known to be for, if anybody.

    `due_at` is programme time, `expires_at` real time. Raises `KeyError` for a kind that nobody registered.
    """
    (letter,) = _post(kind, words, [person], occasion, expires_at, due_at)
    transaction.on_commit(wake_workers)
    return letter


@transaction.atomic
def post_enclosed_all(
    *,
    kind: str,
    words: Mapping[str, str],
    people: "Iterable[User]",
    cohort_id: "UUID",
    occasion: str,
    expires_at: datetime,
    due_at: datetime,
) -> list[Letter]:
    """The same to each of these people of a cohort, under one occasion: a letter and an enclosure for each."""
    return _post(kind, words, people, occasion, expires_at, due_at, cohort_id=cohort_id)


def _post(
    kind: str,
    words: Mapping[str, str],
    people: "Iterable[User | None]",
    occasion: str,
    expires_at: datetime,
    due_at: datetime,
    cohort_id: "UUID | None" = None,
) -> list[Letter]:
    """Everybody has an enclosure of their own: it goes with their letter, and with them."""
    written = [(_sealed(words, expires_at), person) for person in people]
    Enclosure.objects.bulk_create(enclosure for enclosure, _person in written)
    return Letter.objects.bulk_create(
        Letter(
            kind=kind,
            **subject_of(enclosure)._replace(cohort_id=cohort_id)._asdict(),
            person=person,
            occasion=occasion,
            urgent=registered()[kind].urgent,
            due_at=due_at,
            message_id=message_id(kind, enclosure.pk, None, occasion),
        )
        for enclosure, person in written
    )


def _sealed(words: Mapping[str, str], expires_at: datetime) -> Enclosure:
    enclosure = Enclosure(expires_at=expires_at)
    sealed = wrap(json.dumps(dict(words)).encode(), bound_to=_place(enclosure.pk))
    enclosure.master, enclosure.sealed = sealed.master, sealed.blob
    return enclosure


def replace(letter_id: "UUID | str") -> None:
    """Cancel a letter that still waits: what it carries is no longer valid, for a new one was asked for."""
    waiting = Letter.objects.filter(pk=letter_id, subject_type=ENCLOSED, state=LetterState.PENDING)
    waiting.update(state=LetterState.CANCELLED, reason=NotNeeded.REPLACED, detail="")


def read(letter: Letter) -> dict[str, str] | None:
    """What was enclosed; None once it is gone or out of date. Raises `ContentTampered` when it cannot be read."""
    enclosure = Enclosure.objects.filter(pk=letter.subject_id, expires_at__gt=Now()).first()
    if enclosure is None:
        return None
    wrapped = Wrapped(enclosure.master, bytes(enclosure.sealed))
    words: dict[str, str] = json.loads(unwrap(wrapped, bound_to=_place(enclosure.pk)))
    return words


def still_valid(letter: Letter, _now: datetime) -> NotNeeded | None:
    """For `LetterKind.still_due`: an enclosure lives in real time, like the code in it."""
    there = Enclosure.objects.filter(pk=letter.subject_id, expires_at__gt=Now()).exists()
    return None if there else NotNeeded.OUT_OF_DATE


def clear() -> None:
    """Cancel waiting letters whose enclosure is out of date; delete that, and all whose letter needs it no more."""
    expired = Enclosure.objects.filter(expires_at__lte=Now())
    waiting = Letter.objects.filter(
        subject_type=ENCLOSED, subject_id__in=expired.values("pk"), state=LetterState.PENDING
    )
    waiting.update(state=LetterState.CANCELLED, reason=NotNeeded.OUT_OF_DATE, detail="")
    expired.exclude(Exists(_letters().filter(state__in=ON_THE_WAY))).delete()
    Enclosure.objects.exclude(Exists(_letters().exclude(state__in=OVER))).delete()


def _letters() -> QuerySet[Letter]:
    return Letter.objects.filter(subject_type=ENCLOSED, subject_id=OuterRef("pk"))


def _place(enclosure_id: "UUID") -> str:
    return f"enclosure:{enclosure_id}"


def _outdated() -> "list[UUID]":
    return list(Enclosure.objects.exclude(master=current_master()).order_by("pk").values_list("pk", flat=True))


def _rewrap(pk: "UUID") -> None:
    row = Enclosure.objects.select_for_update().filter(pk=pk).first()
    if row is not None and row.master != current_master():  # else it has left, or somebody was quicker
        words = unwrap(Wrapped(row.master, bytes(row.sealed)), bound_to=_place(pk))
        sealed = wrap(words, bound_to=_place(pk))
        row.master, row.sealed = sealed.master, sealed.blob
        row.save(update_fields=["master", "sealed"])


ENCLOSURES = Wrapping("enclosures of e-mails", _outdated, _rewrap)
