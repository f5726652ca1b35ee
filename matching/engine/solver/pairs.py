"""Pairs with their scores as three arrays: what every step of the assignment hands to the next.

n is the number of mentees, m that of mentors, k that of pairs. All numbers are integers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Ints, Mask

NOBODY = -1  # instead of a mentor's or mentee's number
WORD_BITS = 63  # of a 64-bit integer that is not negative


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs and their scores: `mentee` and `mentor` are row and column numbers, `score` points. Each of shape (k,)."""

    mentee: Ints
    mentor: Ints
    score: Ints

    def __len__(self) -> int:
        return len(self.mentee)

    def take(self, which: Ints | Mask) -> "Pairs":
        """Give the pairs at these positions, or where the mask is true."""
        return Pairs(self.mentee[which], self.mentor[which], self.score[which])

    def keys(self, mentor_count: int) -> Ints:
        """Give one number for each pair: mentee · mentor_count + mentor. Shape (k,)."""
        return self.mentee * mentor_count + self.mentor

    def sorted(self, mentor_count: int) -> "Pairs":
        """Give the pairs sorted by mentee, then mentor, without duplicates."""
        mentor_bits, score_bits = _bit_length(mentor_count), _bit_length(self.score.max(initial=0))
        bits = _bit_length(self.mentee.max(initial=0)) + mentor_bits + score_bits
        if bits < WORD_BITS and self.score.min(initial=0) >= 0:
            # Sorting integers that hold the whole pair is several times faster than `argsort` and `take`.
            packed = self.mentee << mentor_bits
            packed |= self.mentor
            packed <<= score_bits
            packed |= self.score
            packed.sort()
            packed = packed[np.diff(packed >> score_bits, prepend=-1) > 0]
            key = packed >> score_bits
            return Pairs(key >> mentor_bits, key & (1 << mentor_bits) - 1, packed & (1 << score_bits) - 1)
        keys = self.keys(mentor_count)
        order = np.argsort(keys)
        return self.take(order[np.diff(keys[order], prepend=-1) > 0])

    def merged(self, new: "Pairs", mentor_count: int) -> "Pairs":
        """Give these pairs, which must be sorted, with the new ones, none of which may be here, sorted together."""
        new = new.sorted(mentor_count)
        positions = np.searchsorted(self.keys(mentor_count), new.keys(mentor_count))
        return Pairs(
            np.insert(self.mentee, positions, new.mentee),
            np.insert(self.mentor, positions, new.mentor),
            np.insert(self.score, positions, new.score),
        )


def empty_pairs() -> Pairs:
    """Give no pair at all."""
    empty = np.empty(0, np.int64)
    return Pairs(empty, empty, empty)


def concatenated(parts: Sequence[Pairs]) -> Pairs:
    """Give the pairs of all parts, one part after the other."""
    if not parts:
        return empty_pairs()
    return Pairs(
        np.concatenate([part.mentee for part in parts]),
        np.concatenate([part.mentor for part in parts]),
        np.concatenate([part.score for part in parts]),
    )


def best_per_mentee(mentee: Ints, value: Ints, limit: int) -> Ints:
    """Give the positions, ascending, of each mentee's entries with the highest values, `limit` at most.

    `mentee` and `value` have shape (k,). Which of several equal values are taken is not specified.
    """
    if not len(mentee):
        return np.empty(0, np.int64)
    highest, position_bits = int(value.max()), _bit_length(len(mentee))
    value_bits = _bit_length(highest - int(value.min()))
    if _bit_length(mentee.max()) + value_bits + position_bits < WORD_BITS:
        # As in `sorted`: mentee, distance from the highest value, and position in one integer.
        packed = mentee << value_bits
        packed |= highest - value
        packed <<= position_bits
        packed |= np.arange(len(mentee))
        packed.sort()
        order, owner = packed & (1 << position_bits) - 1, packed >> (value_bits + position_bits)
    else:
        order = np.lexsort((-value, mentee))
        owner = mentee[order]
    # An entry is within its mentee's limit when the entry `limit` positions earlier is another mentee's.
    kept = np.ones(len(order), bool)
    kept[limit:] = owner[limit:] != owner[:-limit]
    return np.sort(order[kept])


def _bit_length(largest: int) -> int:
    """Give how many bits hold the numbers from 0 to the largest."""
    return int(largest).bit_length()


def in_sorted(keys: Ints, sorted_keys: Ints) -> Mask:
    """Say which of the keys are among the sorted ones. Shape of `keys`."""
    if not len(sorted_keys):
        return np.zeros(len(keys), bool)
    position = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    found: Mask = sorted_keys[position] == keys
    return found
