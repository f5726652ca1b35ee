"""What the search looks at: every pair's score, a tile at a time, without ever holding them all."""

from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Ints
from matching.engine.solver.pairs import Pairs, empty_pairs, in_sorted
from matching.engine.solver.validation import CheckedScores

Tile: TypeAlias = NDArray[np.float32]

NOT_ALLOWED = -1


class ScoreMatrix(Protocol):
    """The scores of n mentees with m mentors. 32-bit floats hold every whole number to 2²⁴ exactly."""

    @property
    def shape(self) -> tuple[int, int]:
        """(n, m)."""
        ...

    def order(self, rows: Ints) -> Ints:
        """Give the same rows in an order in which neighbours share work."""
        ...

    def tile(self, rows: Ints, columns: slice | Ints, out: Tile) -> Tile:
        """Give the scores of these mentees with these mentors, rules and wishes aside; negative: not allowed.

        `columns` is a slice or numbers. `out` is scratch of at least that size, which the answer may use. Shape
        (rows, columns).
        """
        ...

    def confirmed(self, pairs: Pairs) -> Pairs:
        """Give those of the pairs that no rule excludes, with all of their score."""
        ...

    def scores(self, mentee: Ints, mentor: Ints) -> Ints:
        """Give the score of each of these pairs, −1 where not allowed. Shape (k,)."""
        ...

    def named(self) -> Pairs:
        """Give the allowed pairs whose score is above what a tile says: they are always looked at."""
        ...


class StoredScoreMatrix:
    """The board over a table that is in memory already, dense or as a list of pairs."""

    def __init__(self, table: CheckedScores) -> None:
        self.shape = (table.mentees, table.mentors)
        self._dense, self._listed = table.dense, table.listed
        self._starts = np.searchsorted(table.listed.mentee, np.arange(table.mentees + 1))

    def order(self, rows: Ints) -> Ints:
        """Give the rows as they are."""
        return rows

    def tile(self, rows: Ints, columns: slice | Ints, out: Tile) -> Tile:
        """Give the scores of these mentees with these mentors."""
        if self._dense is not None:
            return _into(out, self._dense[rows][:, columns])
        whole = np.full((len(rows), self.shape[1]), NOT_ALLOWED, np.float32)
        for place, row in enumerate(rows):
            own = slice(self._starts[row], self._starts[row + 1])
            whole[place, self._listed.mentor[own]] = self._listed.score[own]
        return _into(out, whole[:, columns])

    def confirmed(self, pairs: Pairs) -> Pairs:
        """Give the pairs as they are: no rule is hidden in a table."""
        return pairs

    def scores(self, mentee: Ints, mentor: Ints) -> Ints:
        """Give the score of each of these pairs, −1 where not allowed. Shape (k,)."""
        if self._dense is not None:
            return self._dense[mentee, mentor].astype(np.int64)
        keys, wanted = self._listed.keys(self.shape[1]), mentee * self.shape[1] + mentor
        found = np.full(len(wanted), NOT_ALLOWED, np.int64)
        here = in_sorted(wanted, keys)
        found[here] = self._listed.score[np.searchsorted(keys, wanted[here])]
        return found

    def named(self) -> Pairs:
        """Give none."""
        return empty_pairs()


def _into(out: Tile, scores: NDArray[Any]) -> Tile:
    tile = out.reshape(-1)[: scores.size].reshape(scores.shape)
    tile[:] = scores
    return tile
