"""Pairs who would both prefer each other to what they have: reported, not prevented.

An assignment without blocking pairs is called stable. With one score shared by both sides, greedy choice gives a
stable assignment, and that leaves people unmatched. So the optimum may have blocking pairs, and a coordinator may
want to know them.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.facts.cards import Id
from matching.engine.progress import Progress
from matching.engine.solver.assignment import Assignment
from matching.engine.solver.column_generation import ProvenOptimum
from matching.engine.solver.pairs import NOBODY, Pairs, concatenated, in_sorted
from matching.engine.solver.scan import pairs_reaching
from matching.engine.whole_cohort.columns import CohortColumns

MENTEES_AT_ONCE = 1024


@dataclass(frozen=True)
class BlockingPair:
    """A pair that scores higher than what both have now. `loss`: how many points more than the mentee's pair."""

    mentee: Id
    mentor: Id
    score: int
    loss: int


def blocking_pairs(
    assignment: Assignment, proven: ProvenOptimum, cohort: CohortColumns, limit: int
) -> tuple[BlockingPair, ...]:
    """Give `limit` blocking pairs at most, the largest loss first.

    A mentor with a free place prefers anybody allowed to nobody; a full one prefers whoever scores more than the
    lowest of the present mentees.
    """
    current = np.where(assignment.mentor_of == NOBODY, -1, proven.optimum.score)
    lowest = _lowest_scores(assignment, proven.optimum.score)
    # The candidates of these mentees need not hold all of their blocking pairs: scan them again.
    incomplete = np.flatnonzero(proven.candidates.cutoff > current)
    candidates, lifted = proven.candidates.pairs, assignment.score_matrix.lifted_pairs()
    parts = [
        candidates.take(~np.isin(candidates.mentee, incomplete)),
        *_scanned(assignment, incomplete, current, lowest),
        lifted.take(in_sorted(lifted.mentee, incomplete)),
    ]
    pairs = concatenated(parts).sorted(len(lowest))
    pairs = pairs.take((pairs.score > current[pairs.mentee]) & (pairs.score > lowest[pairs.mentor]))
    return _largest(pairs.take(pairs.score >= assignment.floor), np.maximum(current, 0), cohort, limit)


def _scanned(assignment: Assignment, mentees: Ints, current: Ints, lowest: Ints) -> list[Pairs]:
    parts, no_price = [], np.zeros_like(lowest)
    for start in range(0, len(mentees), MENTEES_AT_ONCE):
        rows = mentees[start : start + MENTEES_AT_ONCE]
        found = pairs_reaching(
            assignment.score_matrix,
            rows,
            current + 1,
            no_price,
            floor=assignment.floor,
            workers=1,
            progress=Progress(),
        )
        parts.append(found.take(found.score > lowest[found.mentor]))
    return parts


def _lowest_scores(assignment: Assignment, score: Ints) -> Ints:
    """Give the lowest score among each mentor's mentees, −1 with a free place. Shape (m,)."""
    matched = np.flatnonzero(assignment.mentor_of != NOBODY)
    mentor = assignment.mentor_of[matched]
    lowest = np.full(len(assignment.capacity), np.iinfo(np.int64).max)
    np.minimum.at(lowest, mentor, score[matched])
    lowest[np.bincount(mentor, minlength=len(lowest)) < assignment.capacity] = -1
    return lowest


def _largest(pairs: Pairs, current: Ints, cohort: CohortColumns, limit: int) -> tuple[BlockingPair, ...]:
    loss = pairs.score - current[pairs.mentee]
    return tuple(
        BlockingPair(
            cohort.mentees.ids[pairs.mentee[position]],
            cohort.mentors.ids[pairs.mentor[position]],
            int(pairs.score[position]),
            int(loss[position]),
        )
        for position in np.argsort(-loss, kind="stable")[:limit].tolist()
    )
