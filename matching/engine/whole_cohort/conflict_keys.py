"""Which pairs share an organisation or family in roles that a rule forbids, for many pairs at once.

Each rule about organisations says: something in one role on this side equals something in another role on
that side. So everybody carries marks, (meaning, id), such that a mentee and a mentor share a mark exactly
when a rule stands between them. `rules.TABLE` is the definition; a test holds both to the same verdicts.
"""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from matching.engine.arrays import Ints, Mask, ranges
from matching.engine.facts.cards import Card, Id, Ids, MenteeCard, MentorCard, Rules
from matching.engine.facts.rules import COMPETITORS
from matching.engine.solver.pairs import Pairs
from matching.engine.whole_cohort.columns import RaggedArray

ConflictKey: TypeAlias = tuple[str, Id]

# What a mentor's marks mean, and who carries the same mark among mentees:
#   employer    the mentor works there          so does the mentee
#   home        of the mentor's own families    it is the mentee's own, or one the mentee must avoid
#   avoided     the mentor must avoid it        it is the mentee's own
#   seat        the mentor has a tie there      the mentee never wants anybody of it
#   unwanted    the mentor never wants it       the mentee has a tie there
MEANINGS = ("employer", "home", "avoided", "seat", "unwanted")
ROWS = 512
TABLE_UP_TO = 1 << 17  # pairs, looked up in one table


def mentor_conflict_keys(mentor: MentorCard, rules: Rules) -> Iterator[ConflictKey]:
    """Give the mentor's marks, perhaps some twice."""
    yield from _marks("employer", mentor.organisations)
    yield from _marks("home", mentor.families)
    yield from _marks("avoided", _avoided(mentor, rules))
    yield from _marks("seat", mentor.current_ties)
    yield from _marks("unwanted", mentor.never_with_families)


def mentee_conflict_keys(mentee: MenteeCard, rules: Rules) -> Iterator[ConflictKey]:
    """Give the mentee's marks, perhaps some twice."""
    yield from _marks("employer", mentee.organisations)
    yield from _marks("home", mentee.families | _avoided(mentee, rules))
    yield from _marks("avoided", mentee.families)
    yield from _marks("seat", mentee.never_with_families)
    yield from _marks("unwanted", mentee.current_ties)


def _avoided(card: Card, rules: Rules) -> Ids:
    avoided = card.current_ties | card.former_families | card.never_with_families
    return avoided if COMPETITORS.relaxed(rules) else avoided | card.competitor_families


def _marks(meaning: str, ids: Ids) -> Iterator[ConflictKey]:
    return ((meaning, each) for each in ids)


class ConflictLookup:
    """Looks up for pairs of people whether they share a mark."""

    def __init__(self, mentees: RaggedArray, mentors: RaggedArray) -> None:
        # Only marks that both sides carry can be shared: number those anew.
        common = np.intersect1d(mentees.values, mentors.values)
        self._mentees, self._mentors = _only(mentees, common), _only(mentors, common)
        self._marks = len(common)
        self._table = self._all_pairs() if len(mentees.sizes) * len(mentors.sizes) <= TABLE_UP_TO else None

    def _all_pairs(self) -> Mask:
        """Say for each mentee and mentor whether they share a mark. Shape (n, m)."""
        carried = [np.zeros((len(bag.sizes), self._marks), np.float32) for bag in (self._mentees, self._mentors)]
        for table, bag in zip(carried, (self._mentees, self._mentors), strict=True):
            table[bag.owners, bag.values] = 1
        found: Mask = carried[0] @ carried[1].T > 0
        return found

    def shared(self, pairs: Pairs) -> Mask:
        """Say for each pair whether the two share a mark. Quickest when few mentees are concerned. Shape (k,)."""
        if self._table is not None:
            known: Mask = self._table[pairs.mentee, pairs.mentor]
            return known
        shared = np.zeros(len(pairs), bool)
        if not self._marks:
            return shared
        concerned = np.zeros(len(self._mentees.sizes), bool)
        concerned[pairs.mentee] = True
        people, row = np.flatnonzero(concerned), (np.cumsum(concerned) - 1)[pairs.mentee]
        for start in range(0, len(people), ROWS):
            block = people[start : start + ROWS]
            here = np.flatnonzero((row >= start) & (row < start + ROWS))
            shared[here] = self._shared(block, row[here] - start, pairs.mentor[here])
        return shared

    def _shared(self, block: Ints, row: Ints, mentor: Ints) -> Mask:
        carried = np.zeros(len(block) * self._marks, bool)
        sizes = self._mentees.sizes[block]
        own = np.repeat(np.arange(len(block)) * self._marks, sizes)
        carried[own + self._mentees.values[_spread(self._mentees, block)]] = True
        found = np.zeros(len(row), bool)
        # Few carry many marks: ask about everybody's first one, then those who have a second one, and so on.
        left, place = np.flatnonzero(self._mentors.sizes[mentor]), 0
        own, first, sizes = (
            row[left] * self._marks,
            self._mentors.starts[mentor[left]],
            self._mentors.sizes[mentor[left]],
        )
        while len(left):
            hit = carried[own + self._mentors.values[first + place]]
            found[left[hit]] = True
            place += 1
            more = np.flatnonzero((sizes > place) & ~hit)
            left, own, first, sizes = left[more], own[more], first[more], sizes[more]
        return found


def _only(bag: RaggedArray, values: Ints) -> RaggedArray:
    place = np.searchsorted(values, bag.values)
    kept = place < len(values)
    kept[kept] = values[place[kept]] == bag.values[kept]
    starts = np.zeros(len(bag.starts), np.int64)
    np.cumsum(np.bincount(bag.owners[kept], minlength=len(bag.starts) - 1), out=starts[1:])
    return RaggedArray(starts, place[kept])


def _spread(bag: RaggedArray, people: Ints) -> Ints:
    return ranges(bag.starts[people], bag.starts[people + 1])
