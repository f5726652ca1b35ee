"""An optimum that stays one while people come, go and say no: one shortest chain of moves for each change.

Prices are kept exact, so a change costs one search over whole numbers instead of a new solution (successive
shortest paths: R. K. Ahuja, T. L. Magnanti, J. B. Orlin, 1993, chapter 9). Between changes always:
u + p ≥ bonus + score for every known pair, with equality for the chosen ones; u = 0 for whoever is unmatched,
p = 0 for mentors with a place left.
"""

from heapq import heappop, heappush

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.solver.flow import Optimum
from matching.engine.solver.pairs import NOBODY, Pairs

SparseRow = dict[int, int]


class IncrementalOptimum:
    """The state: rows and columns of known pairs, who has whom, and the prices."""

    def __init__(self, pairs: Pairs, optimum: Optimum, capacity: Ints) -> None:
        mentees, mentors = len(optimum.mentor_of), len(capacity)
        self.bonus = optimum.bonus
        self.capacity: list[int] = capacity.tolist()
        self.mentor_of: list[int] = optimum.mentor_of.tolist()
        self.u: list[int] = optimum.mentee_price.tolist()
        self.p: list[int] = optimum.mentor_price.tolist()
        self.here = [True] * mentees
        self.pinned: set[int] = set()
        self._score, self._moved = optimum.score, set[int]()
        self._open: list[int] = []
        self._suspended: list[int] = []
        self._lists = _Lists(pairs, mentees, mentors)
        self.mates: list[set[int]] = [set() for _ in range(mentors)]
        for mentee in np.flatnonzero(optimum.mentor_of != NOBODY).tolist():
            self.mates[self.mentor_of[mentee]].add(mentee)

    def row(self, mentee: int) -> SparseRow:
        """Give the scores of the mentee's known pairs, by mentor."""
        return self._lists.row(mentee)

    def column(self, mentor: int) -> SparseRow:
        """Give the scores of the mentor's known pairs, by mentee."""
        return self._lists.column(mentor)

    def freeze(self, mentee: int) -> None:
        """Keep what the mentee has."""
        mentor = self.mentor_of[mentee]
        self._lists.set_row(mentee, {mentor: self.row(mentee)[mentor]})
        self.pinned.add(mentee)

    def worth(self) -> tuple[int, int]:
        """Give how many are matched, and the total."""
        optimum = self.optimum()
        return int((optimum.mentor_of != NOBODY).sum()), int(optimum.score.sum())

    def optimum(self) -> Optimum:
        """Give the state as columns."""
        score = np.zeros(len(self.mentor_of), np.int64)
        score[: len(self._score)] = self._score
        for mentee in self._moved:
            score[mentee] = self.row(mentee)[self.mentor_of[mentee]] if self.mentor_of[mentee] != NOBODY else 0
        mentor_of, u, p = (np.array(column, np.int64) for column in (self.mentor_of, self.u, self.p))
        return Optimum(mentor_of, score, u, p, self.bonus)

    # --- changes ---

    def suspend(self, mentee: int, row: SparseRow) -> None:
        """Take a mentee out until `resume`, with these pairs from now on. Their prices need not fit before."""
        mentor = self._give(mentee, NOBODY)
        self.u[mentee], self.here[mentee] = 0, False
        if mentor != NOBODY:
            self.mates[mentor].discard(mentee)
            self._open.append(mentor)
        self._lists.set_row(mentee, row)
        self._suspended.append(mentee)

    def resume(self) -> None:
        """Fill the places of everybody suspended, then let each in again."""
        while self._open:
            self._fill(self._open.pop())
        while self._suspended:
            self.here[mentee := self._suspended.pop()] = True
            self._place(mentee)

    def arrive(self, row: SparseRow) -> int:
        """Let a new mentee in with all allowed pairs; give the mentee's number."""
        mentee = len(self.mentor_of)
        self.mentor_of.append(NOBODY)
        self.u.append(0)
        self.here.append(True)
        self._lists.set_row(mentee, row)
        self._place(mentee)
        return mentee

    def withdraw(self, mentee: int) -> None:
        """Let a mentee go."""
        self.suspend(mentee, {})
        self._suspended.remove(mentee)
        self.resume()

    def forbid(self, mentee: int, mentor: int) -> None:
        """Forget a pair. Prices stay right unless it was chosen."""
        row = {other: score for other, score in self.row(mentee).items() if other != mentor}
        if self.mentor_of[mentee] == mentor:
            self.change_row(mentee, row)
        else:
            self._lists.set_row(mentee, row)

    def change_row(self, mentee: int, row: SparseRow) -> None:
        """Give a mentee other pairs."""
        self.suspend(mentee, row)
        self.resume()

    def pin(self, mentee: int, mentor: int, score: int) -> None:
        """Keep a pair whatever it costs. The mentor must have a place that no other pin holds."""
        self.pinned.add(mentee)
        self.change_row(mentee, {mentor: score})

    def close(self, mentor: int) -> None:
        """Let a mentor go: everybody with this mentor needs another."""
        for mentee in sorted(self.mates[mentor]):
            self.suspend(mentee, self.row(mentee))
        self._open.clear()
        for mentee in list(self._lists.column(mentor)):
            self._lists.set_row(mentee, {other: score for other, score in self.row(mentee).items() if other != mentor})
        self.capacity[mentor] = self.p[mentor] = 0
        self.resume()

    def _give(self, mentee: int, mentor: int) -> int:
        """Note the mentee's new mentor; give the one before."""
        before, self.mentor_of[mentee] = self.mentor_of[mentee], mentor
        self._moved.add(mentee)
        return before

    # --- somebody needs a place ---

    def _place(self, mentee: int) -> None:
        """Find the best place for a mentee without one, by moving others where that is worth it."""
        row, kept = self.row(mentee), mentee in self.pinned
        worth = {mentor: self.bonus + score - self.p[mentor] for mentor, score in row.items()}
        self.u[mentee] = start = max([*worth.values(), *([] if kept else [0])])
        # Where the chain may end: (cost, mentor, who is left without); nobody is placed when mentor is NOBODY.
        best: tuple[int, int, int] = (
            (start, NOBODY, NOBODY) if not kept else (4 * self.bonus + start**2, NOBODY, NOBODY)
        )
        cost: dict[int, int] = {}
        came: dict[int, int] = {}
        heap: list[tuple[int, int]] = []
        done: list[tuple[int, int]] = []
        self._reach(mentee, 0, best[0], cost, came, heap)
        while heap and heap[0][0] < best[0]:
            spent, mentor = heappop(heap)
            if spent > cost[mentor]:
                continue
            done.append((mentor, spent))
            if len(self.mates[mentor]) < self.capacity[mentor]:
                best = (spent, mentor, NOBODY)
                break
            for mate in self.mates[mentor] - self.pinned:
                if spent + self.u[mate] < best[0]:
                    best = (spent + self.u[mate], mentor, mate)
                self._reach(mate, spent, best[0], cost, came, heap)
        self._raise(done, best[0])
        self.u[mentee] = start - best[0]
        self._move_along(mentee, best[1], best[2], came)

    def _reach(
        self,
        mentee: int,
        spent: int,
        most: int,
        cost: dict[int, int],
        came: dict[int, int],
        heap: list[tuple[int, int]],
    ) -> None:
        """Note what it costs to move this mentee to each other mentor."""
        base = spent + self.u[mentee] - self.bonus
        for mentor, score in self.row(mentee).items():
            reached = base + self.p[mentor] - score
            if reached < most and reached < cost.get(mentor, reached + 1):
                cost[mentor], came[mentor] = reached, mentee
                heappush(heap, (reached, mentor))

    def _raise(self, done: list[tuple[int, int]], total: int) -> None:
        for mentor, spent in done:
            if spent < total:
                self.p[mentor] += total - spent
                for mate in self.mates[mentor]:
                    self.u[mate] -= total - spent

    def _move_along(self, mentee: int, end: int, dropped: int, came: dict[int, int]) -> None:
        if dropped != NOBODY:
            self.mates[end].discard(dropped)
            self._give(dropped, NOBODY)
            self.u[dropped] = 0
        while end != NOBODY:
            mover = came[end]
            before = self._give(mover, end)
            self.mates[end].add(mover)
            if before != NOBODY:
                self.mates[before].discard(mover)
            end = before if mover != mentee else NOBODY

    # --- a place is free ---

    def _fill(self, mentor: int) -> None:
        """Fill a place that has become free, or find out whose price must come down to nothing."""
        best, via = (self.p[mentor], mentor, NOBODY), dict[int, tuple[int, int]]()
        cost, heap, done = {mentor: 0}, [(0, mentor)], list[tuple[int, int]]()
        while heap and heap[0][0] < best[0]:
            spent, open_at = heappop(heap)
            if spent > cost[open_at]:
                continue
            done.append((open_at, spent))
            if spent + self.p[open_at] < best[0]:
                best = (spent + self.p[open_at], open_at, NOBODY)
            best = self._ask(open_at, spent, best, cost, via, heap)
        for open_at, spent in done:
            if spent < best[0]:
                self.p[open_at] -= best[0] - spent
                for mate in self.mates[open_at]:
                    self.u[mate] += best[0] - spent
        self._move_up(mentor, best, via)

    def _ask(
        self,
        open_at: int,
        spent: int,
        best: tuple[int, int, int],
        cost: dict[int, int],
        via: dict[int, tuple[int, int]],
        heap: list[tuple[int, int]],
    ) -> tuple[int, int, int]:
        """Ask everybody who may be with this mentor what their coming would cost; give the best end so far."""
        base = spent + self.p[open_at] - self.bonus
        for mentee, score in self._lists.column(open_at).items():
            now, reached = self.mentor_of[mentee], base + self.u[mentee] - score
            if not self.here[mentee] or now == open_at or reached >= best[0]:
                continue
            if now == NOBODY:
                best = (reached, open_at, mentee)
            elif reached < cost.get(now, reached + 1):
                cost[now], via[now] = reached, (mentee, open_at)
                heappush(heap, (reached, now))
        return best

    def _move_up(self, mentor: int, best: tuple[int, int, int], via: dict[int, tuple[int, int]]) -> None:
        _, end, newcomer = best
        if newcomer != NOBODY:
            self.mates[end].add(newcomer)
            self._give(newcomer, end)
            self.u[newcomer] = self.bonus + self.row(newcomer)[end] - self.p[end]
        while end != mentor:
            mover, to = via[end]
            self.mates[end].discard(mover)
            self.mates[to].add(mover)
            self._give(mover, to)
            end = to


class _Lists:
    """The known pairs by row and by column, as they were at first and as they have been changed since."""

    def __init__(self, pairs: Pairs, mentees: int, mentors: int) -> None:
        by_column = np.argsort(pairs.mentor, kind="stable")
        self._pairs, self._columns = pairs, pairs.take(by_column)
        self._row_starts = np.searchsorted(pairs.mentee, np.arange(mentees + 1))
        self._column_starts = np.searchsorted(self._columns.mentor, np.arange(mentors + 1))
        self._rows: dict[int, SparseRow] = {}
        self._column_of: dict[int, SparseRow] = {}

    def row(self, mentee: int) -> SparseRow:
        if mentee not in self._rows:
            own = (
                slice(*self._row_starts[[mentee, mentee + 1]].tolist())
                if mentee + 1 < len(self._row_starts)
                else slice(0)
            )
            self._rows[mentee] = dict(
                zip(self._pairs.mentor[own].tolist(), self._pairs.score[own].tolist(), strict=True)
            )
        return self._rows[mentee]

    def column(self, mentor: int) -> SparseRow:
        if mentor not in self._column_of:
            own = slice(self._column_starts[mentor], self._column_starts[mentor + 1])
            self._column_of[mentor] = dict(
                zip(self._columns.mentee[own].tolist(), self._columns.score[own].tolist(), strict=True)
            )
        return self._column_of[mentor]

    def set_row(self, mentee: int, row: SparseRow) -> None:
        for mentor in self.row(mentee):
            self.column(mentor).pop(mentee, None)
        for mentor, score in row.items():
            self.column(mentor)[mentee] = score
        self._rows[mentee] = row
