"""Delivery: claim what is due, send it one commit at a time, and free what a dead worker left behind.

Any number of workers may run this at once. A letter is `claimed` in a batch under a lease, `sending` from
just before it is made until its outcome is known, and the commit that starts one letter settles the one
before. A worker killed anywhere leaves at most one letter of which nobody knows whether it went out: it is
sent again with the same Message-ID, and its `doubts` say so. Due times are programme time; leases and pauses
are the database's real time.
"""

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from outbox.domain.sending import Line, Outcome, attempt
from outbox.kinds import registered
from outbox.models import Letter, LetterState

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
TROUBLE_PAUSE = timedelta(minutes=1)
UNKNOWN_PAUSE = timedelta(minutes=15)
FREE = {"lease_token": None, "lease_until": None}


@dataclass(frozen=True, slots=True)
class Batch:
    """Letters that one worker holds, and the token that proves it."""

    token: UUID
    letters: list[Letter]


def deliver_due(now: datetime) -> int:
    """Send everything due at `now` (programme time) that nobody else holds; how many went out."""
    _set_unknown_aside(now)
    total = 0
    while batch := claim(now):
        sent, trouble = _deliver(batch, now)
        total += sent
        if trouble:
            break
    return total


def claim(now: datetime) -> Batch | None:
    """Take up to OUTBOX_BATCH due letters, skipping those that another worker is just taking; None when there
    are none.
    """
    token = uuid4()
    with transaction.atomic():
        ids = list(
            _due(now)
            .filter(kind__in=registered())
            .select_for_update(skip_locked=True)
            .order_by("due_at", "id")
            .values_list("pk", flat=True)[: settings.OUTBOX_BATCH]
        )
        Letter.objects.filter(pk__in=ids).update(state=LetterState.CLAIMED, lease_token=token, lease_until=_lease())
    letters = Letter.objects.filter(lease_token=token).select_related("person").order_by("due_at", "id")
    return Batch(token, list(letters)) if ids else None


def _due(now: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(
        Q(next_at__isnull=True) | Q(next_at__lte=Now()), state=LetterState.PENDING, due_at__lte=now
    )


def _lease() -> CombinedExpression:
    return Now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def _deliver(batch: Batch, now: datetime) -> tuple[int, bool]:
    """Send a batch over one connection: how many went out, and whether the mail server is in trouble."""
    sent, trouble = 0, False
    last: tuple[Letter, Outcome] | None = None
    with Line() as line:
        for letter in batch.letters:
            trouble = not line.ready()
            if trouble:
                break
            started = _turn(batch.token, last, letter, now)
            last = (letter, attempt(letter, line, now=now)) if started else None
            sent += last is not None and last[1].state == LetterState.SENT
            trouble = last is not None and last[1].trouble
            if trouble:
                break
    with transaction.atomic():
        if last:
            _settle(batch.token, *last, now)
        _give_back(batch.token)
    return sent, trouble


def _turn(token: UUID, last: tuple[Letter, Outcome] | None, letter: Letter, now: datetime) -> bool:
    """In one commit: write down what became of the last letter, and that this one is being sent.

    False when the lease on this one has run out: it is another worker's by now.
    """
    with transaction.atomic():
        if last:
            _settle(token, *last, now)
        return bool(
            Letter.objects.filter(
                pk=letter.pk, state=LetterState.CLAIMED, lease_token=token, lease_until__gt=Now()
            ).update(state=LetterState.SENDING, attempts=F("attempts") + 1, lease_until=_lease())
        )


def _settle(token: UUID, letter: Letter, outcome: Outcome, now: datetime) -> None:
    """Write the outcome down, if the letter is still ours; if not, the reaper has counted it as a doubt."""
    attempts = letter.attempts + (0 if outcome.trouble else 1)
    state, reason = outcome.state, outcome.reason
    if state == LetterState.PENDING and attempts >= settings.OUTBOX_MAX_ATTEMPTS:
        state, reason = LetterState.DEAD, f"given up after {attempts} tries: {reason}"
    waits = state == LetterState.PENDING
    ours = Letter.objects.filter(pk=letter.pk, state=LetterState.SENDING, lease_token=token).update(
        state=state,
        reason=reason[:200],
        attempts=attempts,
        doubts=F("doubts") + int(outcome.doubt),
        sent_at=now if state == LetterState.SENT else None,
        next_at=Now() + _pause(attempts, outcome) if waits else None,
        **FREE,
    )
    facts = {"letter": str(letter.pk), "kind": letter.kind, "attempts": attempts}
    if not ours:
        logger.warning("a letter was taken over while it was being sent", extra=facts)
    elif state == LetterState.DEAD:
        logger.error("a letter could not be delivered", extra=facts)


def _pause(attempts: int, outcome: Outcome) -> timedelta:
    """How long to wait: doubling from half a minute up to six hours, spread so that letters do not return as
    a herd.
    """
    doubled = FIRST_PAUSE * 2 ** min(attempts - 1, 12)
    pause = TROUBLE_PAUSE if outcome.trouble else min(doubled, LONGEST_PAUSE)
    return pause * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, guards nothing


def _give_back(token: UUID) -> None:
    """Letters of a batch that were not begun wait again."""
    Letter.objects.filter(state=LetterState.CLAIMED, lease_token=token).update(
        state=LetterState.PENDING, next_at=Now() + TROUBLE_PAUSE, **FREE
    )


def reap() -> int:
    """Free letters whose worker has not been heard of; how many.

    Claimed ones simply wait again. One that was being sent may have gone out: that is a doubt, and it is sent
    again with the same Message-ID, unless it was begun too often: such a letter takes its workers with it,
    and is dead.
    """
    with transaction.atomic():
        expired = Letter.objects.select_for_update(skip_locked=True).filter(
            state__in=(LetterState.CLAIMED, LetterState.SENDING), lease_until__lte=Now()
        )
        letters = list(expired.order_by("id"))
        for letter in letters:
            _free(letter)
    return len(letters)


def _free(letter: Letter) -> None:
    if letter.state == LetterState.SENDING:
        letter.doubts += 1
    poison = letter.state == LetterState.SENDING and letter.attempts >= settings.OUTBOX_MAX_ATTEMPTS
    letter.state = LetterState.DEAD if poison else LetterState.PENDING
    letter.reason = f"begun {letter.attempts} times without an outcome" if poison else ""
    letter.lease_token = letter.lease_until = None
    letter.save(update_fields=["state", "reason", "doubts", "lease_token", "lease_until"])
    facts = {"letter": str(letter.pk), "kind": letter.kind, "attempts": letter.attempts}
    if poison:
        logger.error("a letter is given up: every worker that began it was lost", extra=facts)
    else:
        logger.warning("a letter was freed after its worker was lost", extra=facts)


def _set_unknown_aside(now: datetime) -> None:
    """A kind nobody registered (a newer version wrote it, or an app is missing): the letter waits, and the
    log says so.
    """
    unknown = _due(now).exclude(kind__in=registered())
    kinds = sorted(set(unknown.values_list("kind", flat=True)))
    if kinds:
        unknown.update(next_at=Now() + UNKNOWN_PAUSE)
        logger.error("letters of an unknown kind wait", extra={"kinds": kinds})
