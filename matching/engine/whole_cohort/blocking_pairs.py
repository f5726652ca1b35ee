"""Pairs who would both rather have each other: reported, not prevented.

With one score shared by both sides, a matching without such pairs is what greedy choice gives: it leaves
people unmatched. So the optimum may hold some, and a coordinator may want to know.
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

ROWS = 1024


@dataclass(frozen=True)
class BlockingPair:
    """A pair that both score higher than what they have; `loss` is what the mentee goes without."""

    mentee: Id
    mentor: Id
    score: int
    loss: int


def blocking_pairs(
    assignment: Assignment, proven: ProvenOptimum, cohort: CohortColumns, most: int
) -> tuple[BlockingPair, ...]:
    """Give up to `most` such pairs, the largest loss first.

    A mentor with a place left prefers anybody allowed to nobody; a full one prefers whoever scores more than
    the lowest of their mentees.
    """
    now = np.where(assignment.mentor_of == NOBODY, -1, proven.optimum.score)
    weakest = _weakest(assignment, proven.optimum.score)
    open_cutoff = np.flatnonzero(proven.candidates.cutoff > now)
    listed = proven.candidates.pairs
    parts = [listed.take(~np.isin(listed.mentee, open_cutoff))]
    for start in range(0, len(open_cutoff), ROWS):
        rows = open_cutoff[start : start + ROWS]
        seen = pairs_reaching(
            assignment.score_matrix,
            rows,
            now + 1,
            np.zeros_like(weakest),
            floor=assignment.floor,
            workers=1,
            progress=Progress(),
        )
        parts.append(seen.take(seen.score > weakest[seen.mentor]))
    named = assignment.score_matrix.named()
    pairs = concatenated([*parts, named.take(in_sorted(named.mentee, open_cutoff))]).sorted(len(weakest))
    pairs = pairs.take((pairs.score > now[pairs.mentee]) & (pairs.score > weakest[pairs.mentor]))
    return _largest(pairs.take(pairs.score >= assignment.floor), np.maximum(now, 0), cohort, most)


def _weakest(assignment: Assignment, score: Ints) -> Ints:
    """Give the lowest score among each mentor's mentees, −1 with a place left. Shape (m,)."""
    matched = np.flatnonzero(assignment.mentor_of != NOBODY)
    mentor = assignment.mentor_of[matched]
    weakest = np.full(len(assignment.capacity), np.iinfo(np.int64).max)
    np.minimum.at(weakest, mentor, score[matched])
    weakest[np.bincount(mentor, minlength=len(weakest)) < assignment.capacity] = -1
    return weakest


def _largest(pairs: Pairs, now: Ints, cohort: CohortColumns, most: int) -> tuple[BlockingPair, ...]:
    loss = pairs.score - now[pairs.mentee]
    return tuple(
        BlockingPair(
            cohort.mentees.ids[pairs.mentee[place]],
            cohort.mentors.ids[pairs.mentor[place]],
            int(pairs.score[place]),
            int(loss[place]),
        )
        for place in np.argsort(-loss, kind="stable")[:most].tolist()
    )
