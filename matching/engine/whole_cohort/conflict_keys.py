"""Which pairs share an organisation or family in roles that a rule forbids, for many pairs at once.

Each rule about organisations says: something in one role on this side equals something in another role on that
side. So everybody carries conflict keys, (meaning, id), such that a mentee and a mentor share a key exactly when such
a rule excludes them. `facts.rules.TABLE` is the definition; a test holds both to the same answers.
"""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from matching.engine.arrays import Ints, Mask, ranges
from matching.engine.facts.cards import NO_IDS, Card, Id, Ids, MenteeCard, MentorCard, Rules
from matching.engine.facts.rules import COMPETITORS
from matching.engine.solver.pairs import Pairs
from matching.engine.whole_cohort.columns import RaggedArray

# A key's meaning: who among the mentors carries it, and who among the mentees.
#   employer    the mentor works there              the mentee works there
#   home        it is a family of the mentor        it is a family of the mentee, or one that the mentee must avoid
#   avoided     the mentor must avoid it            it is a family of the mentee
#   seat        the mentor has a tie there          the mentee never wants anybody of it, or it competes
#   table       the mentor has a tie there          so does the mentee
#   unwanted    the mentor never wants it, or it competes   the mentee has a tie there
ConflictKey: TypeAlias = tuple[str, Id]

MENTEES_PER_BLOCK = 512
TABLE_UP_TO = 1 << 17  # pairs: the answers for so few are kept in one table


def mentor_conflict_keys(mentor: MentorCard, rules: Rules) -> Iterator[ConflictKey]:
    """Give the mentor's conflict keys under a cohort's rules; some may come twice."""
    yield from _keys("employer", mentor.organisations)
    yield from _keys("home", mentor.families)
    yield from _keys("avoided", _families_to_avoid(mentor, rules))
    yield from _keys("seat", mentor.current_ties)
    yield from _keys("table", mentor.current_ties)
    yield from _keys("unwanted", _families_without_ties(mentor, rules))


def mentee_conflict_keys(mentee: MenteeCard, rules: Rules) -> Iterator[ConflictKey]:
    """Give the mentee's conflict keys under a cohort's rules; some may come twice."""
    yield from _keys("employer", mentee.organisations)
    yield from _keys("home", mentee.families | _families_to_avoid(mentee, rules))
    yield from _keys("avoided", mentee.families)
    yield from _keys("seat", _families_without_ties(mentee, rules))
    yield from _keys("table", mentee.current_ties)
    yield from _keys("unwanted", mentee.current_ties)


def _families_to_avoid(card: Card, rules: Rules) -> Ids:
    return card.current_ties | card.former_families | _families_without_ties(card, rules)


def _families_without_ties(card: Card, rules: Rules) -> Ids:
    """Families to which the other must not even have a tie."""
    return card.never_with_families | (NO_IDS if COMPETITORS.relaxed(rules) else card.competitor_families)


def _keys(meaning: str, ids: Ids) -> Iterator[ConflictKey]:
    return ((meaning, organisation) for organisation in ids)


class ConflictLookup:
    """Looks up whether pairs of people share a conflict key."""

    def __init__(self, mentees: RaggedArray, mentors: RaggedArray) -> None:
        """Take the keys, as integers, of the mentees and of the mentors."""
        # Only keys that occur on both sides can be shared: number those anew.
        common = np.intersect1d(mentees.values, mentors.values)
        self._mentees, self._mentors = _restricted(mentees, common), _restricted(mentors, common)
        self._key_count = len(common)
        self._table = self._all_pairs() if len(mentees.sizes) * len(mentors.sizes) <= TABLE_UP_TO else None

    def _all_pairs(self) -> Mask:
        """Say for each mentee and mentor whether they share a key. Shape (n, m)."""
        sides = self._mentees, self._mentors
        carried = [np.zeros((len(keys.sizes), self._key_count), np.float32) for keys in sides]
        for table, keys in zip(carried, sides, strict=True):
            table[keys.rows, keys.values] = 1
        shared: Mask = carried[0] @ carried[1].T > 0
        return shared

    def shared(self, pairs: Pairs) -> Mask:
        """Say for each pair whether the two share a key. Fastest when few mentees occur. Shape (k,)."""
        if self._table is not None:
            looked_up: Mask = self._table[pairs.mentee, pairs.mentor]
            return looked_up
        shared = np.zeros(len(pairs), bool)
        if not self._key_count:
            return shared
        occurs = np.zeros(len(self._mentees.sizes), bool)
        occurs[pairs.mentee] = True
        mentees, row = np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[pairs.mentee]
        for start in range(0, len(mentees), MENTEES_PER_BLOCK):
            block = mentees[start : start + MENTEES_PER_BLOCK]
            in_block = np.flatnonzero((row >= start) & (row < start + MENTEES_PER_BLOCK))
            shared[in_block] = self._shared_in_block(block, row[in_block] - start, pairs.mentor[in_block])
        return shared

    def _shared_in_block(self, mentees: Ints, row: Ints, mentor: Ints) -> Mask:
        """Say for each pair (mentees[row], mentor) whether the two share a key. Shape of `row`."""
        carried = self._carried_by(mentees)
        shared = np.zeros(len(row), bool)
        # Few mentors carry many keys: test everybody's first key, then the second of those who have one, and so on.
        pending, number = np.flatnonzero(self._mentors.sizes[mentor]), 0
        offset = row[pending] * self._key_count
        start, size = self._mentors.starts[mentor[pending]], self._mentors.sizes[mentor[pending]]
        while len(pending):
            hit = carried[offset + self._mentors.values[start + number]]
            shared[pending[hit]] = True
            number += 1
            more = np.flatnonzero((size > number) & ~hit)
            pending, offset, start, size = pending[more], offset[more], start[more], size[more]
        return shared

    def _carried_by(self, mentees: Ints) -> Mask:
        """Say for each of these mentees and each key whether the mentee carries it. Shape (mentees · keys,)."""
        carried = np.zeros(len(mentees) * self._key_count, bool)
        offset = np.repeat(np.arange(len(mentees)) * self._key_count, self._mentees.sizes[mentees])
        positions = ranges(self._mentees.starts[mentees], self._mentees.starts[mentees + 1])
        carried[offset + self._mentees.values[positions]] = True
        return carried


def _restricted(keys: RaggedArray, common: Ints) -> RaggedArray:
    """Give the keys that are among the sorted `common` ones, as positions there."""
    position = np.searchsorted(common, keys.values)
    kept = position < len(common)
    kept[kept] = common[position[kept]] == keys.values[kept]
    starts = np.zeros(len(keys.starts), np.int64)
    np.cumsum(np.bincount(keys.rows[kept], minlength=len(keys.starts) - 1), out=starts[1:])
    return RaggedArray(starts, position[kept])
