"""Delivery: claim what is due, send it one commit at a time, and free what a dead worker left behind.

Any number of workers may run this at once. A letter is `claimed` in a batch under a lease, `sending` from
just before it is made until its outcome is known, and the commit that starts one letter settles the one
before. A worker killed anywhere leaves at most one letter of which nobody knows whether it went out (or one and
those that go with it): it is sent again with the same Message-ID, and its `doubts` say so. Due times are
programme time; leases and pauses are the database's real time, and a worker measures its own lease by a clock
that runs on while it is stopped.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now, Random

from common.clock import since_boot
from outbox.domain import enclosures, troubles
from outbox.domain.digests import digest_kinds
from outbox.domain.outcomes import pause, state_after, trouble_backoff
from outbox.domain.post import wake_workers
from outbox.domain.sending import Line, Outcome, attempt
from outbox.domain.statements import CLAIM, CLAIM_URGENT, SPREAD
from outbox.domain.steps import DeliveryStep, Ended, lease, settle, take_step
from outbox.kinds import registered
from outbox.models import Letter, LetterState, TroubleKind
from outbox.reasons import NotDelivered

logger = logging.getLogger(__name__)

UNKNOWN_PAUSE = timedelta(minutes=15)
LOOK_EVERY_SECONDS = 1.0  # how often a worker looks, between two letters, whether an urgent one has come
FREE = {"lease_token": None, "lease_until": None}
NOT_WAITING_LONGER = Q(next_at__isnull=True) | Q(next_at__lte=Now())


@dataclass(frozen=True, slots=True)
class Batch:
    """Letters that one worker holds, and the token that proves it."""

    token: UUID
    letters: list[Letter]

    @property
    def urgent(self) -> bool:
        """Whether they are such as leave first; a batch holds no others then."""
        return self.letters[0].urgent


def deliver_due(now: datetime, *, at_once: bool = False) -> int:
    """Send everything due at `now` (programme time) that nobody else holds; how many went out.

    It works for one lease at most, so that `now` stays true, and has another worker go on. Very many are spread over
    a while unless they must leave `at_once`. Urgent ones come first, also when they come meanwhile.
    """
    until = since_boot() + settings.OUTBOX_LEASE_SECONDS
    _set_unknown_aside(now)
    if not at_once and not troubles.is_stopped():
        _spread_herd(now)
    total = 0
    while batch := claim(now):
        sent, trouble = _deliver(batch, now)
        total += sent
        if batch.urgent:
            enclosures.clear()
        if trouble:
            break
        if since_boot() > until:
            wake_workers()
            break
    if total:
        troubles.over(TroubleKind.REFUSED)
    return total


def claim(now: datetime) -> Batch | None:
    """Take up to OUTBOX_BATCH letters that may leave, urgent or else due, skipping those that another worker is just
    taking; None when there are none. Those that were tried before come last: should one take its worker with it, the
    others are out.
    """
    for urgent, statement in ((True, CLAIM_URGENT), (False, CLAIM)):
        if not troubles.is_stopped(urgent=urgent) and (batch := _taken(statement, now)):
            return batch
    return None


def _taken(statement: str, now: datetime) -> Batch | None:
    token = uuid4()
    which = {"now": now, "known": list(registered()), "gathered": digest_kinds(), "most": settings.OUTBOX_BATCH}
    rows = Letter.objects.raw(statement, {**which, "token": token, "lease": lease()}).prefetch_related(
        "person__profile"
    )
    letters = sorted(rows, key=attrgetter("attempts", "due_at", "pk"))
    return Batch(token, letters) if letters else None


def _spread_herd(now: datetime) -> None:
    """When more is due at once than two batches hold, spread it over OUTBOX_SPREAD_SECONDS, each letter once: a mail
    server is not to meet a whole cohort's letters in one moment.
    """
    fresh = Letter.objects.filter(
        state=LetterState.PENDING, urgent=False, due_at__lte=now, next_at__isnull=True, attempts=0
    )
    window = timedelta(seconds=settings.OUTBOX_SPREAD_SECONDS)
    if window and fresh[: 2 * settings.OUTBOX_BATCH + 1].count() > 2 * settings.OUTBOX_BATCH:
        given: dict[str, Any] = {"now": now, "window": window}
        with connection.cursor() as cursor:
            cursor.execute(SPREAD, given)


def _deliver(batch: Batch, now: datetime) -> tuple[int, bool]:
    """Send a batch over one connection: how many went out, and whether the mail server is in trouble. It ends early
    when an urgent letter has come.
    """
    sent = 0
    last: Ended = ()
    obstacle: Outcome | None = None
    let_pass = _let_pass(batch)
    with Line() as line:
        for letter in batch.letters:
            obstacle = line.obstacle()
            if obstacle or let_pass():
                break
            step = take_step(batch.token, last, letter, now)
            last = _attempted(step, line, now) if step else ()
            sent += sum(outcome.state == LetterState.SENT for _letter, outcome in last)
            obstacle = next((outcome for _letter, outcome in last if outcome.trouble), None)
            if obstacle:
                break
    with transaction.atomic():
        settle(batch.token, last, now)
        _give_back(batch.token, pause=bool(obstacle))
    if obstacle and obstacle.refused:
        troubles.refused(obstacle.detail)
    return sent, obstacle is not None


def _attempted(step: DeliveryStep, line: Line, now: datetime) -> Ended:
    return list(zip(step.letters, attempt(step.letters, line, now=now, may_finish=step.may_finish), strict=True))


def _spread(wait: timedelta) -> CombinedExpression:
    """That long from now, half as much more or less, for each row its own."""
    return Now() + ExpressionWrapper((Random() + 0.5) * Value(wait), output_field=DurationField())


def _let_pass(batch: Batch) -> Callable[[], bool]:
    """A question to ask between two letters: whether the batch must let an urgent one pass; an urgent batch never."""
    looked_at = since_boot()
    waiting = Letter.objects.filter(NOT_WAITING_LONGER, state=LetterState.PENDING, urgent=True)

    def asked() -> bool:
        nonlocal looked_at
        if batch.urgent or since_boot() < looked_at + LOOK_EVERY_SECONDS:
            return False
        looked_at = since_boot()
        return waiting.exists()

    return asked


def _give_back(token: UUID, *, pause: bool) -> None:
    """Letters of a batch that were not begun wait again, for a while after trouble."""
    later = {"next_at": _spread(trouble_backoff())} if pause else {}
    Letter.objects.filter(state=LetterState.CLAIMED, lease_token=token).update(
        state=LetterState.PENDING, **later, **FREE
    )


def reap() -> int:
    """Free letters whose worker has not been heard of; how many.

    Claimed ones simply wait again. One that was being sent may have gone out: that is a doubt, and it is sent
    again after a pause with the same Message-ID, unless it was begun too often: such a letter takes its workers
    with it, and is dead. Where doubts are held, it is held.
    """
    with transaction.atomic():
        expired = Letter.objects.select_for_update(skip_locked=True).filter(
            state__in=(LetterState.CLAIMED, LetterState.SENDING), lease_until__lte=Now()
        )
        letters = list(expired.order_by("id"))
        lost = [letter for letter in letters if letter.state == LetterState.SENDING]
        Letter.objects.filter(pk__in=[each.pk for each in letters if each not in lost]).update(
            state=LetterState.PENDING, **FREE
        )
        for letter in lost:
            _free(letter)
    return len(letters)


def _free(letter: Letter) -> None:
    lost = Outcome(LetterState.PENDING, NotDelivered.WORKER_LOST, doubt=True)
    state = state_after(lost, letter.attempts)
    next_at = Now() + pause(letter.attempts, lost) if state == LetterState.PENDING else None
    Letter.objects.filter(pk=letter.pk).update(
        state=state, reason=lost.reason, detail="", doubts=F("doubts") + 1, next_at=next_at, **FREE
    )
    facts = {"letter": str(letter.pk), "kind": letter.kind, "attempts": letter.attempts}
    if state == LetterState.DEAD:
        logger.error("a letter is given up: every worker that began it was lost", extra=facts)
    else:
        logger.warning("a letter was freed after its worker was lost", extra=facts)


def _set_unknown_aside(now: datetime) -> None:
    """A kind nobody registered (a newer version wrote it, or an app is missing): the letter waits, and the
    log says so.
    """
    due = Letter.objects.filter(NOT_WAITING_LONGER, state=LetterState.PENDING, due_at__lte=now)
    unknown = due.exclude(kind__in=registered())
    kinds = sorted(set(unknown.values_list("kind", flat=True)))
    if kinds:
        unknown.update(next_at=_spread(UNKNOWN_PAUSE))
        logger.error("letters of an unknown kind wait", extra={"kinds": kinds})
