"""Delivery: claim what is due, send it one commit at a time, and free what a dead worker left behind.

Any number of workers may run this at once. A letter is `claimed` in a batch under a lease, `sending` from
just before it is made until its outcome is known, and the commit that starts one letter settles the one
before. A worker killed anywhere leaves at most one letter of which nobody knows whether it went out (or one and
those that go with it): it is sent again with the same Message-ID, and its `doubts` say so. Due times are
programme time; leases and pauses are the database's real time, and a worker measures its own lease by a clock
that runs on while it is stopped.
"""

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now, Random

from common.clock import since_boot
from outbox.domain import troubles
from outbox.domain.gathering import NOT_WAITING_LONGER, company, only_the_first
from outbox.domain.post import poke
from outbox.domain.sending import Line, Outcome, attempt
from outbox.kinds import registered
from outbox.models import Letter, LetterState, TroubleKind

logger = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=6)
UNKNOWN_PAUSE = timedelta(minutes=15)
FREE = {"lease_token": None, "lease_until": None}
UNKNOWN_FATE = "nobody knows whether it arrived"


@dataclass(frozen=True, slots=True)
class Batch:
    """Letters that one worker holds, and the token that proves it."""

    token: UUID
    letters: list[Letter]


@dataclass(frozen=True, slots=True)
class Turn:
    """Letters to one person that were just begun, and until when their message may be finished (boot clock).

    Half a lease is for making and handing over, the other for the answer: it is known before anybody else begins.
    """

    letters: list[Letter]
    fence: float

    def may_finish(self) -> bool:
        """Whether the letters are surely still ours, without asking the database."""
        return since_boot() < self.fence


Ended = Sequence[tuple[Letter, Outcome]]


def deliver_due(now: datetime) -> int:
    """Send everything due at `now` (programme time) that nobody else holds; how many went out.

    It works for one lease at most, so that `now` stays true, and has another worker go on.
    """
    until = since_boot() + settings.OUTBOX_LEASE_SECONDS
    _set_unknown_aside(now)
    total = 0
    while not troubles.standing_still() and (batch := claim(now)):
        sent, trouble = _deliver(batch, now)
        total += sent
        if trouble:
            break
        if since_boot() > until:
            poke()
            break
    if total:
        troubles.over(TroubleKind.REFUSED)
    return total


def claim(now: datetime) -> Batch | None:
    """Take up to OUTBOX_BATCH due letters, skipping those that another worker is just taking; None when there
    are none. Those that were tried before come last: should one take its worker with it, the others are out.
    """
    token = uuid4()
    with transaction.atomic():
        ids = list(
            only_the_first(_due(now).filter(kind__in=registered()))
            .select_for_update(skip_locked=True)
            .order_by("due_at", "id")
            .values_list("pk", flat=True)[: settings.OUTBOX_BATCH]
        )
        Letter.objects.filter(pk__in=ids).update(state=LetterState.CLAIMED, lease_token=token, lease_until=_lease())
    letters = Letter.objects.filter(lease_token=token).select_related("person").order_by("attempts", "due_at", "id")
    return Batch(token, list(letters)) if ids else None


def _due(now: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(NOT_WAITING_LONGER, state=LetterState.PENDING, due_at__lte=now)


def _lease() -> CombinedExpression:
    return Now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def _deliver(batch: Batch, now: datetime) -> tuple[int, bool]:
    """Send a batch over one connection: how many went out, and whether the mail server is in trouble."""
    sent = 0
    last: Ended = ()
    obstacle: Outcome | None = None
    with Line() as line:
        for letter in batch.letters:
            obstacle = line.obstacle()
            if obstacle:
                break
            turn = _turn(batch.token, last, letter, now)
            last = _attempted(turn, line, now) if turn else ()
            sent += sum(outcome.state == LetterState.SENT for _letter, outcome in last)
            obstacle = next((outcome for _letter, outcome in last if outcome.trouble), None)
            if obstacle:
                break
    with transaction.atomic():
        _settle(batch.token, last, now)
        _give_back(batch.token)
    if obstacle and obstacle.refused:
        troubles.refused(obstacle.reason)
    return sent, obstacle is not None


def _attempted(turn: Turn, line: Line, now: datetime) -> Ended:
    return list(zip(turn.letters, attempt(turn.letters, line, now=now, may_finish=turn.may_finish), strict=True))


def _turn(token: UUID, last: Ended, letter: Letter, now: datetime) -> Turn | None:
    """In one commit: write down what became of the last ones, and that this one is being sent, with its company.

    None when the lease on this one has run out (it is another worker's by now), or when it went with another.
    """
    fence = since_boot() + settings.OUTBOX_LEASE_SECONDS / 2
    with transaction.atomic():
        _settle(token, last, now)
        if not _begin(token, letter.pk):
            return None
        others = company(letter, token, now)
        if others:
            Letter.objects.filter(pk__in=[each.pk for each in others]).update(
                state=LetterState.SENDING, attempts=F("attempts") + 1, lease_token=token, lease_until=_lease()
            )
    return Turn([letter, *others], fence)


def _begin(token: UUID, pk: UUID) -> bool:
    ours = Letter.objects.filter(pk=pk, state=LetterState.CLAIMED, lease_token=token, lease_until__gt=Now())
    return bool(ours.update(state=LetterState.SENDING, attempts=F("attempts") + 1, lease_until=_lease()))


def _settle(token: UUID, ended: Ended, now: datetime) -> None:
    """Write the outcomes down, if the letters are still ours; if not, the reaper has counted them as doubts."""
    pauses: dict[tuple[int, Outcome], timedelta] = {}  # those that share an outcome come back together
    for letter, outcome in ended:
        attempts = letter.attempts + (0 if outcome.trouble else 1)
        state, reason = _verdict(outcome, attempts)
        ours = Letter.objects.filter(pk=letter.pk, state=LetterState.SENDING, lease_token=token).update(
            state=state,
            reason=reason[:200],
            attempts=attempts,
            doubts=F("doubts") + int(outcome.doubt),
            sent_at=now if state == LetterState.SENT else None,
            sent_with=outcome.sent_with,
            next_at=TransactionNow() + pauses.setdefault((attempts, outcome), _pause(attempts, outcome))
            if state == LetterState.PENDING
            else None,
            **FREE,
        )
        facts = {"letter": str(letter.pk), "kind": letter.kind, "attempts": attempts}
        if not ours:
            logger.warning("a letter was taken over while it was being sent", extra=facts)
        elif state in (LetterState.DEAD, LetterState.HELD):
            logger.error("a letter could not be delivered", extra=facts)


def _verdict(outcome: Outcome, attempts: int) -> tuple[LetterState, str]:
    """Where the letter stands after this, and why."""
    if outcome.state != LetterState.PENDING:
        return outcome.state, outcome.reason
    if outcome.doubt and settings.OUTBOX_AFTER_DOUBT == "hold":
        return LetterState.HELD, f"{UNKNOWN_FATE}: {outcome.reason}"
    if attempts >= settings.OUTBOX_MAX_ATTEMPTS:
        return LetterState.DEAD, f"given up after {attempts} tries: {outcome.reason}"
    return LetterState.PENDING, outcome.reason


def _pause(attempts: int, outcome: Outcome) -> timedelta:
    """How long to wait: doubling from half a minute up to six hours, spread so that letters do not return as
    a herd.
    """
    doubled = timedelta(seconds=settings.OUTBOX_FIRST_PAUSE_SECONDS) * 2 ** min(attempts - 1, 12)
    pause = _trouble_pause() if outcome.trouble else min(doubled, LONGEST_PAUSE)
    return pause * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, guards nothing


def _trouble_pause() -> timedelta:
    return timedelta(seconds=settings.OUTBOX_TROUBLE_PAUSE_SECONDS)


def _spread(pause: timedelta) -> CombinedExpression:
    """That long from now, half as much more or less, for each row its own."""
    return Now() + ExpressionWrapper((Random() + 0.5) * Value(pause), output_field=DurationField())


def _give_back(token: UUID) -> None:
    """Letters of a batch that were not begun wait again."""
    Letter.objects.filter(state=LetterState.CLAIMED, lease_token=token).update(
        state=LetterState.PENDING, next_at=_spread(_trouble_pause()), **FREE
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
    state, reason = _verdict(Outcome(LetterState.PENDING, "its worker was lost", doubt=True), letter.attempts)
    next_at = Now() + _pause(letter.attempts, Outcome(LetterState.PENDING)) if state == LetterState.PENDING else None
    Letter.objects.filter(pk=letter.pk).update(
        state=state, reason=reason, doubts=F("doubts") + 1, next_at=next_at, **FREE
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
    unknown = _due(now).exclude(kind__in=registered())
    kinds = sorted(set(unknown.values_list("kind", flat=True)))
    if kinds:
        unknown.update(next_at=_spread(UNKNOWN_PAUSE))
        logger.error("letters of an unknown kind wait", extra={"kinds": kinds})
