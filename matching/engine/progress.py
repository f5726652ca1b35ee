"""How a caller who waits sees how far a computation is, and cancels it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from matching.engine.errors import CancelledError


class Stage(StrEnum):
    """What the engine is doing, in this order; SCAN to PROVE may repeat."""

    PREPARE = "prepare"
    SCAN = "scan"
    SOLVE = "solve"
    PROVE = "prove"
    DONE = "done"


@dataclass(frozen=True)
class Progress:
    """The caller's two callbacks; they may be called from several threads.

    report      is told each stage, with the share of it that is done, 0 … 1
    cancelled   is asked at each step; True stops the computation
    """

    report: Callable[[Stage, float], None] = lambda _stage, _done: None
    cancelled: Callable[[], bool] = lambda: False

    def update(self, stage: Stage, done: float = 0.0) -> None:
        """Report how far it is. Raises CancelledError when the caller has cancelled."""
        if self.cancelled():
            raise CancelledError(f"cancelled during {stage}")
        self.report(stage, done)
