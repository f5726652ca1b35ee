"""The sign of life of a worker that makes a run: every other second it says that it is at it and how far, and hears
whether the run is still its own.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from threading import Event as Flag
from threading import Thread
from types import TracebackType
from typing import Self
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models.functions import Now

from matching.domain.run_progress import RunProgress
from matching.models import MatchRun
from matching.models.runs import MatchRunQuerySet
from matching.states import RunState

logger = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
LOST_AFTER = timedelta(minutes=1)  # of silence: thirty beats


@dataclass(frozen=True)
class Work:
    """A run in one worker's hands. `attempt` is its number: another worker that takes the run up has a higher one."""

    run_id: UUID
    attempt: int

    def mine(self) -> MatchRunQuerySet:
        """The run, as long as it is being made and by nobody else."""
        rows: MatchRunQuerySet = MatchRun.objects.filter(pk=self.run_id, state=RunState.RUNNING, tries=self.attempt)
        return rows


class Heartbeat:
    """Beats in a thread of its own, on a connection of its own: the computation may take minutes between two steps."""

    def __init__(self, work: Work) -> None:
        self._work, self._over = work, Flag()
        self._thread = Thread(target=self._beat, name="run-heartbeat", daemon=True)
        self.progress = RunProgress()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._over.wait(EVERY_SECONDS):
                beat(self._work, self.progress)
        finally:
            connection.close()


def beat(work: Work, progress: RunProgress) -> None:
    """Say how far it is, once; a run that is no longer this worker's is not wanted any more."""
    try:
        told = {"phase": progress.phase, "done": progress.done, "of": progress.of, "heard_at": Now()}
        if not work.mine().update(**told) and MatchRun.objects.filter(pk=work.run_id).exists():
            progress.unwanted = True
    except DatabaseError:
        logger.warning("how far a match run is could not be written", exc_info=True)
        connection.close()
