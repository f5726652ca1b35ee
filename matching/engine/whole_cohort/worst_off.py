"""Protect the worst-off: how high the lowest score can be while as many people are matched.

Drop the lowest pair of an assignment, find its mentee another place by a chain of moves that uses no pair as
low, and again, until no chain exists. Then those whom the chains reach have too few places among pairs that
score more (Hall's condition), checked over all pairs.
"""

import numpy as np

from matching.engine.arrays import Ints, ranges
from matching.engine.facts.score import MAX_SCORE
from matching.engine.progress import Progress, Stage
from matching.engine.solver.column_generation import ProvenOptimum
from matching.engine.solver.pairs import NOBODY, Pairs, best_per_mentee, concatenated
from matching.engine.solver.scan import pairs_reaching
from matching.engine.solver.score_matrix import ScoreMatrix

PER_MENTEE = 32  # pairs of each mentee taken up at a time, when the candidates are not enough


def highest_floor(
    score_matrix: ScoreMatrix, capacity: Ints, proven: ProvenOptimum, floor: int, *, workers: int, progress: Progress
) -> int:
    """Give the highest floor, `floor` at least, with which as many can be matched as in the `proven` optimum."""
    chains = _Chains(score_matrix, capacity, proven, workers, progress)
    lowest = chains.lowest()
    while lowest is not None:
        progress.update(Stage.SOLVE)
        for mentee in chains.with_score(lowest):
            if not chains.move(mentee, lowest + 1):
                return max(lowest, floor)
        lowest = chains.lowest()
    return floor


class _Chains:
    """An assignment that is changed by chains of moves, over the pairs known so far."""

    def __init__(
        self, score_matrix: ScoreMatrix, capacity: Ints, proven: ProvenOptimum, workers: int, progress: Progress
    ) -> None:
        self.score_matrix, self.workers, self.progress = score_matrix, workers, progress
        self.mentor_of = proven.optimum.mentor_of.copy()
        self.score = proven.optimum.score.copy()
        self.bound = proven.candidates.cutoff.copy()
        matched = self.mentor_of[self.mentor_of != NOBODY]
        self.left = capacity - np.bincount(matched, minlength=len(capacity))
        self._know(proven.candidates.pairs)

    def lowest(self) -> int | None:
        """Give the lowest score of a matched mentee."""
        scores = self.score[self.mentor_of != NOBODY]
        return int(scores.min()) if len(scores) else None

    def with_score(self, score: int) -> list[int]:
        """Give the matched mentees with this score."""
        return np.flatnonzero((self.mentor_of != NOBODY) & (self.score == score)).tolist()

    def move(self, mentee: int, floor: int) -> bool:
        """Find the mentee another place by a chain of pairs that score `floor` or more; whether there is one."""
        before = int(self.mentor_of[mentee])
        if self.score[mentee] >= floor:
            return True  # an earlier chain has moved this mentee already
        self.left[before] += 1
        self.mentor_of[mentee] = NOBODY
        came_from = np.full(len(self.left), NOBODY, np.int64)
        reached = frontier = np.array([mentee])
        while True:
            found, goal = self._step(frontier, floor, came_from)
            if goal != NOBODY:
                self._take(mentee, goal, came_from)
                return True
            frontier = np.flatnonzero(np.isin(self.mentor_of, found)) if len(found) else found
            reached = np.union1d(reached, frontier)
            if not len(frontier) and not len(frontier := self._look_further(reached, floor, came_from)):
                self.left[before] -= 1
                self.mentor_of[mentee] = before
                return False

    def _step(self, frontier: Ints, floor: int, came_from: Ints) -> tuple[Ints, int]:
        """Give the mentors new to the chain that these mentees may move to, and one with a place left, if any."""
        pairs = self.pairs.take(ranges(self.starts[frontier], self.starts[frontier + 1]))
        pairs = pairs.take((pairs.score >= floor) & (came_from[pairs.mentor] == NOBODY))
        came_from[pairs.mentor] = pairs.mentee
        found = np.unique(pairs.mentor)
        free = found[self.left[found] > 0]
        return found, int(free[0]) if len(free) else NOBODY

    def _take(self, mentee: int, goal: int, came_from: Ints) -> None:
        """Move everybody along the chain that ends with a place at `goal`."""
        self.left[goal] -= 1
        mentor = goal
        while True:
            mover = int(came_from[mentor])
            mentor, self.mentor_of[mover] = int(self.mentor_of[mover]), mentor
            own = slice(self.starts[mover], self.starts[mover + 1])
            self.score[mover] = self.pairs.score[own][self.pairs.mentor[own] == self.mentor_of[mover]][0]
            if mover == mentee:
                return

    def _look_further(self, reached: Ints, floor: int, came_from: Ints) -> Ints:
        """Look for pairs not known yet from these mentees to mentors not reached; give the mentees with some."""
        rows = reached[self.bound[reached] >= floor]
        least = np.full(len(self.mentor_of), floor, np.int64)
        price = np.where(came_from == NOBODY, 0, 2 * MAX_SCORE)
        new = pairs_reaching(
            self.score_matrix, rows, least, price, floor=floor, workers=self.workers, progress=self.progress
        )
        if len(new):
            self._know(concatenated([self.pairs, new.take(best_per_mentee(new.mentee, new.score, PER_MENTEE))]))
        return np.unique(new.mentee)

    def _know(self, pairs: Pairs) -> None:
        self.pairs = pairs.sorted(len(self.left))
        self.starts = np.searchsorted(self.pairs.mentee, np.arange(len(self.mentor_of) + 1))
