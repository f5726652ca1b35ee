"""Hashes of ids that are the same in every process: they decide between equals, whatever order people are given in."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from matching.engine.arrays import Hashes
from matching.engine.facts.cards import Id


def stable_hashes(ids: Sequence[Id]) -> Hashes:
    """Give a 64-bit hash of each id that is the same in every process and on every machine. Shape (m,)."""
    return np.array(
        [int.from_bytes(blake2b(str(each).encode(), digest_size=8).digest(), "big") for each in ids],
        np.uint64,
    )


def tie_break_order(mentee: Id, mentors: Hashes) -> Hashes:
    """Give what decides between equal scores, smaller first: another order for each mentee. Shape (m,)."""
    return scrambled(mentors ^ stable_hashes([mentee]))


def scrambled(hashes: Hashes) -> Hashes:
    """Give each hash scrambled once more, so that combined ones are independent. Shape of `hashes`."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * np.uint64(factor)
    return hashes ^ (hashes >> np.uint64(31))
