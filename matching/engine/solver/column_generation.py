"""The optimum over all pairs, proven, by solving on few of them.

Solve on the best candidates of each mentee. The prices then say which other pairs could improve the assignment: those
whose reduced profit, (score − p) − (u − bonus), is positive. Candidates that could are added; mentees whose bound on
pruned pairs does not rule an improvement out are scanned again. When no pair could improve, the prices prove the
optimum over all pairs (delayed column generation: G. B. Dantzig, P. Wolfe, 1960).
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Hashes, Ints
from matching.engine.progress import Progress, Stage
from matching.engine.solver.flow import Optimum, solve
from matching.engine.solver.pairs import Pairs, best_per_mentee, concatenated, empty_pairs, in_sorted
from matching.engine.solver.price_estimate import estimated_prices
from matching.engine.solver.pruning_bounds import PruningBounds
from matching.engine.solver.scan import Candidates, pairs_reaching, scan_candidates
from matching.engine.solver.score_matrix import ScoreMatrix
from matching.engine.solver.tie_breaking import break_ties

# All of them for each mentee:
CANDIDATES_SCANNED = 48  # kept by the first scan, about
CANDIDATES_FIRST = 16  # solved on in the first round: the best by estimated prices
CANDIDATES_SECOND = 8  # solved on in the second round: the best by the prices of the first
ADDED_PER_ROUND = 8  # pairs that could improve, added in one round
KEPT_PER_RESCAN = 24  # pairs found by a rescan that become candidates

ALL_SOLVED_UP_TO = 20_000  # candidates in all: so few are solved on without a choice among them
RESCAN_BELOW = 50  # rescan only when fewer than one in so many mentees has a candidate that could improve
SLACK = 20_000  # points: a rescan also finds pairs that miss an improvement by so much, for prices will change


@dataclass(frozen=True, eq=False)
class ProvenOptimum:
    """The optimum over all pairs of a score matrix.

    candidates  the pairs that were found on the way; every pair that some optimum may hold is among them
    rounds      how often the flow was solved
    """

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
    candidates: Candidates | None = None,
) -> ProvenOptimum:
    """Give the optimum over all allowed pairs that score `floor` or more; among equal optima `hashes` decide.

    capacity    places of each mentor. Shape (m,)
    hashes      stable hashes of the mentees and of the mentors. Shapes (n,) and (m,)
    workers     threads
    candidates  what an earlier search of the same matrix found, with a floor no higher

    Raises CancelledError when `progress` says so.
    """
    progress = progress or Progress()
    candidates = candidates or scan_candidates(score_matrix, CANDIDATES_SCANNED, workers=workers, progress=progress)
    search = _ColumnGeneration(score_matrix, capacity, floor, candidates.above(floor), workers, progress)
    optimum = search.run()
    progress.update(Stage.SOLVE, 1.0)
    chosen = break_ties(optimum, search.tight_pairs(optimum), capacity, hashes)
    return ProvenOptimum(chosen, search.all_candidates(), search.rounds)


class _ColumnGeneration:
    """The state of one search: the candidates so far, and the restricted problem, the pairs solved on."""

    def __init__(
        self,
        score_matrix: ScoreMatrix,
        capacity: Ints,
        floor: int,
        candidates: Candidates,
        workers: int,
        progress: Progress,
    ) -> None:
        self.score_matrix, self.capacity, self.floor = score_matrix, capacity, floor
        self.candidates, self.workers, self.progress = candidates, workers, progress
        self.rounds = 0
        self._bounds = PruningBounds(candidates.cutoff, score_matrix.shape[1])
        self._tight_pruned = empty_pairs()
        self._restricted = candidates.pairs
        if len(candidates.pairs) > ALL_SOLVED_UP_TO:
            net_score = candidates.pairs.score - estimated_prices(candidates.pairs, capacity)[candidates.pairs.mentor]
            self._restricted = _best(candidates.pairs, net_score, CANDIDATES_FIRST)

    def run(self) -> Optimum:
        """Solve and add pairs that could improve, until there are none."""
        optimum = self._solve()
        while len(improving := self._improving(optimum)):
            if self.rounds == 1:
                # In the second round only. From then on pairs are added and none is removed, so the search ends.
                self._restricted = self._second_round(optimum)
            optimum = self._solve(improving)
        return optimum

    def _second_round(self, optimum: Optimum) -> Pairs:
        pairs = self.candidates.pairs
        return _best(pairs, reduced_profits(pairs, optimum), CANDIDATES_SECOND)

    def tight_pairs(self, optimum: Optimum) -> Pairs:
        """Give the pairs that some optimum may hold: those whose reduced profit is 0."""
        pairs = self.candidates.pairs
        return concatenated([pairs.take(reduced_profits(pairs, optimum) == 0), self._tight_pruned])

    def all_candidates(self) -> Candidates:
        """Give the candidates with the tight pairs that the last rescan pruned."""
        if not len(self._tight_pruned):
            return self.candidates
        pairs = concatenated([self.candidates.pairs, self._tight_pruned])
        return Candidates(pairs.sorted(self.score_matrix.shape[1]), self.candidates.cutoff)

    def _solve(self, improving: Pairs | None = None) -> Optimum:
        self.rounds += 1
        self.progress.update(Stage.SOLVE)
        if improving is not None:
            self._restricted = concatenated([self._restricted, improving]).sorted(self.score_matrix.shape[1])
        return solve(self._restricted, self.score_matrix.shape[0], self.capacity)

    def _improving(self, optimum: Optimum) -> Pairs:
        """Give pairs that could improve: candidates and, unless these are many, pruned pairs too."""
        profit = reduced_profits(self.candidates.pairs, optimum)
        improving = self.candidates.pairs.take(np.flatnonzero(profit > 0))
        improving = _best(improving, profit[profit > 0], ADDED_PER_ROUND)
        if len(improving) * RESCAN_BELOW > self.score_matrix.shape[0]:
            return improving
        return concatenated([improving, self._improving_pruned(optimum)])

    def _improving_pruned(self, optimum: Optimum) -> Pairs:
        """Rescan where the bounds rule nothing out. The best pairs found become candidates."""
        found, scanned_with_all = self._rescan(optimum)
        mentor_count = self.score_matrix.shape[1]
        new = found.take(~in_sorted(found.keys(mentor_count), self.candidates.pairs.keys(mentor_count)))
        profit = reduced_profits(new, optimum)
        kept = np.zeros(len(new), bool)
        kept[best_per_mentee(new.mentee, profit, KEPT_PER_RESCAN)] = True
        bound = optimum.threshold - SLACK - 1
        np.maximum.at(bound, new.mentee[~kept], (profit + optimum.threshold[new.mentee])[~kept])
        self._bounds.update(scanned_with_all, optimum.mentor_price, bound)
        self._tight_pruned = new.take(~kept & (profit == 0))
        self.candidates = Candidates(self.candidates.pairs.merged(new.take(kept), mentor_count), self.candidates.cutoff)
        return new.take(kept & (profit > 0))

    def _rescan(self, optimum: Optimum) -> tuple[Pairs, Ints]:
        """Give the pairs in question that could improve, or nearly so, and the mentees scanned with all mentors."""
        found, scanned_with_all = [], [np.empty(0, np.int64)]
        for mentees, mentors in self._bounds.rescans(optimum.threshold, optimum.mentor_price):
            if mentors is None:
                scanned_with_all.append(mentees)
            slack = SLACK if mentors is None else 0
            found.append(
                pairs_reaching(
                    self.score_matrix,
                    mentees,
                    optimum.threshold - slack,
                    optimum.mentor_price,
                    mentors=mentors,
                    floor=self.floor,
                    workers=self.workers,
                    progress=self.progress,
                )
            )
        return concatenated(found), np.concatenate(scanned_with_all)


def _best(pairs: Pairs, value: Ints, limit: int) -> Pairs:
    return pairs.take(best_per_mentee(pairs.mentee, value, limit))


def reduced_profits(pairs: Pairs, optimum: Optimum) -> Ints:
    """Give each pair's net score less the mentee's threshold. Above 0 it could improve, at 0 it is tight.

    Shape (k,).
    """
    return pairs.score - optimum.mentor_price[pairs.mentor] - optimum.threshold[pairs.mentee]
