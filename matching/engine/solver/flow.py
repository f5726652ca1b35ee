"""The optimal assignment on a list of pairs, and the prices that prove it.

As many mentees as possible are matched; among such assignments the total score is the highest. OR-Tools finds the
minimum-cost flow but gives no prices. They are recovered here: the least ones that fit, by Bellman–Ford relaxation
over integers (R. K. Ahuja, T. L. Magnanti, J. B. Orlin: Network Flows, 1993, chapters 5 and 9).
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from matching.engine.arrays import Ints, ranges
from matching.engine.errors import CertificateError
from matching.engine.facts.score import MAX_SCORE
from matching.engine.solver.pairs import NOBODY, Pairs

SPARE_MENTEES = 100  # so many may be added later while the bonus still exceeds any total of scores


@dataclass(frozen=True, eq=False)
class Optimum:
    """An assignment with the dual prices that prove it optimal, when being matched at all earns `bonus`.

    mentor_of, score    each mentee's mentor and score; NOBODY and 0 when unmatched. Shape (n,)
    mentee_price        u ≥ 0: the dual price of matching this mentee once at most. Shape (n,)
    mentor_price        p ≥ 0: the dual price of a place of this mentor. Shape (m,)

    Every pair has u + p ≥ bonus + score; the matched pairs have equality.
    """

    mentor_of: Ints
    score: Ints
    mentee_price: Ints
    mentor_price: Ints
    bonus: int

    @property
    def threshold(self) -> Ints:
        """The net score (score − price) above which a pair would improve the assignment, u − bonus. Shape (n,)."""
        return self.mentee_price - self.bonus


def matching_bonus(mentee_count: int, capacity: Ints) -> int:
    """Give what being matched earns: more than any total of scores, so that more matches always win."""
    return (min(mentee_count, int(capacity.sum())) + SPARE_MENTEES) * MAX_SCORE + 1


def solve(pairs: Pairs, mentee_count: int, capacity: Ints) -> Optimum:
    """Give the optimum over exactly these pairs. `capacity`: places of each mentor, shape (m,)."""
    chosen = max_weight_flow(pairs.mentee, pairs.mentor, pairs.score, mentee_count, capacity)
    mentor_of = np.full(mentee_count, NOBODY, np.int64)
    score = np.zeros(mentee_count, np.int64)
    mentor_of[pairs.mentee[chosen]] = pairs.mentor[chosen]
    score[pairs.mentee[chosen]] = pairs.score[chosen]
    return with_prices(pairs, mentor_of, score, capacity)


def max_weight_flow(mentee: Ints, mentor: Ints, weight: Ints, mentee_count: int, capacity: Ints) -> Ints:
    """Give the positions of the pairs in an assignment of most pairs, and among those of the highest weight.

    `mentee`, `mentor` and `weight` have shape (k,), `capacity` (m,). Raises CertificateError should OR-Tools fail.
    """
    if not len(mentee):
        return np.empty(0, np.int64)
    mentor_count, flow = len(capacity), SimpleMinCostFlow()
    sink = mentee_count + mentor_count
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([mentee, np.arange(mentee_count, sink)]).astype(np.int32),
        np.concatenate([mentor + mentee_count, np.full(mentor_count, sink)]).astype(np.int32),
        np.concatenate([np.ones(len(mentee), np.int64), capacity]),
        np.concatenate([weight.max() - weight, np.zeros(mentor_count, np.int64)]),
    )
    supply = np.zeros(sink + 1, np.int64)
    supply[:mentee_count], supply[sink] = 1, -mentee_count
    flow.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise CertificateError(f"the flow ended with {status}")
    return np.flatnonzero(flow.flows(arcs[: len(mentee)]))


def with_prices(pairs: Pairs, mentor_of: Ints, score: Ints, capacity: Ints) -> Optimum:
    """Give the assignment with the least prices that fit it.

    A mentor's price is the most that one more place there would gain along an alternating path: an unmatched mentee
    takes a place, or mentees move on to mentors with whom they score more. Raises CertificateError when no prices
    fit, that is when the assignment is not optimal over these pairs.
    """
    bonus = matching_bonus(len(mentor_of), capacity)
    price = np.zeros(len(capacity), np.int64)
    current_mentor = mentor_of[pairs.mentee]
    unmatched = current_mentor == NOBODY
    np.maximum.at(price, pairs.mentor[unmatched], bonus + pairs.score[unmatched])
    moves = ~unmatched & (current_mentor != pairs.mentor)
    gain = pairs.score[moves] - score[pairs.mentee[moves]]
    _relax(price, current_mentor[moves], pairs.mentor[moves], gain, len(mentor_of))
    matched = np.flatnonzero(mentor_of != NOBODY)
    mentee_price = np.zeros(len(mentor_of), np.int64)
    mentee_price[matched] = bonus + score[matched] - price[mentor_of[matched]]
    return Optimum(mentor_of, score, mentee_price, price, bonus)


def _relax(price: Ints, source: Ints, target: Ints, gain: Ints, mentee_count: int) -> None:
    """Raise `price`, in place, to the least one with price[target] ≥ price[source] + gain for every move."""
    order = np.argsort(source, kind="stable")
    source, target, gain = source[order], target[order], gain[order]
    starts = np.searchsorted(source, np.arange(len(price) + 1))
    active = np.arange(len(price))
    for _ in range(len(price) + mentee_count + 2):
        moves = ranges(starts[active], starts[active + 1])
        candidate = price[source[moves]] + gain[moves]
        higher = candidate > price[target[moves]]
        if not higher.any():
            return
        old_price = price.copy()
        np.maximum.at(price, target[moves][higher], candidate[higher])
        active = np.flatnonzero(price > old_price)
    raise CertificateError("a cycle of moves gains: the assignment is not the optimum")
