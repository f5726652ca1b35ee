"""Short chains of moves: how a place can be found, or filled, while at most so many others change mentors."""

from collections.abc import Callable
from dataclasses import dataclass

from matching.engine.solver.incremental import SparseRow
from matching.engine.solver.pairs import NOBODY

Moves = list[tuple[int, int]]


@dataclass
class WorkingAssignment:
    """Who has whom, how many places are left, and who may not be moved; changed by `make`.

    row, column     the scores of a mentee's, and of a mentor's, known pairs
    """

    mentor_of: list[int]
    left: list[int]
    frozen: set[int]
    row: Callable[[int], SparseRow]
    column: Callable[[int], SparseRow]

    def copy(self) -> "WorkingAssignment":
        """Give the same seating, to be changed by itself."""
        return WorkingAssignment(list(self.mentor_of), list(self.left), set(self.frozen), self.row, self.column)

    def make(self, moves: Moves) -> None:
        """Move people."""
        for mentee, mentor in moves:
            before, self.mentor_of[mentee] = self.mentor_of[mentee], mentor
            self.left[mentor] -= 1
            if before != NOBODY:
                self.left[before] += 1

    def mates(self, mentor: int) -> list[int]:
        """Give the mentor's mentees who may be moved, in order."""
        known = sorted(self.column(mentor))
        return [mentee for mentee in known if self.mentor_of[mentee] == mentor and mentee not in self.frozen]


def best_placement(
    assignment: WorkingAssignment, mentee: int, others: int, held: frozenset[int] = frozenset()
) -> tuple[int, Moves] | None:
    """Give what the mentee's best place adds to the total, and the moves, at most `others` of other people.

    `held` are mentors whose place the chain has given away already. None when there is no place.
    """
    best: tuple[int, Moves] | None = None
    for mentor, score in sorted(assignment.row(mentee).items(), key=lambda pair: (-pair[1], pair[0])):
        if mentor == assignment.mentor_of[mentee] or mentor in held:
            continue
        if assignment.left[mentor] > 0:
            found: tuple[int, Moves] | None = (score, [(mentee, mentor)])
        else:
            found = _by_moving(assignment, mentee, mentor, score, others, held, best[0] if best else None)
        if found and (best is None or found[0] > best[0]):
            best = found
    return best


def _by_moving(
    assignment: WorkingAssignment,
    mentee: int,
    mentor: int,
    score: int,
    others: int,
    held: frozenset[int],
    beat: int | None,
) -> tuple[int, Moves] | None:
    best: tuple[int, Moves] | None = None
    for mate in assignment.mates(mentor) if others else []:
        row = assignment.row(mate)
        gain = score - row[mentor]
        if beat is not None and gain + max(row.values()) <= beat:
            continue
        rest = best_placement(assignment, mate, others - 1, held | {mentor})
        if rest and (best is None or gain + rest[0] > best[0]):
            best = gain + rest[0], [*rest[1], (mentee, mentor)]
    return best


def best_fill(
    assignment: WorkingAssignment, mentor: int, others: int, held: frozenset[int] = frozenset()
) -> tuple[int, int, Moves]:
    """Give how many more are matched when a free place is filled, what it adds to the total, and the moves."""
    best: tuple[int, int, Moves] = (0, 0, [])
    for mentee, score in sorted(assignment.column(mentor).items()):
        now = assignment.mentor_of[mentee]
        if mentee in assignment.frozen or now == mentor or now in held:
            continue
        if now == NOBODY:
            found = (1, score, [(mentee, mentor)])
        elif others:
            more, points, moves = best_fill(assignment, now, others - 1, held | {mentor})
            found = (more, points + score - assignment.row(mentee)[now], [(mentee, mentor), *moves])
        else:
            continue
        if found[:2] > best[:2]:
            best = found
    return best
