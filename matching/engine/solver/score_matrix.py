"""The score matrix that the search reads tile by tile, without ever holding all of it."""

from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Ints
from matching.engine.solver.pairs import Pairs, empty_pairs, in_sorted
from matching.engine.solver.validation import CheckedScores

Tile: TypeAlias = NDArray[np.float32]

NOT_ALLOWED = -1  # instead of a score


class ScoreMatrix(Protocol):
    """The scores of n mentees (rows) with m mentors (columns). 32-bit floats hold every integer to 2²⁴ exactly.

    The score of a pair has two parts: the base score, which tiles give, and a lift for some pairs, 0 or more. Rules
    that exclude pairs are applied after the tiles, to the few pairs that matter.
    """

    @property
    def shape(self) -> tuple[int, int]:
        """(n, m)."""
        ...

    def locality_order(self, rows: Ints) -> Ints:
        """Give the same rows in an order in which a tile of neighbours costs least."""
        ...

    def tile(self, rows: Ints, columns: slice | Ints, out: Tile) -> Tile:
        """Give the base scores of these mentees with these mentors; negative: not allowed.

        `columns` is a slice or numbers. `out` is scratch memory of at least that size, which the answer may use.
        Shape (rows, columns).
        """
        ...

    def allowed_pairs(self, pairs: Pairs) -> Pairs:
        """Give those of the pairs, which carry base scores, that no rule excludes, with their scores."""
        ...

    def pair_scores(self, mentee: Ints, mentor: Ints) -> Ints:
        """Give the score of each of these pairs, −1 where not allowed. Shape (k,)."""
        ...

    def lifted_pairs(self) -> Pairs:
        """Give all allowed pairs whose score exceeds the base score, with their scores."""
        ...


class StoredScoreMatrix:
    """The matrix over scores that are in memory already, dense or as a list of pairs."""

    def __init__(self, checked: CheckedScores) -> None:
        self.shape = (checked.mentee_count, checked.mentor_count)
        self._dense, self._pairs = checked.dense, checked.pairs
        self._starts = np.searchsorted(checked.pairs.mentee, np.arange(checked.mentee_count + 1))

    def locality_order(self, rows: Ints) -> Ints:
        """Give the rows as they are: every order costs the same."""
        return rows

    def tile(self, rows: Ints, columns: slice | Ints, out: Tile) -> Tile:
        """Give the scores of these mentees with these mentors. Shape (rows, columns)."""
        if self._dense is not None:
            return _copied(self._dense[rows][:, columns], out)
        scores = np.full((len(rows), self.shape[1]), NOT_ALLOWED, np.float32)
        for index, row in enumerate(rows):
            entries = slice(self._starts[row], self._starts[row + 1])
            scores[index, self._pairs.mentor[entries]] = self._pairs.score[entries]
        return _copied(scores[:, columns], out)

    def allowed_pairs(self, pairs: Pairs) -> Pairs:
        """Give the pairs as they are: the stored scores say already what is allowed."""
        return pairs

    def pair_scores(self, mentee: Ints, mentor: Ints) -> Ints:
        """Give the score of each of these pairs, −1 where not allowed. Shape (k,)."""
        if self._dense is not None:
            return self._dense[mentee, mentor].astype(np.int64)
        keys, wanted = self._pairs.keys(self.shape[1]), mentee * self.shape[1] + mentor
        scores = np.full(len(wanted), NOT_ALLOWED, np.int64)
        stored = in_sorted(wanted, keys)
        scores[stored] = self._pairs.score[np.searchsorted(keys, wanted[stored])]
        return scores

    def lifted_pairs(self) -> Pairs:
        """Give none: the stored scores are complete."""
        return empty_pairs()


def _copied(scores: NDArray[Any], out: Tile) -> Tile:
    tile = out.reshape(-1)[: scores.size].reshape(scores.shape)
    tile[:] = scores
    return tile
