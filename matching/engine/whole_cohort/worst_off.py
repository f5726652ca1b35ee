"""Protects the worst-off: how high the lowest score can be while no fewer people are matched.

Give up the pair with the lowest score and look for an alternating path of pairs that all score more, by which its
mentee finds another place, or somebody without a mentor the place given up; repeat until there is no such path. Then
the mentees reached have too few places among the pairs that score more (Hall's condition), checked over all pairs.
"""

import numpy as np

from matching.engine.arrays import Ints, ranges
from matching.engine.facts.score import MAX_SCORE
from matching.engine.progress import Progress, Stage
from matching.engine.solver.column_generation import ProvenOptimum
from matching.engine.solver.pairs import NOBODY, Pairs, best_per_mentee, concatenated
from matching.engine.solver.scan import pairs_reaching
from matching.engine.solver.score_matrix import ScoreMatrix

ADDED_PER_MENTEE = 32  # pairs of each mentee that one scan adds, when the candidates are not enough


def highest_floor(
    score_matrix: ScoreMatrix, capacity: Ints, proven: ProvenOptimum, floor: int, *, workers: int, progress: Progress
) -> int:
    """Give the highest floor, `floor` at least, with which as many can be matched as in the `proven` optimum.

    `capacity` has shape (m,); `workers`: threads. Raises CancelledError when `progress` says so.
    """
    state = _Reassignment(score_matrix, capacity, proven, workers, progress)
    lowest = state.lowest()
    while lowest is not None:
        progress.update(Stage.SOLVE)
        for mentee in state.mentees_with_score(lowest):
            if not state.reassign(mentee, lowest + 1):
                return max(lowest, floor)
        lowest = state.lowest()
    return floor


class _Reassignment:
    """An assignment that is changed along alternating paths, over the pairs known so far."""

    def __init__(
        self, score_matrix: ScoreMatrix, capacity: Ints, proven: ProvenOptimum, workers: int, progress: Progress
    ) -> None:
        self.score_matrix, self.workers, self.progress = score_matrix, workers, progress
        self.mentor_of = proven.optimum.mentor_of.copy()
        self.score = proven.optimum.score.copy()
        self.cutoff = proven.candidates.cutoff.copy()
        matched = self.mentor_of[self.mentor_of != NOBODY]
        self.free_places = capacity - np.bincount(matched, minlength=len(capacity))
        self._set_pairs(proven.candidates.pairs)

    def lowest(self) -> int | None:
        """Give the lowest score of a matched mentee; None when nobody is matched."""
        scores = self.score[self.mentor_of != NOBODY]
        return int(scores.min()) if len(scores) else None

    def mentees_with_score(self, score: int) -> list[int]:
        """Give the matched mentees with this score."""
        return np.flatnonzero((self.mentor_of != NOBODY) & (self.score == score)).tolist()

    def reassign(self, mentee: int, floor: int) -> bool:
        """Give the mentee's pair up, and match as many along a path of pairs that score `floor` or more.

        The path begins with this mentee, or else with another who has no mentor. Says whether there is one.
        """
        old = int(self.mentor_of[mentee])
        if self.score[mentee] >= floor:
            return True  # an earlier path has moved this mentee already
        self.free_places[old] += 1
        self.mentor_of[mentee] = NOBODY
        came_from = np.full(len(self.free_places), NOBODY, np.int64)
        unmatched = np.flatnonzero(self.mentor_of == NOBODY)
        reached = frontier = np.array([mentee])
        while True:
            mentors, free_mentor = self._expand(frontier, floor, came_from)
            if free_mentor != NOBODY:
                self._shift_along(free_mentor, came_from)
                return True
            frontier = np.flatnonzero(np.isin(self.mentor_of, mentors)) if len(mentors) else mentors
            if not len(frontier):
                frontier = np.setdiff1d(unmatched, reached)
            reached = np.union1d(reached, frontier)
            if not len(frontier) and not len(frontier := self._scan_for_more(reached, floor, came_from)):
                self.free_places[old] -= 1
                self.mentor_of[mentee] = old
                return False

    def _expand(self, frontier: Ints, floor: int, came_from: Ints) -> tuple[Ints, int]:
        """Give the mentors not reached before to whom these mentees may move, and one of them with a free place.

        NOBODY when none of them has one.
        """
        pairs = self.pairs.take(ranges(self.starts[frontier], self.starts[frontier + 1]))
        pairs = pairs.take((pairs.score >= floor) & (came_from[pairs.mentor] == NOBODY))
        came_from[pairs.mentor] = pairs.mentee
        mentors = np.unique(pairs.mentor)
        free = mentors[self.free_places[mentors] > 0]
        return mentors, int(free[0]) if len(free) else NOBODY

    def _shift_along(self, free_mentor: int, came_from: Ints) -> None:
        """Move everybody along the path to the free mentor, from the mentee without a mentor with whom it begins."""
        self.free_places[free_mentor] -= 1
        mentor = free_mentor
        while True:
            mover = int(came_from[mentor])
            mentor, self.mentor_of[mover] = int(self.mentor_of[mover]), mentor
            entries = slice(self.starts[mover], self.starts[mover + 1])
            self.score[mover] = self.pairs.score[entries][self.pairs.mentor[entries] == self.mentor_of[mover]][0]
            if mentor == NOBODY:
                return

    def _scan_for_more(self, reached: Ints, floor: int, came_from: Ints) -> Ints:
        """Add pruned pairs of the mentees reached with mentors not reached; give the mentees who have some."""
        rows = reached[self.cutoff[reached] >= floor]
        threshold = np.full(len(self.mentor_of), floor, np.int64)
        price = np.where(came_from == NOBODY, 0, 2 * MAX_SCORE)  # too high a price for mentors reached already
        new = pairs_reaching(
            self.score_matrix, rows, threshold, price, floor=floor, workers=self.workers, progress=self.progress
        )
        if len(new):
            best = new.take(best_per_mentee(new.mentee, new.score, ADDED_PER_MENTEE))
            self._set_pairs(concatenated([self.pairs, best]))
        return np.unique(new.mentee)

    def _set_pairs(self, pairs: Pairs) -> None:
        self.pairs = pairs.sorted(len(self.free_places))
        self.starts = np.searchsorted(self.pairs.mentee, np.arange(len(self.mentor_of) + 1))
