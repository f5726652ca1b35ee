"""A cohort's people as columns, instead of a card each: what the score matrix is computed from.

n is the number of mentees, m that of mentors.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.engine.arrays import Hashes, Ints, Mask
from matching.engine.facts.cards import Id


@dataclass(frozen=True, eq=False)
class RaggedArray:
    """Rows of integers of different lengths: row i is values[starts[i]:starts[i + 1]]. `starts`: shape (rows + 1,)."""

    starts: Ints
    values: Ints

    @staticmethod
    def from_rows(rows: Iterable[Sequence[int]]) -> "RaggedArray":
        """Make the array of these rows."""
        rows = list(rows)
        starts = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(row) for row in rows], out=starts[1:])
        return RaggedArray(starts, np.array([value for row in rows for value in row], np.int64))

    @property
    def sizes(self) -> Ints:
        """The length of each row. Shape (rows,)."""
        return np.diff(self.starts)

    @property
    def rows(self) -> Ints:
        """The row of each value. Shape of `values`."""
        return np.repeat(np.arange(len(self.starts) - 1), self.sizes)

    @property
    def positions(self) -> Ints:
        """The position of each value in its row, from 0. Shape of `values`."""
        return np.arange(len(self.values)) - np.repeat(self.starts[:-1], self.sizes)


@dataclass(frozen=True, eq=False)
class Categorical:
    """A column with few distinct values: row i holds categories[codes[i]]. `codes`: shape (rows,)."""

    codes: Ints
    categories: Sequence[Any]

    @staticmethod
    def from_values(values: Iterable[Hashable]) -> "Categorical":
        """Make the column; categories are numbered in the order in which they first occur."""
        code_of: dict[Hashable, int] = {}
        codes = [code_of.setdefault(value, len(code_of)) for value in values]
        return Categorical(np.array(codes, np.int64), tuple(code_of))


@dataclass(frozen=True, kw_only=True, eq=False)
class PeopleColumns:
    """The columns that both sides have. None or an empty set among the values: not known.

    ids             opaque and stable
    hashes          `stable_hashes` of the ids, which decide between equals. Shape (people,)
    function        categories are text or None
    seniority       categories are levels or None
    languages       categories are frozensets
    hours           categories are weeks as `weekly_slots` gives them, or None
    conflict_keys   whoever shares one may not be paired; see `conflict_keys`
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

    aims, challenges    topic numbers, most important first
    industry            categories are (IndustryPreference, frozenset of industries)
    let_down            who has priority. Shape (n,)
    """

    aims: RaggedArray
    challenges: RaggedArray
    industry: Categorical
    let_down: Mask


@dataclass(frozen=True, kw_only=True, eq=False)
class MentorColumns(PeopleColumns):
    """The mentors' side.

    expertise   topic numbers, none twice
    depth       1, 2 or 3 for each value of `expertise`
    industry    categories are frozensets of industries
    places      open places; 0 for whoever cannot be asked. Shape (m,)
    """

    expertise: RaggedArray
    depth: Ints
    industry: Categorical
    places: Ints


@dataclass(frozen=True, eq=False)
class PairOverrides:
    """What holds for particular pairs, because one named the other or a coordinator named both. Shape (k,) each.

    mentee, mentor  row and column numbers, no pair twice
    lift            twelfths that shortlists add to the neutral half
    excluded        the pair may not be made
    waived          the pair may be made in spite of shared conflict keys; where it is neither excluded nor waived,
                    the conflict keys decide
    """

    mentee: Ints
    mentor: Ints
    lift: Ints
    excluded: Mask
    waived: Mask

    def excluding(self, mentee: Ints, mentor: Ints, mentor_count: int) -> "PairOverrides":
        """Give the overrides with these pairs excluded as well."""
        known, forbidden = self.mentee * mentor_count + self.mentor, mentee * mentor_count + mentor
        new = np.setdiff1d(forbidden, known)
        keys, no = np.concatenate([known, new]), np.zeros(len(new), bool)
        excluded = np.concatenate([self.excluded, no]) | np.isin(keys, forbidden)
        waived = np.concatenate([self.waived, no]) & ~excluded
        lift = np.concatenate([self.lift, np.zeros(len(new), np.int64)])
        return PairOverrides(keys // mentor_count, keys % mentor_count, lift, excluded, waived)


@dataclass(frozen=True, eq=False)
class CohortColumns:
    """Everybody there is to match: both sides, and what holds for particular pairs."""

    mentees: MenteeColumns
    mentors: MentorColumns
    overrides: PairOverrides
