"""Short alternating paths: how a mentee finds a place, or a place is filled, while few others change mentors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from matching.engine.solver.incremental import NOT_ONE
from matching.engine.solver.known_pairs import ScoreByNumber
from matching.engine.solver.pairs import NOBODY

Moves = list[tuple[int, int]]  # (mentee, new mentor), in an order in which every place is free when it is taken


@dataclass
class WorkingAssignment:
    """An assignment that `make` changes, in row and column numbers.

    mentor_of       each mentee's mentor, or NOBODY
    free_places     of each mentor
    frozen          mentees who may not be moved
    row, column     give the scores of a mentee's, and of a mentor's, known pairs
    mentees_of      each mentor's mentees; made of the others where it is not given
    unmatched       who has no mentor
    touched         whose mentor was taken away or changed
    """

    mentor_of: list[int]
    free_places: list[int]
    frozen: set[int]
    row: Callable[[int], ScoreByNumber]
    column: Callable[[int], ScoreByNumber]
    mentees_of: dict[int, frozenset[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mentees_of = self.mentees_of or grouped(self.mentor_of)
        self.unmatched = {mentee for mentee, mentor in enumerate(self.mentor_of) if mentor == NOBODY}
        self.touched = set[int]()

    def release(self, mentee: int) -> int:
        """Take the mentee's mentor away, whose place is not counted as free by that; give the mentor, or NOBODY."""
        mentor, self.mentor_of[mentee] = self.mentor_of[mentee], NOBODY
        if mentor != NOBODY:
            self.mentees_of[mentor] -= {mentee}
        self.unmatched.add(mentee)
        self.touched.add(mentee)
        return mentor

    def make(self, moves: Moves) -> None:
        """Make these moves, in order."""
        for mentee, mentor in moves:
            old, self.mentor_of[mentee] = self.mentor_of[mentee], mentor
            self.free_places[mentor] -= 1
            self.unmatched.discard(mentee)
            self.touched.add(mentee)
            self.mentees_of[mentor] = self.mentees_of.get(mentor, NOT_ONE) | {mentee}
            if old != NOBODY:
                self.free_places[old] += 1
                self.mentees_of[old] -= {mentee}

    def movable_mentees(self, mentor: int) -> list[int]:
        """Give the mentor's mentees who may be moved, in order."""
        known, mentees = self.column(mentor), self.mentees_of.get(mentor, NOT_ONE)
        return sorted(mentee for mentee in mentees if mentee in known and mentee not in self.frozen)


def grouped(mentor_of: Sequence[int]) -> dict[int, frozenset[int]]:
    """Each mentor's mentees, of those who have any."""
    found: dict[int, set[int]] = {}
    for mentee, mentor in enumerate(mentor_of):
        if mentor != NOBODY:
            found.setdefault(mentor, set()).add(mentee)
    return {mentor: frozenset(mentees) for mentor, mentees in found.items()}


def best_placement(
    assignment: WorkingAssignment, mentee: int, max_others: int, taken: frozenset[int] = frozenset()
) -> tuple[int, Moves] | None:
    """Give what the best placement of an unmatched mentee adds to the total, and its moves; None without one.

    max_others  so many other mentees may change mentors
    taken       mentors to whom the path has moved somebody already
    """
    best: tuple[int, Moves] | None = None
    for mentor, score in sorted(assignment.row(mentee).items(), key=lambda item: (-item[1], item[0])):
        if mentor == assignment.mentor_of[mentee] or mentor in taken:
            continue
        if assignment.free_places[mentor] > 0:
            found: tuple[int, Moves] | None = (score, [(mentee, mentor)])
        else:
            found = _by_moving(assignment, mentee, mentor, score, max_others, taken, best[0] if best else None)
        if found and (best is None or found[0] > best[0]):
            best = found
    return best


def _by_moving(
    assignment: WorkingAssignment,
    mentee: int,
    mentor: int,
    score: int,
    max_others: int,
    taken: frozenset[int],
    to_beat: int | None,
) -> tuple[int, Moves] | None:
    """Give the best placement with this full mentor, one of whose mentees moves on; None if none beats `to_beat`."""
    best: tuple[int, Moves] | None = None
    for other in assignment.movable_mentees(mentor) if max_others else []:
        row = assignment.row(other)
        gain = score - row[mentor]
        if to_beat is not None and gain + max(row.values()) <= to_beat:
            continue
        rest = best_placement(assignment, other, max_others - 1, taken | {mentor})
        if rest and (best is None or gain + rest[0] > best[0]):
            best = gain + rest[0], [*rest[1], (mentee, mentor)]
    return best


def best_fill(
    assignment: WorkingAssignment, mentor: int, max_others: int, taken: frozenset[int] = frozenset()
) -> tuple[int, int, Moves]:
    """Give how many more are matched when a free place is filled, what it adds to the total, and the moves.

    max_others  so many mentees may leave a mentor for another
    taken       mentors whose place the path fills already
    """
    best: tuple[int, int, Moves] = (0, 0, [])
    column = assignment.column(mentor)
    # The last step of a path can only bring somebody in.
    last = not max_others or (max_others == 1 and not assignment.unmatched)
    for mentee in sorted(column if max_others else assignment.unmatched.intersection(column)):
        score, current = column[mentee], assignment.mentor_of[mentee]
        if mentee in assignment.frozen or current == mentor or current in taken:
            continue
        if current == NOBODY:
            found = (1, score, [(mentee, mentor)])
        elif max_others:
            more, points, moves = (
                (0, 0, []) if last else best_fill(assignment, current, max_others - 1, taken | {mentor})
            )
            found = (more, points + score - assignment.row(mentee)[current], [(mentee, mentor), *moves])
        else:
            continue
        if found[:2] > best[:2]:
            best = found
    return best
