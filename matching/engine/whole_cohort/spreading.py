"""Spreads the load: nobody takes a second mentee while as many can be matched without, and so on.

Give every mentor one place and match. Whoever stays unmatched though more could be matched competes for mentors who
are all full, hence with their mentees, for these mentees' other mentors, and so on. Only these mentors can help (P.
Hall, 1935): each of them gets one place more, and all others keep theirs. Repeat until as many are matched as with all
places. The highest load is then as low as it can be, and with these places the optimum is proven like any other.
"""

import numpy as np

from matching.engine.arrays import Hashes, Ints
from matching.engine.progress import Progress
from matching.engine.solver.assignment import to_assignment
from matching.engine.solver.column_generation import ProvenOptimum, proven_optimum
from matching.engine.solver.flow import Optimum
from matching.engine.solver.pairs import NOBODY
from matching.engine.solver.score_matrix import ScoreMatrix
from matching.engine.whole_cohort.shortages import competed_for


def spread_optimum(
    score_matrix: ScoreMatrix,
    capacity: Ints,
    proven: ProvenOptimum,
    hashes: tuple[Hashes, Hashes],
    *,
    floor: int,
    workers: int,
    progress: Progress,
) -> tuple[ProvenOptimum, Ints]:
    """Give the optimum with the fewest places of each mentor that match as many as the `proven` one, and these places.

    `capacity` and the places have shape (m,); `workers`: threads. Raises CancelledError when `progress` says so.
    """
    places = np.minimum(capacity, 1)
    while True:
        found = proven_optimum(
            score_matrix,
            places,
            hashes,
            floor=floor,
            workers=workers,
            progress=progress,
            candidates=proven.candidates,
        )
        if _matched(found.optimum) == _matched(proven.optimum):
            return found, places
        needed = competed_for(to_assignment(found.optimum, places, floor, score_matrix))
        places = np.minimum(capacity, places + needed)


def _matched(optimum: Optimum) -> int:
    return int((optimum.mentor_of != NOBODY).sum())
