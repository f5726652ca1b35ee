"""Why some mentees stay unmatched: groups of mentees who together have fewer places than they are."""

from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Ints, Mask
from matching.engine.facts.cards import Id
from matching.engine.progress import Progress
from matching.engine.solver.assignment import Assignment
from matching.engine.solver.pairs import NOBODY
from matching.engine.solver.scan import pairs_reaching
from matching.engine.whole_cohort.columns import CohortColumns

MENTEES_AT_ONCE = 64  # all allowed pairs of so many mentees are held in memory


@dataclass(frozen=True)
class Shortage:
    """These mentees are allowed no other mentors than these, who have fewer `places` than they are."""

    mentees: tuple[Id, ...]
    mentors: tuple[Id, ...]
    places: int

    @property
    def unmatched(self) -> int:
        """How many of the mentees must stay without a mentor."""
        return len(self.mentees) - self.places


def shortages(assignment: Assignment, cohort: CohortColumns) -> tuple[Shortage, ...]:
    """Give the groups behind everybody unmatched, the largest group first.

    Whoever is unmatched competes for their allowed mentors, who are all full, hence with those mentors' mentees,
    hence for these mentees' other mentors, and so on: where this ends there are too few places (P. Hall, 1935).
    """
    groups = _Groups(assignment)
    for mentee in np.flatnonzero(assignment.mentor_of == NOBODY):
        groups.grow_from(np.array([mentee]))
    found = groups.shortages(cohort)
    return tuple(sorted(found, key=lambda shortage: (-len(shortage.mentees), str(shortage.mentees[0]))))


def competed_for(assignment: Assignment) -> Mask:
    """Say for which mentors somebody unmatched competes, directly or through others. Shape (m,)."""
    groups = _Groups(assignment)
    unmatched = np.flatnonzero(assignment.mentor_of == NOBODY)
    if len(unmatched):
        groups.grow_from(unmatched)
    found: Mask = groups.group_of_mentor != NOBODY
    return found


class _Groups:
    """Puts unmatched mentees into one group when they compete for a place, directly or through others.

    A group has the number of the first unmatched mentee from whom it was last grown.
    """

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        mentee_count, mentor_count = assignment.score_matrix.shape
        self.group_of_mentee = np.full(mentee_count, NOBODY, np.int64)
        self.group_of_mentor = np.full(mentor_count, NOBODY, np.int64)
        matched = np.flatnonzero(assignment.mentor_of != NOBODY)
        order = matched[np.argsort(assignment.mentor_of[matched], kind="stable")]
        starts = np.searchsorted(assignment.mentor_of[order], np.arange(mentor_count + 1))
        self.mentees_of = [order[starts[mentor] : starts[mentor + 1]] for mentor in range(mentor_count)]

    def grow_from(self, unmatched: Ints) -> None:
        """Put these unmatched mentees into one group, and everybody with whom they compete."""
        group, waiting = int(unmatched[0]), unmatched
        self.group_of_mentee[unmatched] = group
        while len(waiting):
            block, waiting = waiting[:MENTEES_AT_ONCE], waiting[MENTEES_AT_ONCE:]
            mentors = self._new_mentors(block, group)
            self.group_of_mentor[mentors] = group
            for mentor in mentors.tolist():
                self.group_of_mentee[self.mentees_of[mentor]] = group
            waiting = np.concatenate([waiting, *(self.mentees_of[mentor] for mentor in mentors.tolist())])

    def _new_mentors(self, mentees: Ints, group: int) -> Ints:
        """Give the allowed mentors of these mentees who are in no group yet; merge other groups met into this one."""
        found: Ints = np.unique(self._allowed_mentors(mentees))
        for other in np.unique(self.group_of_mentor[found]).tolist():
            if other not in (NOBODY, group):
                self.group_of_mentor[self.group_of_mentor == other] = group
                self.group_of_mentee[self.group_of_mentee == other] = group
        new: Ints = found[self.group_of_mentor[found] == NOBODY]
        return new

    def _allowed_mentors(self, mentees: Ints) -> Ints:
        score_matrix, floor = self.assignment.score_matrix, self.assignment.floor
        no_threshold, no_price = (np.zeros(size, np.int64) for size in score_matrix.shape)
        pairs = pairs_reaching(
            score_matrix, mentees, no_threshold, no_price, floor=floor, workers=1, progress=Progress()
        )
        return pairs.mentor

    def shortages(self, cohort: CohortColumns) -> list[Shortage]:
        """Give the groups by ids."""
        found = []
        for group in np.unique(self.group_of_mentee[self.group_of_mentee != NOBODY]).tolist():
            mentees = np.flatnonzero(self.group_of_mentee == group)
            mentors = np.flatnonzero(self.group_of_mentor == group)
            found.append(
                Shortage(
                    tuple(cohort.mentees.ids[mentee] for mentee in mentees.tolist()),
                    tuple(cohort.mentors.ids[mentor] for mentor in mentors.tolist()),
                    int(self.assignment.capacity[mentors].sum()),
                )
            )
        return found
