"""The optimum over all pairs, proven, though most of them are looked at only once.

Solve on the best few candidates of each mentee. Prices then say which other pairs could improve on that:
those with score − p > u − bonus. Whoever's bound on the pairs left out stays below u − bonus needs no second
look; the others are scanned again. When no pair is left that could improve, the prices prove the optimum
over all of them (delayed column generation: G. B. Dantzig, P. Wolfe, 1960).
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.board import Board
from matching.engine.columns import Hashes
from matching.engine.flow import Optimum, solve
from matching.engine.pairs import Ints, Pairs, among, best_of_each, joined
from matching.engine.scan import Candidates, attractive, candidates
from matching.engine.ties import settled
from matching.engine.watch import Stage, Watch

PER_MENTEE = 48  # candidates kept of the scan
ACTIVE = 14  # of these, solved on at first
ADDED = 8  # pairs that could improve, taken up at a time for each mentee


@dataclass(frozen=True, eq=False)
class Proven:
    """The optimum over all pairs of a board with the pairs that were looked at; `rounds` is how often it solved."""

    optimum: Optimum
    candidates: Candidates
    rounds: int


def proven_optimum(
    board: Board,
    capacity: Ints,
    hashes: tuple[Hashes, Hashes],
    *,
    floor: int = 0,
    workers: int = 1,
    watch: Watch | None = None,
    found: Candidates | None = None,
) -> Proven:
    """Give the optimum over all allowed pairs that score `floor` or more, settled among equals by `hashes`.

    capacity    places of each mentor, shape (m,)
    hashes      stable hashes of the mentees and of the mentors, shapes (n,) and (m,)
    found       what an earlier search of the same board found, with a floor no higher
    """
    watch = watch or Watch()
    found = found or candidates(board, PER_MENTEE, workers=workers, watch=watch)
    search = _Search(board, capacity, floor, found.above(floor), workers, watch)
    optimum = search.run()
    watch.at(Stage.SOLVE, 1.0)
    return Proven(settled(optimum, search.tight(optimum), capacity, hashes), search.found, search.rounds)


class _Search:
    """The state of one search: the candidates found so far, and which of them are solved on."""

    def __init__(self, board: Board, capacity: Ints, floor: int, found: Candidates, workers: int, watch: Watch) -> None:
        self.board, self.capacity, self.floor = board, capacity, floor
        self.found, self.workers, self.watch = found, workers, watch
        self.rounds = 0
        self._ties = found.pairs.take(np.empty(0, np.int64))
        self._active = np.zeros(len(found.pairs), bool)
        self._active[best_of_each(found.pairs.mentee, found.pairs.score, ACTIVE)] = True

    def run(self) -> Optimum:
        """Solve, and look for pairs that could improve, until there are none."""
        while True:
            self.rounds += 1
            self.watch.at(Stage.SOLVE)
            pairs = self.found.pairs
            optimum = solve(pairs.take(self._active), self.board.shape[0], self.capacity)
            gain = gains(pairs, optimum)
            if not self._activate(gain) and not self._look_outside(optimum):
                return optimum

    def tight(self, optimum: Optimum) -> Pairs:
        """Give the pairs that some optimum may hold."""
        pairs = self.found.pairs
        return joined([pairs.take(gains(pairs, optimum) == 0), self._ties])

    def _activate(self, gain: Ints) -> bool:
        improving = np.flatnonzero(gain > 0)
        chosen = best_of_each(self.found.pairs.mentee[improving], gain[improving], ADDED)
        self._active[improving[chosen]] = True
        return bool(len(improving))

    def _look_outside(self, optimum: Optimum) -> bool:
        """Scan the mentees again whose bound proves nothing; whether pairs that improve were found."""
        rows = np.flatnonzero(self.found.cutoff >= np.maximum(optimum.least, self.floor))
        seen = attractive(
            self.board,
            rows,
            optimum.least,
            optimum.mentor_price,
            floor=self.floor,
            workers=self.workers,
            watch=self.watch,
        )
        mentors = self.board.shape[1]
        new = seen.take(~among(seen.keys(mentors), self.found.pairs.keys(mentors)))
        gain = gains(new, optimum)
        improving = np.flatnonzero(gain > 0)
        if not len(improving):
            self._ties = new
            return False
        self._take_up(new.take(improving[best_of_each(new.mentee[improving], gain[improving], 2 * ADDED)]))
        return True

    def _take_up(self, new: Pairs) -> None:
        mentors = self.board.shape[1]
        active = np.sort(np.concatenate([self.found.pairs.take(self._active).keys(mentors), new.keys(mentors)]))
        self.found = Candidates(joined([self.found.pairs, new]).sorted(mentors), self.found.cutoff)
        self._active = among(self.found.pairs.keys(mentors), active)


def gains(pairs: Pairs, optimum: Optimum) -> Ints:
    """Give by how much each pair is worth more than what prices say: above 0 could improve, 0 is tight. Shape (k,)."""
    return pairs.score - optimum.mentor_price[pairs.mentor] - optimum.least[pairs.mentee]
