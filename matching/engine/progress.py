"""How somebody who waits for an answer sees how far it is, and can call it off."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from matching.engine.errors import CancelledError


class Stage(StrEnum):
    """What the engine is doing."""

    PREPARE = "prepare"
    SCAN = "scan"
    SOLVE = "solve"
    PROVE = "prove"
    DONE = "done"


@dataclass(frozen=True)
class Progress:
    """`progress` is told each stage with how much of it is done, 0 … 1; `cancelled` is asked at each step."""

    report: Callable[[Stage, float], None] = lambda _stage, _done: None
    cancelled: Callable[[], bool] = lambda: False

    def update(self, stage: Stage, done: float = 0.0) -> None:
        """Tell how far it is. Raises CancelledError when it was called off."""
        if self.cancelled():
            raise CancelledError(f"called off during {stage}")
        self.report(stage, done)
