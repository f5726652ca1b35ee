"""How far a run is: phase by phase, and within a phase as the engine says."""

from collections.abc import Callable

from matching.engine import CancelledError, Progress, Stage
from matching.models.runs import Phase

PHASES = tuple(Phase)
WHOLE = 100  # of one phase
# The share of a phase at which a stage of the engine begins, and how much of it the stage takes.
STAGES = {
    Stage.PREPARE: (0.0, 0.1),
    Stage.SCAN: (0.1, 0.4),
    Stage.SOLVE: (0.5, 0.1),
    Stage.PROVE: (0.6, 0.4),
    Stage.DONE: (1.0, 0.0),
}
Tell = Callable[["RunProgress"], None]


class RunProgress:
    """Written by whoever makes a run, from several threads; read by whoever shows it. It never goes back.

    unwanted    set from outside: the run was cancelled, or somebody else makes it
    """

    def __init__(self, tell: Tell = lambda _progress: None) -> None:
        self.phase, self.done, self.of = Phase.READ, 0, WHOLE * len(PHASES)
        self.unwanted, self._tell = False, tell
        self.engine = Progress(report=self._engine_says, cancelled=lambda: self.unwanted)

    def enter(self, phase: Phase) -> None:
        """The next phase begins. Raises `CancelledError` when nobody wants the run any more."""
        self.phase = phase
        self.within(0.0)

    def within(self, share: float) -> None:
        """So much of the phase is done, 0 … 1. Raises `CancelledError` when nobody wants the run any more."""
        if self.unwanted:
            raise CancelledError(f"cancelled during {self.phase}")
        reached = WHOLE * PHASES.index(self.phase) + int(WHOLE * min(share, 1.0))
        self.done = max(self.done, reached)
        self._tell(self)

    def _engine_says(self, stage: Stage, share: float) -> None:
        begins, takes = STAGES[stage]
        self.within(begins + takes * share)
