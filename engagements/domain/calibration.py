"""How sure the mentee was of decisions, beside how often these went as hoped. Too few cases are said to be too few."""

from collections.abc import Iterable
from dataclasses import dataclass

from engagements.models import Decision
from engagements.states import Outcome

ENOUGH = 5  # cases below which nothing is concluded
BANDS = ((0, 39), (40, 59), (60, 79), (80, 100))  # per cent, both ends included
WEIGHT = {Outcome.HOPED: 100, Outcome.PARTLY: 50, Outcome.NOT: 0}  # per cent that went as hoped
FAIR = 10  # percentage points between confidence and outcome that are no more than chance


@dataclass(frozen=True, slots=True)
class Band:
    """Decisions of like confidence, in per cent: from `low` to `high`, `sure` on average, `hoped` as hoped."""

    low: int
    high: int
    cases: int
    sure: int
    hoped: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """All decisions looked back on; `sure` and `hoped` in per cent on average, 0 without any."""

    cases: int
    sure: int
    hoped: int
    bands: list[Band]

    @property
    def is_enough(self) -> bool:
        """Whether there are cases enough to say something."""
        return self.cases >= ENOUGH

    @property
    def gap(self) -> int:
        """Percentage points by which one was too sure; negative for not sure enough, 0 for what may be chance."""
        gap = self.sure - self.hoped
        return gap if abs(gap) > FAIR else 0


def of(decisions: Iterable[Decision]) -> Calibration:
    """What those that were looked back on show; all others are passed over, and an outcome that is not known."""
    cases = [
        (row.confidence_after, WEIGHT[Outcome(row.outcome)])
        for row in decisions
        if row.confidence_after is not None and row.outcome in Outcome.values
    ]
    bands = [(low, high, [case for case in cases if low <= case[0] <= high]) for low, high in BANDS]
    return Calibration(
        len(cases),
        *_means(cases),
        bands=[Band(low, high, len(some), *_means(some)) for low, high, some in bands if some],
    )


def _means(cases: list[tuple[int, int]]) -> tuple[int, int]:
    if not cases:
        return 0, 0
    return round(sum(sure for sure, _ in cases) / len(cases)), round(sum(hoped for _, hoped in cases) / len(cases))
