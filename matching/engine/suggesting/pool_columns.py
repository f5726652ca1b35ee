"""A pool's mentors as columns, made once: then one mentee is scored against all mentors in a few array steps.

m is the number of mentors. Every column has one entry for each mentor, in the pool's canonical order. All
arithmetic is in 64-bit integers: no product exceeds 10⁶ · 12, far below 2⁶³. `facts.score` defines the score for
one pair; a test holds this module to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.engine.arrays import Hashes, Ints, Mask
from matching.engine.facts.cards import Id, IndustryPreference, MenteeCard, MentorCard, Weights
from matching.engine.facts.hashes import stable_hashes
from matching.engine.facts.rules import OWN_RULES, Rule, own_rule
from matching.engine.facts.score import (
    DEPTH_SHARE,
    ENOUGH_HALF_HOURS,
    FULL_SHARE,
    HOURS_SHARE,
    NEEDED_PARTS,
    NEUTRAL_SHARE,
    PAIR_AGAIN_LIFT,
    Part,
    aim_points,
    challenge_points,
    max_points_by_part,
    seniority_share,
    share_points,
    shortlist_lift,
)
from matching.engine.facts.slots import WORDS_PER_WEEK, week_words

UNKNOWN_LEVEL = -1
PLACE_OF_OWN_RULE: dict[Rule | None, int] = {rule: place for place, rule in enumerate((None, *OWN_RULES))}


class AttributeMatrix:
    """A matrix (values × m): how much of each value (a topic, an industry, …) each mentor holds; 0 for none.

    row_of      the matrix row of each value
    matrix      amounts, at most 12. Shape (values, m)
    known       which mentors hold anything at all. Shape (m,)
    """

    def __init__(self, values: Iterable[Id], matrix: Ints) -> None:
        self.row_of = {value: row for row, value in enumerate(values)}
        self.matrix = matrix
        self.known: Mask = np.count_nonzero(matrix, axis=0) > 0

    @classmethod
    def from_holdings(cls, held: Iterable[Mapping[Id, int]]) -> "AttributeMatrix":
        """Make the matrix from the holdings of each mentor: value → amount above 0."""
        row_of: dict[Id, int] = {}
        mentors = list(held)
        rows = [row_of.setdefault(value, len(row_of)) for holding in mentors for value in holding]
        matrix = np.zeros((len(row_of), len(mentors)), np.int64)
        sizes = [len(holding) for holding in mentors]
        matrix[rows, np.repeat(np.arange(len(mentors)), sizes)] = [
            holding[value] for holding in mentors for value in holding
        ]
        return cls(row_of, matrix)

    def merged(self, other: "AttributeMatrix", order: Ints) -> "AttributeMatrix":
        """Give the matrix of these mentors: `order` numbers this matrix's mentors, then those of `other`."""
        values = list(self.row_of | other.row_of)
        combined = np.zeros((len(values), len(self.known) + len(other.known)), np.int64)
        for row, value in enumerate(values):
            if value in self.row_of:
                combined[row, : len(self.known)] = self.matrix[self.row_of[value]]
            if value in other.row_of:
                combined[row, len(self.known) :] = other.matrix[other.row_of[value]]
        return AttributeMatrix(values, combined[:, order])

    def points(self, wanted: Iterable[tuple[Id, int]]) -> Ints:
        """Give each mentor's points: of each wanted (value, max_points) as many twelfths as the mentor holds.

        Shape (m,).
        """
        found = np.zeros(len(self.known), np.int64)
        for value, max_points in wanted:
            if (row := self.row_of.get(value)) is not None:
                found += max_points * self.matrix[row] // FULL_SHARE
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
    """The mentors' side of every part of the score; a directory filters by these columns too.

    mentors         in canonical order
    hashes          `stable_hashes` of the ids. Shape (m,)
    expertise       topics held, in twelfths by depth
    industries, functions, languages    values held: 1 or 0
    levels          of seniority, UNKNOWN_LEVEL where not said. Shape (m,)
    own_rules       which of OWN_RULES a mentor's own card breaks first: its place from 1 on, 0 for none. Shape (m,)
    hours_known     whose working hours are known. Shape (m,)
    hours           weeks as 64-bit words, 0 where not known. Shape (m, WORDS_PER_WEEK)
    """

    mentors: tuple[MentorCard, ...]
    hashes: Hashes
    expertise: AttributeMatrix
    industries: AttributeMatrix
    functions: AttributeMatrix
    languages: AttributeMatrix
    levels: Ints
    own_rules: Ints
    hours_known: Mask
    hours: Hashes

    @classmethod
    def from_mentors(cls, mentors: tuple[MentorCard, ...]) -> "PoolColumns":
        """Make the columns of these mentors, in their order."""
        weeks = {mentor.hours: week_words(mentor.hours or 0) for mentor in mentors}
        return cls(
            mentors,
            stable_hashes([mentor.id for mentor in mentors]),
            AttributeMatrix.from_holdings(
                {topic: DEPTH_SHARE[depth] for topic, depth in mentor.expertise} for mentor in mentors
            ),
            AttributeMatrix.from_holdings(dict.fromkeys(mentor.industries, 1) for mentor in mentors),
            AttributeMatrix.from_holdings(
                {} if mentor.function is None else {mentor.function: 1} for mentor in mentors
            ),
            AttributeMatrix.from_holdings(dict.fromkeys(mentor.languages, 1) for mentor in mentors),
            np.array([UNKNOWN_LEVEL if mentor.seniority is None else mentor.seniority for mentor in mentors], np.int64),
            np.array([PLACE_OF_OWN_RULE[own_rule(mentor)] for mentor in mentors], np.int64),
            np.array([mentor.hours is not None for mentor in mentors], bool),
            np.array([weeks[mentor.hours] for mentor in mentors], np.uint64).reshape(-1, WORDS_PER_WEEK),
        )

    def merged(self, other: "PoolColumns", order: Ints) -> "PoolColumns":
        """Give the columns of these mentors: `order` numbers this pool's mentors, then those of `other`."""
        combined = self.mentors + other.mentors
        return PoolColumns(
            tuple([combined[position] for position in order.tolist()]),
            np.concatenate([self.hashes, other.hashes])[order],
            self.expertise.merged(other.expertise, order),
            self.industries.merged(other.industries, order),
            self.functions.merged(other.functions, order),
            self.languages.merged(other.languages, order),
            np.concatenate([self.levels, other.levels])[order],
            np.concatenate([self.own_rules, other.own_rules])[order],
            np.concatenate([self.hours_known, other.hours_known])[order],
            np.concatenate([self.hours, other.hours])[order],
        )

    @cached_property
    def position_of(self) -> dict[Id, int]:
        """The position of each mentor in these columns, by id."""
        return {mentor.id: position for position, mentor in enumerate(self.mentors)}

    @cached_property
    def _asking_again_for(self) -> dict[Id, list[int]]:
        named: dict[Id, list[int]] = defaultdict(list)
        for position, mentor in enumerate(self.mentors):
            for person in mentor.would_pair_again:
                named[person].append(position)
        return named

    def shared_half_hours(self, week: int) -> Ints:
        """Give how many half-hours of this week each mentor shares; 0 where not known. Shape (m,)."""
        shared: Ints = np.bitwise_count(self.hours & np.array(week_words(week), np.uint64)).sum(axis=1, dtype=np.int64)
        return shared

    def scores(self, mentee: MenteeCard, weights: Weights) -> Ints:
        """Give the score of the mentee with every mentor, whether allowed or not. Shape (m,)."""
        max_points = max_points_by_part(weights)
        parts: list[Ints] = [
            self._aims(mentee, max_points[Part.AIMS]),
            self._challenges(mentee, max_points[Part.CHALLENGES]),
            self._industry(mentee, max_points[Part.INDUSTRY]),
            self._function(mentee, max_points[Part.FUNCTION]),
            self._seniority(mentee, max_points[Part.SENIORITY]),
            self._shared_hours(mentee, max_points[Part.HOURS]),
            self._language(mentee, max_points[Part.LANGUAGES]),
            self._shortlist(mentee, max_points[Part.SHORTLIST]),
            self._priority(mentee, max_points[Part.PRIORITY]),
        ]
        total: Ints = np.sum(parts, axis=0, dtype=np.int64)
        return total

    def obstacles(self, mentee: MenteeCard, weights: Weights) -> Ints:
        """Give of how many parts that a conversation needs the mentee shares nothing with each mentor. Shape (m,)."""
        max_points = max_points_by_part(weights)
        points_of = {Part.HOURS: self._shared_hours, Part.LANGUAGES: self._language}
        found = np.zeros(len(self.mentors), np.int64)
        for part in NEEDED_PARTS:
            if max_points[part]:
                found += points_of[part](mentee, max_points[part]) == 0
        return found

    def _aims(self, mentee: MenteeCard, max_points: int) -> Ints:
        return self._topics(aim_points(mentee, max_points), max_points)

    def _challenges(self, mentee: MenteeCard, max_points: int) -> Ints:
        return self._topics(challenge_points(mentee, max_points), max_points)

    def _topics(self, wanted: Sequence[tuple[Id, int]], max_points: int) -> Ints:
        if not wanted:
            return self._neutral(max_points)
        return self._where_known(self.expertise.points(wanted), self.expertise.known, max_points)

    def _industry(self, mentee: MenteeCard, max_points: int) -> Ints:
        if mentee.industry_preference == IndustryPreference.ANY or not mentee.industries:
            return self._neutral(max_points)
        same = self.industries.holds_any(mentee.industries)
        met = same if mentee.industry_preference == IndustryPreference.SAME else ~same
        return self._where_known(met * max_points, self.industries.known, max_points)

    def _function(self, mentee: MenteeCard, max_points: int) -> Ints:
        if mentee.function is None:
            return self._neutral(max_points)
        met = self.functions.holds_any([mentee.function])
        return self._where_known(met * max_points, self.functions.known, max_points)

    def _seniority(self, mentee: MenteeCard, max_points: int) -> Ints:
        if mentee.seniority is None:
            return self._neutral(max_points)
        levels, level_of = np.unique(self.levels, return_inverse=True)
        by_level = [share_points(max_points, seniority_share(int(level) - mentee.seniority)) for level in levels]
        return self._where_known(np.array(by_level, np.int64)[level_of], self.levels != UNKNOWN_LEVEL, max_points)

    def _shared_hours(self, mentee: MenteeCard, max_points: int) -> Ints:
        if mentee.hours is None:
            return self._neutral(max_points)
        twelfths = np.array(HOURS_SHARE)[np.minimum(self.shared_half_hours(mentee.hours), ENOUGH_HALF_HOURS)]
        return self._where_known(max_points * twelfths // FULL_SHARE, self.hours_known, max_points)

    def _language(self, mentee: MenteeCard, max_points: int) -> Ints:
        if not mentee.languages:
            return self._neutral(max_points)
        met = self.languages.holds_any(mentee.languages)
        return self._where_known(met * max_points, self.languages.known, max_points)

    def _shortlist(self, mentee: MenteeCard, max_points: int) -> Ints:
        lift = np.zeros(len(self.mentors), np.int64)
        for choice in mentee.shortlist:
            if (position := self.position_of.get(choice)) is not None:
                lift[position] += shortlist_lift(mentee, choice)
        lift[self._asking_again_for.get(mentee.id, [])] += PAIR_AGAIN_LIFT
        return max_points * (NEUTRAL_SHARE + lift) // FULL_SHARE

    def _priority(self, mentee: MenteeCard, max_points: int) -> Ints:
        return np.full(
            len(self.mentors), share_points(max_points, FULL_SHARE if mentee.let_down else NEUTRAL_SHARE), np.int64
        )

    def _neutral(self, max_points: int) -> Ints:
        return np.full(len(self.mentors), share_points(max_points, NEUTRAL_SHARE), np.int64)

    def _where_known(self, points: Ints, known: Mask, max_points: int) -> Ints:
        """Give the points where the mentor has said something, neutral points elsewhere."""
        return np.where(known, points, share_points(max_points, NEUTRAL_SHARE))
