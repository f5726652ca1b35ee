"""An optimum that is kept optimal while people come, leave and decline: one shortest alternating path per change.

The prices stay exact, so a change costs one shortest-path search over integers instead of a new solution (successive
shortest paths: R. K. Ahuja, T. L. Magnanti, J. B. Orlin: Network Flows, 1993, chapter 9). Between changes always:
u + p ≥ bonus + score for every known pair, with equality for the matched ones; u = 0 for whoever is unmatched, p = 0
for mentors with a free place. The length of a path is what the assignment loses along it, in points.
"""

from copy import copy
from heapq import heappop, heappush

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.solver.flow import Optimum
from matching.engine.solver.known_pairs import KnownPairs, ScoreByNumber
from matching.engine.solver.pairs import NOBODY, Pairs

PathEnd = tuple[int, int, int]  # length, the last mentor, and a mentee: see `_insert` and `_fill_place`
Heap = list[tuple[int, int]]  # length so far, mentor

NOT_ONE: frozenset[int] = frozenset()


class IncrementalOptimum:
    """The state: known pairs, who has whom, and the prices. Numbers are rows (mentees) and columns (mentors).

    mentor_of           each mentee's mentor, or NOBODY
    mentees_of          each mentor's mentees
    mentee_price        u, mentor_price p
    present             whether each mentee takes part now
    pinned              mentees whose pair is never changed
    """

    def __init__(self, pairs: Pairs, optimum: Optimum, capacity: Ints) -> None:
        """Start from the optimum over these pairs, which must be sorted. `capacity`: places, shape (m,)."""
        mentee_count, mentor_count = len(optimum.mentor_of), len(capacity)
        self.bonus = optimum.bonus
        self.capacity: list[int] = capacity.tolist()
        self.mentor_of: list[int] = optimum.mentor_of.tolist()
        self.mentee_price: list[int] = optimum.mentee_price.tolist()
        self.mentor_price: list[int] = optimum.mentor_price.tolist()
        self.present = [True] * mentee_count
        self.pinned: set[int] = set()
        self._score, self._changed = optimum.score, set[int]()
        self._freed: list[int] = []
        self._suspended: list[int] = []
        self._known = KnownPairs(pairs, mentee_count, mentor_count)
        self.mentees_of: list[frozenset[int]] = [NOT_ONE] * mentor_count
        for mentee in np.flatnonzero(optimum.mentor_of != NOBODY).tolist():
            self._add(mentee, self.mentor_of[mentee])

    def copy(self) -> "IncrementalOptimum":
        """Give the same state, to be changed by itself."""
        made = copy(self)
        for name in ("capacity", "mentor_of", "mentee_price", "mentor_price", "present", "mentees_of", "pinned"):
            setattr(made, name, copy(getattr(self, name)))
        own = {name: copy(getattr(self, name)) for name in ("_changed", "_freed", "_suspended")}
        vars(made).update(own, _known=self._known.copy())
        return made

    def row(self, mentee: int) -> ScoreByNumber:
        """Give the scores of the mentee's known pairs, by mentor."""
        return self._known.row(mentee)

    def column(self, mentor: int) -> ScoreByNumber:
        """Give the scores of the mentor's known pairs, by mentee."""
        return self._known.column(mentor)

    def freeze(self, mentee: int) -> None:
        """Pin the mentee, who must be matched, to the current mentor."""
        mentor = self.mentor_of[mentee]
        self._known.set_row(mentee, {mentor: self.row(mentee)[mentor]})
        self.pinned.add(mentee)

    def learn(self, mentee: int, row: ScoreByNumber) -> None:
        """Replace the known pairs of a mentee by more, none of which could improve the optimum."""
        self._known.set_row(mentee, row)

    def optimum(self) -> Optimum:
        """Give the state as arrays."""
        score = np.zeros(len(self.mentor_of), np.int64)
        score[: len(self._score)] = self._score
        for mentee in self._changed:
            mentor = self.mentor_of[mentee]
            score[mentee] = self.row(mentee)[mentor] if mentor != NOBODY else 0
        mentor_of, mentee_price, mentor_price = (
            np.array(values, np.int64) for values in (self.mentor_of, self.mentee_price, self.mentor_price)
        )
        return Optimum(mentor_of, score, mentee_price, mentor_price, self.bonus)

    # --- changes ---

    def suspend(self, mentee: int, row: ScoreByNumber) -> None:
        """Take a mentee out until `resume`, and replace the mentee's known pairs by `row`, which no price need fit."""
        mentor = self._set_mentor(mentee, NOBODY)
        self.mentee_price[mentee], self.present[mentee] = 0, False
        if mentor != NOBODY:
            self._discard(mentee, mentor)
            self._freed.append(mentor)
        self._known.set_row(mentee, row)
        self._suspended.append(mentee)

    def resume(self) -> None:
        """Fill the places of all who are suspended, then insert each of them again."""
        while self._freed:
            self._fill_place(self._freed.pop())
        while self._suspended:
            self.present[mentee := self._suspended.pop()] = True
            self._insert(mentee)

    def arrive(self, row: ScoreByNumber) -> int:
        """Insert a new mentee with these allowed pairs; give the mentee's number."""
        mentee = len(self.mentor_of)
        self.mentor_of.append(NOBODY)
        self.mentee_price.append(0)
        self.present.append(True)
        self._known.set_row(mentee, row)
        self._insert(mentee)
        return mentee

    def withdraw(self, mentee: int) -> None:
        """Remove a mentee."""
        self.suspend(mentee, {})
        self._suspended.remove(mentee)
        self.resume()

    def forbid(self, mentee: int, mentor: int) -> None:
        """Remove a pair. Unless it is matched, nothing else changes."""
        row = {other: score for other, score in self.row(mentee).items() if other != mentor}
        if self.mentor_of[mentee] == mentor:
            self.change_row(mentee, row)
        else:
            self._known.set_row(mentee, row)

    def change_row(self, mentee: int, row: ScoreByNumber) -> None:
        """Replace a mentee's known pairs."""
        self.suspend(mentee, row)
        self.resume()

    def pin(self, mentee: int, mentor: int, score: int) -> None:
        """Match a pair whatever it costs. The mentor must have a place that no other pinned mentee holds."""
        self.pinned.add(mentee)
        self.change_row(mentee, {mentor: score})

    def close(self, mentor: int) -> None:
        """Remove a mentor; the mentor's mentees are inserted again."""
        for mentee in sorted(self.mentees_of[mentor]):
            self.suspend(mentee, self.row(mentee))
        self._freed.clear()
        for mentee in list(self._known.column(mentor)):
            row = {other: score for other, score in self.row(mentee).items() if other != mentor}
            self._known.set_row(mentee, row)
        self.capacity[mentor] = self.mentor_price[mentor] = 0
        self.resume()

    def _add(self, mentee: int, mentor: int) -> None:
        self.mentees_of[mentor] |= {mentee}

    def _discard(self, mentee: int, mentor: int) -> None:
        self.mentees_of[mentor] -= {mentee}

    def _set_mentor(self, mentee: int, mentor: int) -> int:
        """Record the mentee's new mentor; give the old one."""
        old, self.mentor_of[mentee] = self.mentor_of[mentee], mentor
        self._changed.add(mentee)
        return old

    # --- a mentee needs a place ---

    def _insert(self, mentee: int) -> None:
        """Match a mentee who has no mentor along the shortest alternating path, or leave whoever costs least unmatched.

        The path ends at a mentor with a free place, or at one whose mentee it displaces. It is empty (mentor NOBODY)
        when leaving this mentee unmatched costs least; a pinned mentee is never left.
        """
        row, is_pinned = self.row(mentee), mentee in self.pinned
        values = [self.bonus + score - self.mentor_price[mentor] for mentor, score in row.items()]
        self.mentee_price[mentee] = price = max([*values, *([] if is_pinned else [0])])
        end: PathEnd = ((4 * self.bonus + price**2) if is_pinned else price, NOBODY, NOBODY)
        lengths: dict[int, int] = {}
        came_from: dict[int, int] = {}
        heap: Heap = []
        settled: Heap = []
        self._relax_from_mentee(mentee, 0, end[0], lengths, came_from, heap)
        while heap and heap[0][0] < end[0]:
            length, mentor = heappop(heap)
            if length > lengths[mentor]:
                continue
            settled.append((length, mentor))
            if len(self.mentees_of[mentor]) < self.capacity[mentor]:
                end = (length, mentor, NOBODY)
                break
            for other in self.mentees_of[mentor] - self.pinned:
                if length + self.mentee_price[other] < end[0]:
                    end = (length + self.mentee_price[other], mentor, other)
                self._relax_from_mentee(other, length, end[0], lengths, came_from, heap)
        self._raise_mentor_prices(settled, end[0])
        self.mentee_price[mentee] = price - end[0]
        self._shift_along(mentee, end[1], end[2], came_from)

    def _relax_from_mentee(
        self,
        mentee: int,
        length: int,
        limit: int,
        lengths: dict[int, int],
        came_from: dict[int, int],
        heap: Heap,
    ) -> None:
        """Extend a path of this length by moving the mentee to each other mentor, up to the limit."""
        base = length + self.mentee_price[mentee] - self.bonus
        for mentor, score in self.row(mentee).items():
            extended = base + self.mentor_price[mentor] - score
            if extended < limit and extended < lengths.get(mentor, extended + 1):
                lengths[mentor], came_from[mentor] = extended, mentee
                heappush(heap, (extended, mentor))

    def _raise_mentor_prices(self, settled: Heap, total: int) -> None:
        """Raise the prices of mentors nearer than `total`, and lower those of their mentees: slacks stay right."""
        for length, mentor in settled:
            if length < total:
                self.mentor_price[mentor] += total - length
                for mentee in self.mentees_of[mentor]:
                    self.mentee_price[mentee] -= total - length

    def _shift_along(self, mentee: int, last: int, displaced: int, came_from: dict[int, int]) -> None:
        """Move everybody along the path that inserts the mentee and ends at the mentor `last`."""
        if displaced != NOBODY:
            self._discard(displaced, last)
            self._set_mentor(displaced, NOBODY)
            self.mentee_price[displaced] = 0
        while last != NOBODY:
            mover = came_from[last]
            old = self._set_mentor(mover, last)
            self._add(mover, last)
            if old != NOBODY:
                self._discard(mover, old)
            last = old if mover != mentee else NOBODY

    # --- a place is free ---

    def _fill_place(self, mentor: int) -> None:
        """Fill a place that has become free along the shortest alternating path, or leave a place free.

        The path ends where an unmatched mentee comes in, or where a place stays free (mentee NOBODY): that mentor's
        price falls to 0.
        """
        end: PathEnd = (self.mentor_price[mentor], mentor, NOBODY)
        came_from: dict[int, tuple[int, int]] = {}
        lengths, settled = {mentor: 0}, list[tuple[int, int]]()
        heap: Heap = [(0, mentor)]
        while heap and heap[0][0] < end[0]:
            length, free_at = heappop(heap)
            if length > lengths[free_at]:
                continue
            settled.append((length, free_at))
            if length + self.mentor_price[free_at] < end[0]:
                end = (length + self.mentor_price[free_at], free_at, NOBODY)
            end = self._relax_from_mentor(free_at, length, end, lengths, came_from, heap)
        for length, free_at in settled:
            if length < end[0]:
                self.mentor_price[free_at] -= end[0] - length
                for mentee in self.mentees_of[free_at]:
                    self.mentee_price[mentee] += end[0] - length
        self._shift_back(mentor, end, came_from)

    def _relax_from_mentor(
        self,
        free_at: int,
        length: int,
        end: PathEnd,
        lengths: dict[int, int],
        came_from: dict[int, tuple[int, int]],
        heap: Heap,
    ) -> PathEnd:
        """Extend a path of this length by moving each possible mentee to the free place; give the best end so far."""
        base = length + self.mentor_price[free_at] - self.bonus
        for mentee, score in self._known.column(free_at).items():
            mentor, extended = self.mentor_of[mentee], base + self.mentee_price[mentee] - score
            if not self.present[mentee] or mentor == free_at or extended >= end[0]:
                continue
            if mentor == NOBODY:
                end = (extended, free_at, mentee)
            elif extended < lengths.get(mentor, extended + 1):
                lengths[mentor], came_from[mentor] = extended, (mentee, free_at)
                heappush(heap, (extended, mentor))
        return end

    def _shift_back(self, mentor: int, end: PathEnd, came_from: dict[int, tuple[int, int]]) -> None:
        """Move everybody along the path that fills the mentor's place."""
        _, last, newcomer = end
        if newcomer != NOBODY:
            self._add(newcomer, last)
            self._set_mentor(newcomer, last)
            self.mentee_price[newcomer] = self.bonus + self.row(newcomer)[last] - self.mentor_price[last]
        while last != mentor:
            mover, target = came_from[last]
            self._discard(mover, last)
            self._add(mover, target)
            self._set_mentor(mover, target)
            last = target
