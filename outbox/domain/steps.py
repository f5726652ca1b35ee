"""A step: what became of the last letters is written down and the next one is begun, in one statement, and so in one
round trip and one commit. As statements of the ORM this cost several times what handing a letter over costs.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from common.clock import since_boot
from outbox.domain.digests import MOST, digest_kinds, end_of_day, may_join
from outbox.domain.outcomes import pause, state_after
from outbox.domain.sending import Outcome
from outbox.domain.statements import BEGUN, JOINED, SETTLED, Part, change
from outbox.kinds import zone_of
from outbox.models import Letter, LetterState

logger = logging.getLogger(__name__)

Ended = Sequence[tuple[Letter, Outcome]]


@dataclass(frozen=True, slots=True)
class DeliveryStep:
    """Letters to one person that were just begun, and until when their message may be finished (boot clock).

    Half a lease is for making and handing over, the other for the answer: it is known before anybody else begins.
    """

    letters: list[Letter]
    fence: float

    def may_finish(self) -> bool:
        """Whether the letters are surely still ours, without asking the database."""
        return since_boot() < self.fence


def take_step(token: UUID, ended: Ended, letter: Letter, now: datetime) -> DeliveryStep | None:
    """In one commit: write down what became of the last ones, and that this one is being sent, with its company.

    None when the lease on this one has run out (it is another worker's by now), or when it went with another.
    """
    fence = since_boot() + settings.OUTBOX_LEASE_SECONDS / 2
    begins = [Part("begun", BEGUN, [lease(), letter.pk, token])]
    if may_join(letter):
        begins.append(_joining(token, letter, now))
    changed = _write_down(token, ended, now, begins)
    if not changed["begun"]:
        return None
    letter.attempts += 1  # as in the row
    return DeliveryStep([letter, *_company(letter, changed["joined"])], fence)


def settle(token: UUID, ended: Ended, now: datetime) -> None:
    """Write the outcomes down, if the letters are still ours; if not, the reaper has counted them as doubts."""
    if ended:
        _write_down(token, ended, now, [])


def _joining(token: UUID, letter: Letter, now: datetime) -> Part:
    until = end_of_day(now, zone_of(letter.person))
    which = [letter.person_id, letter.pk, token, digest_kinds(), until, MOST - 1]
    return Part("joined", JOINED, [*which, token, lease()])


def _company(letter: Letter, joined: list[UUID]) -> list[Letter]:
    found = list(Letter.objects.filter(pk__in=joined).order_by("due_at", "id")) if joined else []
    for each in found:
        each.person = letter.person
    return found


def _write_down(token: UUID, ended: Ended, now: datetime, begins: list[Part]) -> dict[str, list[UUID]]:
    """Settle these and begin those: which letters each part changed."""
    pauses: dict[tuple[int, Outcome], timedelta] = {}  # those that share an outcome come back together
    alike: dict[tuple[Any, ...], list[UUID]] = defaultdict(list)
    for letter, outcome in ended:
        alike[_columns(letter, outcome, now, pauses)].append(letter.pk)
    settled = [
        Part(f"settled_{number}", SETTLED, [*columns, pks, token])
        for number, (columns, pks) in enumerate(alike.items())
    ]
    changed = change([*settled, *begins])
    ours = {pk for part in settled for pk in changed[part.name]}
    for letter, outcome in ended:
        _report(letter, outcome, ours=letter.pk in ours)
    return changed


def _columns(
    letter: Letter, outcome: Outcome, now: datetime, pauses: dict[tuple[int, Outcome], timedelta]
) -> tuple[Any, ...]:
    """What is written into the row, in the order of SETTLED."""
    attempts = _tries(letter, outcome)
    state = state_after(outcome, attempts)
    wait = None
    if state == LetterState.PENDING:
        wait = pauses.setdefault((attempts, outcome), pause(attempts, outcome))
    sent_at = now if state == LetterState.SENT else None
    why = (str(outcome.reason), outcome.detail)
    return state.value, *why, attempts, int(outcome.doubt), sent_at, outcome.sent_with, wait


def _tries(letter: Letter, outcome: Outcome) -> int:
    """How often it was tried: one at which the mail server was in trouble does not count."""
    return letter.attempts - int(outcome.trouble)


def _report(letter: Letter, outcome: Outcome, *, ours: bool) -> None:
    attempts = _tries(letter, outcome)
    facts = {"letter": str(letter.pk), "kind": letter.kind, "attempts": attempts}
    if not ours:
        logger.warning("a letter was taken over while it was being sent", extra=facts)
    elif state_after(outcome, attempts) in (LetterState.DEAD, LetterState.HELD):
        logger.error("a letter could not be delivered", extra=facts)


def lease() -> timedelta:
    """How long letters are a worker's own, from when it took or began them."""
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
