"""Pairs with their scores, as three columns: what every step of the assignment hands to the next.

n is the number of mentees, m that of mentors, k that of pairs; all numbers are whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Ints, Mask

NOBODY = -1
WORD = 63  # bits of a number that is not negative


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
        mentor_bits, score_bits = _bits(mentors), _bits(self.score.max(initial=0))
        if _bits(self.mentee.max(initial=0)) + mentor_bits + score_bits < WORD and self.score.min(initial=0) >= 0:
            # One sort of numbers that hold the whole pair: several times faster than an order to take by.
            packed = self.mentee << mentor_bits
            packed |= self.mentor
            packed <<= score_bits
            packed |= self.score
            packed.sort()
            packed = packed[np.diff(packed >> score_bits, prepend=-1) > 0]
            key = packed >> score_bits
            return Pairs(key >> mentor_bits, key & (1 << mentor_bits) - 1, packed & (1 << score_bits) - 1)
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


def empty_pairs() -> Pairs:
    """Give no pair at all."""
    none = np.empty(0, np.int64)
    return Pairs(none, none, none)


def concatenated(parts: Sequence[Pairs]) -> Pairs:
    """Give the pairs of all parts, one part after the other."""
    if not parts:
        return empty_pairs()
    return Pairs(
        np.concatenate([part.mentee for part in parts]),
        np.concatenate([part.mentor for part in parts]),
        np.concatenate([part.score for part in parts]),
    )


def best_per_mentee(mentee: Ints, value: Ints, most: int) -> Ints:
    """Give the places of up to `most` entries of each mentee with the highest values, in order; ties anyhow."""
    if not len(mentee):
        return np.empty(0, np.int64)
    highest, place_bits = int(value.max()), _bits(len(mentee))
    value_bits = _bits(highest - int(value.min()))
    if _bits(mentee.max()) + value_bits + place_bits < WORD:
        # As above: who, how far from the highest, and where it stands, in one number.
        packed = mentee << value_bits
        packed |= highest - value
        packed <<= place_bits
        packed |= np.arange(len(mentee))
        packed.sort()
        order, owner = packed & (1 << place_bits) - 1, packed >> (value_bits + place_bits)
    else:
        order = np.lexsort((-value, mentee))
        owner = mentee[order]
    # Whoever stands `most` places further up belongs to somebody else, or nobody.
    kept = np.ones(len(order), bool)
    kept[most:] = owner[most:] != owner[:-most]
    return np.sort(order[kept])


def _bits(largest: int) -> int:
    """Give how many bits hold the numbers from 0 to the largest."""
    return int(largest).bit_length()


def in_sorted(keys: Ints, pool: Ints) -> Mask:
    """Say which keys are in the sorted `pool`. Shape of `keys`."""
    if not len(pool):
        return np.zeros(len(keys), bool)
    place = np.minimum(np.searchsorted(pool, keys), len(pool) - 1)
    found: Mask = pool[place] == keys
    return found
