"""Two sides of people as columns: what the scan needs of them, made from cards or given straight.

n is the number of mentees, m that of mentors. A `Bag` holds any number of small numbers for each person, a
`Facts` column one of few distinct values.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.engine.arrays import Hashes, Ints, Mask
from matching.engine.facts.cards import Id


@dataclass(frozen=True, eq=False)
class RaggedArray:
    """Numbers held by people: person i holds values[starts[i]:starts[i + 1]], in order. `starts`: (people + 1,)."""

    starts: Ints
    values: Ints

    @staticmethod
    def of(rows: Iterable[Sequence[int]]) -> "RaggedArray":
        """Make a bag of what each person holds."""
        rows = list(rows)
        starts = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(row) for row in rows], out=starts[1:])
        return RaggedArray(starts, np.array([value for row in rows for value in row], np.int64))

    @property
    def sizes(self) -> Ints:
        """Give how many each person holds. Shape (people,)."""
        return np.diff(self.starts)

    @property
    def owners(self) -> Ints:
        """Give the person of each value. Shape of `values`."""
        return np.repeat(np.arange(len(self.starts) - 1), self.sizes)

    @property
    def ranks(self) -> Ints:
        """Give the place of each value among its owner's, from 0. Shape of `values`."""
        return np.arange(len(self.values)) - np.repeat(self.starts[:-1], self.sizes)


@dataclass(frozen=True, eq=False)
class Categorical:
    """One value for each person: values[of[i]]. `of` has shape (people,)."""

    of: Ints
    values: Sequence[Any]

    @staticmethod
    def from_values(column: Iterable[Hashable]) -> "Categorical":
        """Make the column, each distinct value once, in the order met."""
        numbers: dict[Hashable, int] = {}
        of = [numbers.setdefault(value, len(numbers)) for value in column]
        return Categorical(np.array(of, np.int64), tuple(numbers))


@dataclass(frozen=True, kw_only=True, eq=False)
class PeopleColumns:
    """What both sides have; None or an empty set among the values: not said.

    ids         opaque and stable
    hashes      a stable hash of each id, which decides between equals. Shape (people,)
    function    Facts of text or None
    seniority   Facts of a level or None
    languages   Facts of frozensets
    hours       Facts of weeks as whole numbers, as `weekly_slots` gives them, or None
    marks       a Bag of numbers that stand for organisations and families in one of their roles, see
                `exclusions`: whoever shares one may not be paired
    """

    ids: Sequence[Id]
    hashes: Hashes
    function: Categorical
    seniority: Categorical
    languages: Categorical
    hours: Categorical
    conflict_keys: RaggedArray


@dataclass(frozen=True, kw_only=True, eq=False)
class MenteeColumns(PeopleColumns):
    """The mentees' side.

    aims, challenges    Bags of topic numbers, first things first
    industry            Facts of (wish, frozenset of industries)
    let_down            who is first in line. Shape (n,)
    """

    aims: RaggedArray
    challenges: RaggedArray
    industry: Categorical
    let_down: Mask


@dataclass(frozen=True, kw_only=True, eq=False)
class MentorColumns(PeopleColumns):
    """The mentors' side.

    expertise, depth    a Bag of topic numbers, none twice, and the depth 1, 2 or 3 of each of its values
    industry            Facts of frozensets of industries
    places              open places; 0 for whoever cannot be asked. Shape (m,)
    """

    expertise: RaggedArray
    depth: Ints
    industry: Categorical
    places: Ints


@dataclass(frozen=True, eq=False)
class PairOverrides:
    """Pairs that concern two particular people: columns of shape (k,), no pair twice.

    lift        twelfths that wishes add to the neutral half
    refused     the pair may not be made
    waived      it may, in spite of shared marks; of what is neither, marks decide
    """

    mentee: Ints
    mentor: Ints
    lift: Ints
    refused: Mask
    waived: Mask

    def but_not(self, mentee: Ints, mentor: Ints, mentors: int) -> "PairOverrides":
        """Give the links with these pairs refused as well. `mentors` is how many there are."""
        mine, theirs = self.mentee * mentors + self.mentor, mentee * mentors + mentor
        new = np.setdiff1d(theirs, mine)
        keys, nothing = np.concatenate([mine, new]), np.zeros(len(new), bool)
        refused = np.concatenate([self.refused, nothing]) | np.isin(keys, theirs)
        waived = np.concatenate([self.waived, nothing]) & ~refused
        lift = np.concatenate([self.lift, np.zeros(len(new), np.int64)])
        return PairOverrides(keys // mentors, keys % mentors, lift, refused, waived)


@dataclass(frozen=True, eq=False)
class CohortColumns:
    """Everybody there is to match: both sides, and what links two of them by name."""

    mentees: MenteeColumns
    mentors: MentorColumns
    overrides: PairOverrides
