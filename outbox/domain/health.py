"""Whether letters flow: who was heard of last, what is late, and what keeps it.

Workers write a heartbeat when they take up work, not merely while they live: one that lives and gets no work, as
may happen after the broker was reset, is silent too. Heartbeats are real time, what is late is programme time.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Now

from common.clock import real_now
from outbox.domain import troubles
from outbox.domain.post import post
from outbox.models import Heartbeat, Letter, LetterState, Trouble, TroubleKind

logger = logging.getLogger(__name__)

BEAT, WORKER = "beat", "worker:"
SILENT_AFTER = timedelta(minutes=3)
LATE_AFTER = timedelta(minutes=15)  # for a letter that nobody has tried yet
URGENT_LATE_AFTER = timedelta(minutes=2)
LATE_IN_SPITE_OF_TRIES = timedelta(hours=6)
FORGOTTEN_AFTER = timedelta(days=1)
LATE_LETTER = "letters_late"


class Problem(StrEnum):
    """What keeps letters from flowing, the first cause first."""

    RESTORED = "restored"
    PAUSED = "paused"
    REFUSED = "refused"
    BEAT_SILENT = "beat silent"
    WORKERS_SILENT = "workers silent"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Flow:
    """Whether letters leave, without counting any. Times are None where there was nothing yet."""

    beat_at: datetime | None
    worker_at: datetime | None
    last_sent_at: datetime | None
    troubles: tuple[Trouble, ...]
    problems: tuple[Problem, ...]

    @property
    def flowing(self) -> bool:
        """Whether nothing keeps letters from leaving."""
        return not self.problems

    @property
    def stopped(self) -> bool:
        """Whether all letters wait until somebody resumes, or the mail server lets us in again."""
        return bool({Problem.RESTORED, Problem.PAUSED, Problem.REFUSED} & set(self.problems))


@dataclass(frozen=True, slots=True)
class Status(Flow):
    """The same with how many letters stand how at one moment. Counts are of rows."""

    oldest_due_at: datetime | None
    counts: dict[str, int]
    due: int
    retrying: int
    doubts: int


def heard_of(name: str) -> None:
    """Note that a worker or beat is at work."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=real_now())], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )


def silent(name: str) -> bool:
    """Whether this worker, or beat, has not been heard of for some minutes."""
    return not Heartbeat.objects.filter(name=name, at__gt=real_now() - SILENT_AFTER).exists()


def status(now: datetime) -> Status:
    """How letters stand at `now` (programme time)."""
    due = Q(state=LetterState.PENDING, due_at__lte=now)
    facts = Letter.objects.aggregate(
        oldest_due_at=Min("due_at", filter=due),
        due=Count("pk", filter=due),
        retrying=Count("pk", filter=due & Q(attempts__gt=0)),
        doubts=Count("pk", filter=Q(doubts__gt=0)),
    )
    counts = dict.fromkeys(LetterState.values, 0)
    counts |= dict(Letter.objects.order_by().values_list("state").annotate(Count("pk")))
    return Status(**_flow(), **facts, counts=counts)


def flow() -> Flow:
    """Whether letters leave, in three short queries however many there are."""
    return Flow(**_flow())


def _flow() -> dict[str, Any]:
    heard = Heartbeat.objects.aggregate(
        beat_at=Max("at", filter=Q(name=BEAT)), worker_at=Max("at", filter=Q(name__startswith=WORKER))
    )
    open_troubles = tuple(Trouble.objects.open().select_related("paused_by"))
    problems = _problems(open_troubles, heard["beat_at"], heard["worker_at"])
    last_sent_at = Letter.objects.aggregate(at=Max("sent_at"))["at"]
    return {**heard, "last_sent_at": last_sent_at, "troubles": open_troubles, "problems": problems}


def _problems(open_troubles: tuple[Trouble, ...], *heard: datetime | None) -> tuple[Problem, ...]:
    kinds = {trouble.kind for trouble in open_troubles}
    since = real_now() - SILENT_AFTER
    beat_silent, workers_silent = (at is None or at < since for at in heard)
    found = {
        Problem.RESTORED: TroubleKind.RESTORED in kinds,
        Problem.PAUSED: TroubleKind.PAUSED in kinds,
        Problem.REFUSED: TroubleKind.REFUSED in kinds,
        Problem.BEAT_SILENT: beat_silent,
        Problem.WORKERS_SILENT: workers_silent,
        Problem.LATE: TroubleKind.LATE in kinds,
    }
    return tuple(problem for problem, is_so in found.items() if is_so)


def late(now: datetime) -> datetime | None:
    """Since when the oldest late letter is due; None when none is late. Stopped ones are not late: that is meant."""
    if Trouble.objects.open().filter(kind__in=(TroubleKind.PAUSED, TroubleKind.RESTORED)).exists():
        return None
    untried = Q(attempts=0, due_at__lte=now - LATE_AFTER) | Q(urgent=True, due_at__lte=now - URGENT_LATE_AFTER)
    waiting = Letter.objects.filter(state=LetterState.PENDING).exclude(kind=LATE_LETTER)
    oldest: datetime | None = waiting.filter(untried | Q(due_at__lte=now - LATE_IN_SPITE_OF_TRIES)).aggregate(
        at=Min("due_at")
    )["at"]
    return oldest


def watch(now: datetime) -> None:
    """Alert coordinators once when letters are late, and forget it when they no longer are."""
    Heartbeat.objects.filter(at__lt=Now() - FORGOTTEN_AFTER).delete()
    oldest = late(now)
    if oldest is None:
        troubles.over(TroubleKind.LATE)
        return
    with transaction.atomic():
        trouble = troubles.begin(TroubleKind.LATE)
        if trouble is None:
            return
        logger.error("letters are late", extra={"oldest_due_at": oldest.isoformat()})
        for person in get_user_model().objects.filter(is_staff=True, is_active=True).order_by("pk"):
            # Due before what is late, so that it leaves first.
            post(kind=LATE_LETTER, subject=trouble, person=person, due_at=oldest - timedelta(seconds=1))
