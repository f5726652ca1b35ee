"""Pairs who would both rather have each other: reported, not prevented.

With one score shared by both sides, a matching without such pairs is what greedy choice gives: it leaves
people unmatched. So the optimum may hold some, and a coordinator may want to know.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.facts.cards import Id
from matching.engine.progress import Watch
from matching.engine.solver.assignment import Assignment
from matching.engine.solver.column_generation import Proven
from matching.engine.solver.pairs import NOBODY, Pairs, among, joined
from matching.engine.solver.scan import attractive
from matching.engine.whole_cohort.columns import Crowd

ROWS = 1024


@dataclass(frozen=True)
class Rival:
    """A pair that both score higher than what they have; `loss` is what the mentee goes without."""

    mentee: Id
    mentor: Id
    score: int
    loss: int


def rivals(assignment: Assignment, proven: Proven, crowd: Crowd, most: int) -> tuple[Rival, ...]:
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
        seen = attractive(
            assignment.board, rows, now + 1, np.zeros_like(weakest), floor=assignment.floor, workers=1, watch=Watch()
        )
        parts.append(seen.take(seen.score > weakest[seen.mentor]))
    named = assignment.board.named()
    pairs = joined([*parts, named.take(among(named.mentee, open_cutoff))]).sorted(len(weakest))
    pairs = pairs.take((pairs.score > now[pairs.mentee]) & (pairs.score > weakest[pairs.mentor]))
    return _largest(pairs.take(pairs.score >= assignment.floor), np.maximum(now, 0), crowd, most)


def _weakest(assignment: Assignment, score: Ints) -> Ints:
    """Give the lowest score among each mentor's mentees, −1 with a place left. Shape (m,)."""
    matched = np.flatnonzero(assignment.mentor_of != NOBODY)
    mentor = assignment.mentor_of[matched]
    weakest = np.full(len(assignment.capacity), np.iinfo(np.int64).max)
    np.minimum.at(weakest, mentor, score[matched])
    weakest[np.bincount(mentor, minlength=len(weakest)) < assignment.capacity] = -1
    return weakest


def _largest(pairs: Pairs, now: Ints, crowd: Crowd, most: int) -> tuple[Rival, ...]:
    loss = pairs.score - now[pairs.mentee]
    return tuple(
        Rival(
            crowd.mentees.ids[pairs.mentee[place]],
            crowd.mentors.ids[pairs.mentor[place]],
            int(pairs.score[place]),
            int(loss[place]),
        )
        for place in np.argsort(-loss, kind="stable")[:most].tolist()
    )
