"""A pool's mentors as columns, made once, so that one mentee is scored against all in a few array steps.

m is the number of mentors; every column has one entry for each, in the pool's canonical order. All
arithmetic is in 64-bit whole numbers: no product here exceeds 10⁶ · 12, far below 2⁶³.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Hashes, Mask
from matching.engine.facts.cards import Id, IndustryWish, MenteeCard, MentorCard, Weights
from matching.engine.facts.hashes import stable_hashes
from matching.engine.facts.score import (
    DEPTH_SHARE,
    ENOUGH_HALF_HOURS,
    FULL_SHARE,
    MENTOR_WISH_LIFT,
    NEUTRAL_SHARE,
    Part,
    aim_points,
    challenge_points,
    max_points_by_part,
    seniority_share,
    share_points,
    wish_lift,
)
from matching.engine.facts.slots import SLOTS

Points: TypeAlias = NDArray[np.int64]
Places: TypeAlias = NDArray[np.int64]

WORDS_PER_WEEK = -(-SLOTS // 64)  # 64-bit words that hold a week
UNKNOWN_LEVEL = -1


class AttributeMatrix:
    """A matrix (values × m) of small numbers: what each mentor holds of each value; 0 where nothing."""

    def __init__(self, values: Iterable[Id], matrix: Points) -> None:
        self.row_of = {value: row for row, value in enumerate(values)}
        self.matrix = matrix
        self.known: Mask = np.count_nonzero(matrix, axis=0) > 0

    @classmethod
    def of(cls, held: Iterable[Mapping[Id, int]]) -> "AttributeMatrix":
        """Make it from what each mentor holds: amounts above 0, by value."""
        row_of: dict[Id, int] = {}
        mentors = list(held)
        rows = [row_of.setdefault(value, len(row_of)) for each in mentors for value in each]
        matrix = np.zeros((len(row_of), len(mentors)), np.int64)
        sizes = [len(each) for each in mentors]
        matrix[rows, np.repeat(np.arange(len(mentors)), sizes)] = [each[value] for each in mentors for value in each]
        return cls(row_of, matrix)

    def merged(self, other: "AttributeMatrix", order: Places) -> "AttributeMatrix":
        """Give the mentors at these places of this one's and the other's, one after the other."""
        values = list(self.row_of | other.row_of)
        both = np.zeros((len(values), len(self.known) + len(other.known)), np.int64)
        for row, value in enumerate(values):
            if value in self.row_of:
                both[row, : len(self.known)] = self.matrix[self.row_of[value]]
            if value in other.row_of:
                both[row, len(self.known) :] = other.matrix[other.row_of[value]]
        return AttributeMatrix(values, both[:, order])

    def points(self, wanted: Iterable[tuple[Id, int]]) -> Points:
        """Give Σ of each wanted (value, most)'s points for holding so many twelfths, for each mentor. Shape (m,)."""
        found = np.zeros(len(self.known), np.int64)
        for value, most in wanted:
            if (row := self.row_of.get(value)) is not None:
                found += most * self.matrix[row] // FULL_SHARE
        return found

    def holds_any(self, values: Iterable[Id]) -> Mask:
        """Give which mentors hold at least one of the values. Shape (m,)."""
        rows = [row for value in values if (row := self.row_of.get(value)) is not None]
        held: Mask = np.count_nonzero(self.matrix[rows], axis=0) > 0
        return held

    def values_held_by(self, mentors: Mask) -> set[Id]:
        """Give the values that at least one of these mentors holds."""
        held = np.count_nonzero(self.matrix[:, mentors], axis=1)
        return {value for value, row in self.row_of.items() if held[row]}


@dataclass(frozen=True, eq=False)
class PoolColumns:
    """The mentors' side of every part of the score, and of what a directory is narrowed by.

    mentors         in canonical order
    hashes          shape (m,)
    levels          of seniority, UNKNOWN_LEVEL where not said. Shape (m,)
    hours           a week as words, nothing where not said (see `hours_known`). Shape (m, WORDS)
    """

    mentors: tuple[MentorCard, ...]
    hashes: Hashes
    expertise: AttributeMatrix
    industries: AttributeMatrix
    functions: AttributeMatrix
    languages: AttributeMatrix
    levels: Points
    hours_known: Mask
    hours: Hashes

    @classmethod
    def of(cls, mentors: tuple[MentorCard, ...]) -> "PoolColumns":
        """Make the columns of these mentors, in their order."""
        weeks = {each.hours: week_words(each.hours or 0) for each in mentors}
        return cls(
            mentors,
            stable_hashes([each.id for each in mentors]),
            AttributeMatrix.of({topic: DEPTH_SHARE[depth] for topic, depth in each.expertise} for each in mentors),
            AttributeMatrix.of(dict.fromkeys(each.industries, 1) for each in mentors),
            AttributeMatrix.of({} if each.function is None else {each.function: 1} for each in mentors),
            AttributeMatrix.of(dict.fromkeys(each.languages, 1) for each in mentors),
            np.array([UNKNOWN_LEVEL if each.seniority is None else each.seniority for each in mentors], np.int64),
            np.array([each.hours is not None for each in mentors], bool),
            np.array([weeks[each.hours] for each in mentors], np.uint64).reshape(-1, WORDS_PER_WEEK),
        )

    def merged(self, other: "PoolColumns", order: Places) -> "PoolColumns":
        """Give the mentors at these places of this one's and the other's, one after the other."""
        both = self.mentors + other.mentors
        return PoolColumns(
            tuple([both[place] for place in order.tolist()]),
            np.concatenate([self.hashes, other.hashes])[order],
            self.expertise.merged(other.expertise, order),
            self.industries.merged(other.industries, order),
            self.functions.merged(other.functions, order),
            self.languages.merged(other.languages, order),
            np.concatenate([self.levels, other.levels])[order],
            np.concatenate([self.hours_known, other.hours_known])[order],
            np.concatenate([self.hours, other.hours])[order],
        )

    @cached_property
    def position_of(self) -> dict[Id, int]:
        """Where each mentor stands in these columns."""
        return {mentor.id: place for place, mentor in enumerate(self.mentors)}

    @cached_property
    def _named_by(self) -> dict[Id, list[int]]:
        named: dict[Id, list[int]] = defaultdict(list)
        for place, mentor in enumerate(self.mentors):
            for person in mentor.asks_again:
                named[person].append(place)
        return named

    def shared_half_hours(self, week: int) -> Points:
        """Give how many half-hours of this week each mentor shares; none where not said. Shape (m,)."""
        shared: Points = np.bitwise_count(self.hours & np.array(week_words(week), np.uint64)).sum(
            axis=1, dtype=np.int64
        )
        return shared

    def scores(self, mentee: MenteeCard, weights: Weights) -> Points:
        """Give the score of the mentee with every mentor, rules aside. Shape (m,)."""
        most = max_points_by_part(weights)
        parts: list[Points] = [
            self._aims(mentee, most[Part.AIMS]),
            self._challenges(mentee, most[Part.CHALLENGES]),
            self._industry(mentee, most[Part.INDUSTRY]),
            self._function(mentee, most[Part.FUNCTION]),
            self._seniority(mentee, most[Part.SENIORITY]),
            self._shared_hours(mentee, most[Part.HOURS]),
            self._language(mentee, most[Part.LANGUAGES]),
            self._wishes(mentee, most[Part.WISHES]),
            self._priority(mentee, most[Part.PRIORITY]),
        ]
        total: Points = np.sum(parts, axis=0, dtype=np.int64)
        return total

    def _aims(self, mentee: MenteeCard, most: int) -> Points:
        return self._topics(aim_points(mentee, most), most)

    def _challenges(self, mentee: MenteeCard, most: int) -> Points:
        return self._topics(challenge_points(mentee, most), most)

    def _topics(self, wanted: Sequence[tuple[Id, int]], most: int) -> Points:
        if not wanted:
            return self._neutral(most)
        return self._known(self.expertise.points(wanted), self.expertise.known, most)

    def _industry(self, mentee: MenteeCard, most: int) -> Points:
        if mentee.industry_wish == IndustryWish.ANY or not mentee.industries:
            return self._neutral(most)
        same = self.industries.holds_any(mentee.industries)
        met = same if mentee.industry_wish == IndustryWish.SAME else ~same
        return self._known(met * most, self.industries.known, most)

    def _function(self, mentee: MenteeCard, most: int) -> Points:
        if mentee.function is None:
            return self._neutral(most)
        met = self.functions.holds_any([mentee.function])
        return self._known(met * most, self.functions.known, most)

    def _seniority(self, mentee: MenteeCard, most: int) -> Points:
        if mentee.seniority is None:
            return self._neutral(most)
        levels, level_of = np.unique(self.levels, return_inverse=True)
        by_level = [share_points(most, seniority_share(int(level) - mentee.seniority)) for level in levels]
        return self._known(np.array(by_level, np.int64)[level_of], self.levels != UNKNOWN_LEVEL, most)

    def _shared_hours(self, mentee: MenteeCard, most: int) -> Points:
        if mentee.hours is None:
            return self._neutral(most)
        twelfths = np.minimum(self.shared_half_hours(mentee.hours), ENOUGH_HALF_HOURS) * FULL_SHARE // ENOUGH_HALF_HOURS
        return self._known(most * twelfths // FULL_SHARE, self.hours_known, most)

    def _language(self, mentee: MenteeCard, most: int) -> Points:
        if not mentee.languages:
            return self._neutral(most)
        met = self.languages.holds_any(mentee.languages)
        return self._known(met * most, self.languages.known, most)

    def _wishes(self, mentee: MenteeCard, most: int) -> Points:
        lift = np.zeros(len(self.mentors), np.int64)
        for wished in mentee.wishes:
            if (place := self.position_of.get(wished)) is not None:
                lift[place] += wish_lift(mentee, wished)
        lift[self._named_by.get(mentee.id, [])] += MENTOR_WISH_LIFT
        return most * (NEUTRAL_SHARE + lift) // FULL_SHARE

    def _priority(self, mentee: MenteeCard, most: int) -> Points:
        return np.full(
            len(self.mentors), share_points(most, FULL_SHARE if mentee.let_down else NEUTRAL_SHARE), np.int64
        )

    def _neutral(self, most: int) -> Points:
        return np.full(len(self.mentors), share_points(most, NEUTRAL_SHARE), np.int64)

    def _known(self, points: Points, known: Mask, most: int) -> Points:
        """The points where the mentor has said something, the neutral half elsewhere."""
        return np.where(known, points, share_points(most, NEUTRAL_SHARE))


def week_words(week: int) -> list[int]:
    """Give the 64-bit words of a week, lowest first."""
    return [week >> 64 * word & (1 << 64) - 1 for word in range(WORDS_PER_WEEK)]
