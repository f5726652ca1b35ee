"""The optimum on a list of pairs, and the prices that prove it.

First as many people as possible are matched, then the total is as high as it can be. OR-Tools finds the
flow; it gives no prices, so they are recovered here: the least ones that fit, by a Bellman–Ford relaxation
over whole numbers (R. K. Ahuja, T. L. Magnanti, J. B. Orlin: Network Flows, 1993, chapters 5 and 9).
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from matching.engine.arrays import Ints, ranges
from matching.engine.errors import CertificateError
from matching.engine.facts.score import MAX_SCORE
from matching.engine.solver.pairs import NOBODY, Pairs

ARRIVALS = 100  # so many may come later before numbers would no longer come before scores


@dataclass(frozen=True, eq=False)
class Optimum:
    """An assignment with the prices that prove it, on the scale where being matched at all earns `bonus`.

    mentor_of, score    each mentee's mentor and score; NOBODY and 0 when unmatched. Shape (n,)
    mentee_price        what a place for this mentee is worth, u ≥ 0. Shape (n,)
    mentor_price        what one more place of this mentor is worth, p ≥ 0. Shape (m,)

    Every pair has u + p ≥ bonus + score, and the matched ones equality.
    """

    mentor_of: Ints
    score: Ints
    mentee_price: Ints
    mentor_price: Ints
    bonus: int

    @property
    def least(self) -> Ints:
        """Give what score − price a pair must exceed to be worth more than what each mentee has. Shape (n,)."""
        return self.mentee_price - self.bonus


def matching_bonus(mentees: int, capacity: Ints) -> int:
    """Give what being matched is worth: more than any total of scores, so that numbers come before scores."""
    return (min(mentees, int(capacity.sum())) + ARRIVALS) * MAX_SCORE + 1


def solve(pairs: Pairs, mentees: int, capacity: Ints) -> Optimum:
    """Give the optimum over exactly these pairs. `capacity`: places of each mentor, shape (m,)."""
    chosen = max_weight_flow(pairs.mentee, pairs.mentor, pairs.score, mentees, capacity)
    mentor_of = np.full(mentees, NOBODY, np.int64)
    score = np.zeros(mentees, np.int64)
    mentor_of[pairs.mentee[chosen]] = pairs.mentor[chosen]
    score[pairs.mentee[chosen]] = pairs.score[chosen]
    return with_prices(pairs, mentor_of, score, capacity)


def max_weight_flow(mentee: Ints, mentor: Ints, weight: Ints, mentees: int, capacity: Ints) -> Ints:
    """Give the places of the pairs in a largest assignment, and among those one of the highest weight."""
    if not len(mentee):
        return np.empty(0, np.int64)
    mentors, flow = len(capacity), SimpleMinCostFlow()
    sink = mentees + mentors
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([mentee, np.arange(mentees, sink)]).astype(np.int32),
        np.concatenate([mentor + mentees, np.full(mentors, sink)]).astype(np.int32),
        np.concatenate([np.ones(len(mentee), np.int64), capacity]),
        np.concatenate([weight.max() - weight, np.zeros(mentors, np.int64)]),
    )
    supply = np.zeros(sink + 1, np.int64)
    supply[:mentees], supply[sink] = 1, -mentees
    flow.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise CertificateError(f"the flow ended with {status}")
    return np.flatnonzero(flow.flows(arcs[: len(mentee)]))


def with_prices(pairs: Pairs, mentor_of: Ints, score: Ints, capacity: Ints) -> Optimum:
    """Give the assignment with the least prices that fit it.

    A mentor's price is the most that a chain of moves starting with somebody unmatched, or from a price
    elsewhere, would gain by one more place there. Raises CertificateError when no prices fit, that is when
    the assignment is not the optimum over these pairs.
    """
    bonus = matching_bonus(len(mentor_of), capacity)
    price = np.zeros(len(capacity), np.int64)
    now = mentor_of[pairs.mentee]
    unmatched = now == NOBODY
    np.maximum.at(price, pairs.mentor[unmatched], bonus + pairs.score[unmatched])
    moves = ~unmatched & (now != pairs.mentor)
    gain = pairs.score[moves] - score[pairs.mentee[moves]]
    _relax(price, now[moves], pairs.mentor[moves], gain, len(mentor_of))
    matched = np.flatnonzero(mentor_of != NOBODY)
    mentee_price = np.zeros(len(mentor_of), np.int64)
    mentee_price[matched] = bonus + score[matched] - price[mentor_of[matched]]
    return Optimum(mentor_of, score, mentee_price, price, bonus)


def _relax(price: Ints, source: Ints, target: Ints, gain: Ints, mentees: int) -> None:
    """Raise `price`, in place, to the least one with price[target] ≥ price[source] + gain for every move."""
    order = np.argsort(source, kind="stable")
    source, target, gain = source[order], target[order], gain[order]
    starts = np.searchsorted(source, np.arange(len(price) + 1))
    active = np.arange(len(price))
    for _ in range(len(price) + mentees + 2):
        moves = ranges(starts[active], starts[active + 1])
        offered = price[source[moves]] + gain[moves]
        better = offered > price[target[moves]]
        if not better.any():
            return
        before = price.copy()
        np.maximum.at(price, target[moves][better], offered[better])
        active = np.flatnonzero(price > before)
    raise CertificateError("a chain of moves gains for ever: the assignment is not the optimum")
