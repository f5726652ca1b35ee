"""Hashes of ids that decide between equals, so that the order in which people are given never does."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from matching.engine.arrays import Hashes
from matching.engine.facts.cards import Id


def stable_hashes(ids: Sequence[Id]) -> Hashes:
    """Give a 64-bit hash of each id, the same in every process and on every machine. Shape of `ids`."""
    return np.array(
        [int.from_bytes(blake2b(str(person).encode(), digest_size=8).digest(), "big") for person in ids],
        np.uint64,
    )


def tie_break_order(mentee: Id, mentors: Hashes) -> Hashes:
    """Give a key for each mentor that orders equal scores, smallest first, for this mentee. Shape (m,)."""
    return scrambled(mentors ^ stable_hashes([mentee]))


def scrambled(hashes: Hashes) -> Hashes:
    """Give the hashes with their bits mixed, so that combinations of hashes are independent. Shape of `hashes`.

    The mixing function is that of SplitMix64 (G. L. Steele, D. Lea, C. H. Flood: Fast splittable pseudorandom
    number generators, 2014).
    """
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * np.uint64(factor)
    return hashes ^ (hashes >> np.uint64(31))
