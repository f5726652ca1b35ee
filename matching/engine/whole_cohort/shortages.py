"""Why some stay unmatched: groups of mentees who, all together, have fewer places than they are."""

from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.facts.cards import Id
from matching.engine.progress import Progress
from matching.engine.solver.assignment import Assignment
from matching.engine.solver.pairs import NOBODY
from matching.engine.solver.scan import pairs_reaching
from matching.engine.whole_cohort.columns import CohortColumns

ROWS = 64  # all allowed pairs of so many mentees are held at a time


@dataclass(frozen=True)
class Shortage:
    """These mentees are allowed no other mentors than these, who have fewer `places` than they are."""

    mentees: tuple[Id, ...]
    mentors: tuple[Id, ...]
    places: int

    @property
    def unmatched(self) -> int:
        """How many of them must stay without a mentor."""
        return len(self.mentees) - self.places


def shortages(assignment: Assignment, cohort: CohortColumns) -> tuple[Shortage, ...]:
    """Give the groups behind everybody unmatched, the largest first.

    Whoever is unmatched competes for their allowed mentors, who are all full, hence with those mentors' mentees,
    hence for these mentees' other mentors, and so on (P. Hall, 1935: where this ends there are too few places).
    """
    reach = _Reach(assignment)
    for mentee in np.flatnonzero(assignment.mentor_of == NOBODY).tolist():
        reach.spread(mentee)
    return tuple(sorted(reach.groups(cohort), key=lambda group: (-len(group.mentees), str(group.mentees[0]))))


class _Reach:
    """Joins unmatched mentees into one group when they compete for a place, directly or through others."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        mentees, mentors = assignment.score_matrix.shape
        self.group_of_mentee = np.full(mentees, NOBODY, np.int64)
        self.group_of_mentor = np.full(mentors, NOBODY, np.int64)
        matched = np.flatnonzero(assignment.mentor_of != NOBODY)
        order = matched[np.argsort(assignment.mentor_of[matched], kind="stable")]
        starts = np.searchsorted(assignment.mentor_of[order], np.arange(mentors + 1))
        self.mentees_of = [order[starts[mentor] : starts[mentor + 1]] for mentor in range(mentors)]

    def spread(self, mentee: int) -> None:
        """Follow everybody this mentee competes with."""
        self.group_of_mentee[mentee] = mentee
        waiting = np.array([mentee])
        while len(waiting):
            now, waiting = waiting[:ROWS], waiting[ROWS:]
            new = self._mentors(now, mentee)
            self.group_of_mentor[new] = mentee
            people = np.concatenate([self.mentees_of[mentor] for mentor in new.tolist()]) if len(new) else new
            self.group_of_mentee[people] = mentee
            waiting = np.concatenate([waiting, people])

    def _mentors(self, mentees: Ints, group: int) -> Ints:
        """Give the allowed mentors of these mentees who are new to all groups; join groups met on the way."""
        least, price = (
            np.zeros(self.assignment.score_matrix.shape[0], np.int64),
            np.zeros(len(self.group_of_mentor), np.int64),
        )
        pairs = pairs_reaching(
            self.assignment.score_matrix,
            mentees,
            least,
            price,
            floor=self.assignment.floor,
            workers=1,
            progress=Progress(),
        )
        found: Ints = np.unique(pairs.mentor)
        for other in np.unique(self.group_of_mentor[found]).tolist():
            if other not in (NOBODY, group):
                self.group_of_mentor[self.group_of_mentor == other] = group
                self.group_of_mentee[self.group_of_mentee == other] = group
        new: Ints = found[self.group_of_mentor[found] == NOBODY]
        return new

    def groups(self, cohort: CohortColumns) -> list[Shortage]:
        """Give the groups by name."""
        found = []
        for group in np.unique(self.group_of_mentee[self.group_of_mentee != NOBODY]).tolist():
            mentees = np.flatnonzero(self.group_of_mentee == group).tolist()
            mentors = np.flatnonzero(self.group_of_mentor == group)
            found.append(
                Shortage(
                    tuple(cohort.mentees.ids[mentee] for mentee in mentees),
                    tuple(cohort.mentors.ids[mentor] for mentor in mentors.tolist()),
                    int(self.assignment.capacity[mentors].sum()),
                )
            )
        return found
