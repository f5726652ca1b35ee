"""The optimum over all pairs, proven, though most of them are looked at only once.

Solve on the best few candidates of each mentee. Prices then say which other pairs could improve on that:
those with score − p > u − bonus. Whoever's bound on the pairs left out stays below u − bonus needs no second
look; the others are scanned again. When no pair is left that could improve, the prices prove the optimum
over all of them (delayed column generation: G. B. Dantzig, P. Wolfe, 1960).
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Hashes, Ints
from matching.engine.progress import Progress, Stage
from matching.engine.solver.flow import Optimum, solve
from matching.engine.solver.pairs import Pairs, best_per_mentee, concatenated, empty_pairs, in_sorted
from matching.engine.solver.price_estimate import estimated_prices
from matching.engine.solver.pruning_bounds import PruningBounds
from matching.engine.solver.scan import Candidates, candidates, pairs_reaching
from matching.engine.solver.score_matrix import ScoreMatrix
from matching.engine.solver.tie_breaking import break_ties

PER_MENTEE = 48  # candidates kept of the scan
ACTIVE = 16  # of these, solved on at first: the best after a guess of the prices
NEAR = 8  # solved on the second time: the best by the prices found, and what could improve
SOLVED_AT_ONCE = 20_000  # pairs, without choosing among them first
ADDED = 8  # pairs that could improve, taken up at a time for each mentee
MANY = 50  # pairs that could improve for one mentee in so many: solve again before looking further
SLACK = 20_000  # points: pairs that miss an improvement by so much are kept as well, for prices will change
KEPT = 24  # of the pairs found by looking again, for each mentee


@dataclass(frozen=True, eq=False)
class ProvenOptimum:
    """The optimum over all pairs of a board with the pairs that were looked at; `rounds` is how often it solved."""

    optimum: Optimum
    candidates: Candidates
    rounds: int


def proven_optimum(
    score_matrix: ScoreMatrix,
    capacity: Ints,
    hashes: tuple[Hashes, Hashes],
    *,
    floor: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
    found: Candidates | None = None,
) -> ProvenOptimum:
    """Give the optimum over all allowed pairs that score `floor` or more, settled among equals by `hashes`.

    capacity    places of each mentor, shape (m,)
    hashes      stable hashes of the mentees and of the mentors, shapes (n,) and (m,)
    found       what an earlier search of the same board found, with a floor no higher
    """
    progress = progress or Progress()
    found = found or candidates(score_matrix, PER_MENTEE, workers=workers, progress=progress)
    search = _Search(score_matrix, capacity, floor, found.above(floor), workers, progress)
    optimum = search.run()
    progress.update(Stage.SOLVE, 1.0)
    chosen = break_ties(optimum, search.tight(optimum), capacity, hashes)
    return ProvenOptimum(chosen, search.looked_at(), search.rounds)


class _Search:
    """The state of one search: the candidates found so far, and which of them are solved on."""

    def __init__(
        self, score_matrix: ScoreMatrix, capacity: Ints, floor: int, found: Candidates, workers: int, progress: Progress
    ) -> None:
        self.score_matrix, self.capacity, self.floor = score_matrix, capacity, floor
        self.found, self.workers, self.progress = found, workers, progress
        self.rounds = 0
        self._bounds = PruningBounds(found.cutoff, score_matrix.shape[1])
        self._ties = empty_pairs()
        self._active = found.pairs
        if len(found.pairs) > SOLVED_AT_ONCE:
            guess = found.pairs.score - estimated_prices(found.pairs, capacity)[found.pairs.mentor]
            self._active = found.pairs.take(best_per_mentee(found.pairs.mentee, guess, ACTIVE))

    def run(self) -> Optimum:
        """Solve, and look for pairs that could improve, until there are none."""
        optimum = self._solve()
        while len(better := self._improving(optimum)):
            if self.rounds == 1:
                # Once only: from here on pairs are added and never left out, so that this must end.
                near = best_per_mentee(self.found.pairs.mentee, reduced_profits(self.found.pairs, optimum), NEAR)
                self._active = self.found.pairs.take(near)
            optimum = self._solve(better)
        return optimum

    def tight(self, optimum: Optimum) -> Pairs:
        """Give the pairs that some optimum may hold."""
        pairs = self.found.pairs
        return concatenated([pairs.take(reduced_profits(pairs, optimum) == 0), self._ties])

    def looked_at(self) -> Candidates:
        """Give all pairs looked at, equally good ones among them."""
        if not len(self._ties):
            return self.found
        return Candidates(
            concatenated([self.found.pairs, self._ties]).sorted(self.score_matrix.shape[1]), self.found.cutoff
        )

    def _solve(self, better: Pairs | None = None) -> Optimum:
        self.rounds += 1
        self.progress.update(Stage.SOLVE)
        if better is not None:
            self._active = concatenated([self._active, better]).sorted(self.score_matrix.shape[1])
        return solve(self._active, self.score_matrix.shape[0], self.capacity)

    def _improving(self, optimum: Optimum) -> Pairs:
        """Give pairs that could improve, of the candidates and, unless there are many, of all others too."""
        gain = reduced_profits(self.found.pairs, optimum)
        better = self.found.pairs.take(np.flatnonzero(gain > 0))
        better = better.take(best_per_mentee(better.mentee, gain[gain > 0], ADDED))
        if len(better) * MANY > self.score_matrix.shape[0]:
            return better
        return concatenated([better, self._improving_outside(optimum)])

    def _improving_outside(self, optimum: Optimum) -> Pairs:
        """Look again where bounds prove nothing. The best pairs found are candidates from now on."""
        seen, in_full = self._look_again(optimum)
        mentors = self.score_matrix.shape[1]
        new = seen.take(~in_sorted(seen.keys(mentors), self.found.pairs.keys(mentors)))
        gain = reduced_profits(new, optimum)
        kept = np.zeros(len(new), bool)
        kept[best_per_mentee(new.mentee, gain, KEPT)] = True
        bound = optimum.least - SLACK - 1
        np.maximum.at(bound, new.mentee[~kept], (gain + optimum.least[new.mentee])[~kept])
        self._bounds.update(in_full, optimum.mentor_price, bound)
        self._ties = new.take(~kept & (gain == 0))
        self.found = Candidates(self.found.pairs.merged(new.take(kept), mentors), self.found.cutoff)
        return new.take(kept & (gain > 0))

    def _look_again(self, optimum: Optimum) -> tuple[Pairs, Ints]:
        """Give all pairs in doubt that could improve or nearly so, and the mentees looked at with everybody."""
        seen, in_full = [], [np.empty(0, np.int64)]
        for mentees, mentors in self._bounds.rescans(optimum.least, optimum.mentor_price):
            if mentors is None:
                in_full.append(mentees)
            slack = SLACK if mentors is None else 0
            seen.append(
                pairs_reaching(
                    self.score_matrix,
                    mentees,
                    optimum.least - slack,
                    optimum.mentor_price,
                    mentors=mentors,
                    floor=self.floor,
                    workers=self.workers,
                    progress=self.progress,
                )
            )
        return concatenated(seen), np.concatenate(in_full)


def reduced_profits(pairs: Pairs, optimum: Optimum) -> Ints:
    """Give by how much each pair is worth more than what prices say: above 0 could improve, 0 is tight. Shape (k,)."""
    return pairs.score - optimum.mentor_price[pairs.mentor] - optimum.least[pairs.mentee]
