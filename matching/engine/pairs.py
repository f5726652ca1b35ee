"""Pairs with their scores, as three columns: what every step of the assignment hands to the next.

n is the number of mentees, m that of mentors, k that of pairs; all numbers are whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

NOBODY = -1


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs and their scores: `mentee` and `mentor` are row numbers, `score` points. Each of shape (k,)."""

    mentee: Ints
    mentor: Ints
    score: Ints

    def __len__(self) -> int:
        return len(self.mentee)

    def take(self, which: Ints | Mask) -> "Pairs":
        """Give the pairs at these places, or where the mask is true."""
        return Pairs(self.mentee[which], self.mentor[which], self.score[which])

    def keys(self, mentors: int) -> Ints:
        """Give one number for each pair, mentee · mentors + mentor. Shape (k,)."""
        return self.mentee * mentors + self.mentor

    def sorted(self, mentors: int) -> "Pairs":
        """Give the pairs by mentee, then mentor, each once."""
        keys = self.keys(mentors)
        order = np.argsort(keys)
        return self.take(order[np.diff(keys[order], prepend=-1) > 0])

    def merged(self, new: "Pairs", mentors: int) -> "Pairs":
        """Give these pairs, which are sorted, with the new ones, none of which is here, in their places."""
        new = new.sorted(mentors)
        places = np.searchsorted(self.keys(mentors), new.keys(mentors))
        return Pairs(
            np.insert(self.mentee, places, new.mentee),
            np.insert(self.mentor, places, new.mentor),
            np.insert(self.score, places, new.score),
        )


def no_pairs() -> Pairs:
    """Give no pair at all."""
    none = np.empty(0, np.int64)
    return Pairs(none, none, none)


def joined(parts: Sequence[Pairs]) -> Pairs:
    """Give the pairs of all parts, one part after the other."""
    if not parts:
        return no_pairs()
    return Pairs(
        np.concatenate([part.mentee for part in parts]),
        np.concatenate([part.mentor for part in parts]),
        np.concatenate([part.score for part in parts]),
    )


def best_of_each(mentee: Ints, value: Ints, most: int) -> Ints:
    """Give the places of up to `most` entries of each mentee with the highest values; ties anyhow."""
    if not len(mentee):
        return np.empty(0, np.int64)
    span = int(value.max()) - int(value.min()) + 1
    if (int(mentee.max()) + 1) * span < 1 << 63:
        order = np.argsort(mentee * span + (value.max() - value))  # one sort of numbers: several times faster
    else:
        order = np.lexsort((-value, mentee))
    sorted_mentee = mentee[order]
    first = np.flatnonzero(np.diff(sorted_mentee, prepend=-1))
    rank = np.arange(len(order)) - np.repeat(first, np.diff(first, append=len(order)))
    return np.sort(order[rank < most])


def among(keys: Ints, pool: Ints) -> Mask:
    """Say which keys are in the sorted `pool`. Shape of `keys`."""
    if not len(pool):
        return np.zeros(len(keys), bool)
    place = np.minimum(np.searchsorted(pool, keys), len(pool) - 1)
    found: Mask = pool[place] == keys
    return found
