"""A pool's mentors as columns, made once, so that one mentee is scored against all in a few array steps.

m is the number of mentors; every column has one entry for each, in the pool's canonical order. All
arithmetic is in 64-bit whole numbers: no product here exceeds 10⁶ · 12, far below 2⁶³.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.engine.cards import Id, IndustryWish, MenteeCard, MentorCard, Weights
from matching.engine.score import (
    DEPTH_SHARE,
    MENTOR_WISH_LIFT,
    NEUTRAL,
    PLENTY_HALF_HOURS,
    WHOLE,
    Part,
    aim_points,
    budgets,
    challenge_points,
    seniority_share,
    share_of,
    wish_lift,
)
from matching.engine.slots import SLOTS

Points: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
Hashes: TypeAlias = NDArray[np.uint64]

WORDS = -(-SLOTS // 64)  # 64-bit words that hold a week
UNKNOWN_LEVEL = -1


class Vocabulary:
    """A matrix (values × m) of small numbers: what each mentor holds of each value; 0 where nothing."""

    def __init__(self, rows: Sequence[Iterable[tuple[Id, int]]]) -> None:
        held = [dict(row) for row in rows]
        values = sorted({value for row in held for value in row}, key=repr)
        self._row_of = {value: number for number, value in enumerate(values)}
        self._matrix = np.zeros((len(values), len(held)), np.int64)
        for mentor, row in enumerate(held):
            for value, amount in row.items():
                self._matrix[self._row_of[value], mentor] = amount
        self.known: Mask = np.array([bool(row) for row in held], bool)

    def points(self, wanted: Iterable[tuple[Id, int]]) -> Points:
        """Give Σ of each wanted (value, most)'s points for holding so many twelfths, for each mentor. Shape (m,)."""
        found = np.zeros(len(self.known), np.int64)
        for value, most in wanted:
            if (row := self._row_of.get(value)) is not None:
                found += most * self._matrix[row] // WHOLE
        return found

    def holds_any(self, values: Collection[Id]) -> Mask:
        """Give which mentors hold at least one of the values. Shape (m,)."""
        rows = [row for value in values if (row := self._row_of.get(value)) is not None]
        held = np.zeros(len(self.known), bool)
        for row in rows:
            held |= self._matrix[row] > 0
        return held


class Columns:
    """The mentors' side of every part of the score."""

    def __init__(self, mentors: Sequence[MentorCard]) -> None:
        self.size = len(mentors)
        self.hashes = stable_hashes([mentor.id for mentor in mentors])
        self._expertise = Vocabulary(
            [[(topic, DEPTH_SHARE[depth]) for topic, depth in mentor.expertise] for mentor in mentors]
        )
        self._industries = Vocabulary([[(name, 1) for name in mentor.industries] for mentor in mentors])
        self._functions = Vocabulary(
            [[(mentor.function, 1)] if mentor.function is not None else [] for mentor in mentors]
        )
        self._languages = Vocabulary([[(name, 1) for name in mentor.languages] for mentor in mentors])
        self._levels = np.array(
            [UNKNOWN_LEVEL if mentor.seniority is None else mentor.seniority for mentor in mentors], np.int64
        )
        self._place_of = {mentor.id: place for place, mentor in enumerate(mentors)}
        self._named_by: dict[Id, list[int]] = defaultdict(list)
        for place, mentor in enumerate(mentors):
            for person in mentor.asks_again:
                self._named_by[person].append(place)
        self._hours_known = np.array([mentor.hours is not None for mentor in mentors], bool)
        self._hours = np.array([words(mentor.hours or 0) for mentor in mentors], np.uint64).reshape(-1, WORDS)

    def scores(self, mentee: MenteeCard, weights: Weights) -> Points:
        """Give the score of the mentee with every mentor, rules aside. Shape (m,)."""
        most = budgets(weights)
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
        return self._known(self._expertise.points(wanted), self._expertise.known, most)

    def _industry(self, mentee: MenteeCard, most: int) -> Points:
        if mentee.industry_wish == IndustryWish.ANY or not mentee.industries:
            return self._neutral(most)
        same = self._industries.holds_any(mentee.industries)
        met = same if mentee.industry_wish == IndustryWish.SAME else ~same
        return self._known(met * most, self._industries.known, most)

    def _function(self, mentee: MenteeCard, most: int) -> Points:
        if mentee.function is None:
            return self._neutral(most)
        met = self._functions.holds_any([mentee.function])
        return self._known(met * most, self._functions.known, most)

    def _seniority(self, mentee: MenteeCard, most: int) -> Points:
        if mentee.seniority is None:
            return self._neutral(most)
        levels, level_of = np.unique(self._levels, return_inverse=True)
        by_level = [share_of(most, seniority_share(int(level) - mentee.seniority)) for level in levels]
        return self._known(np.array(by_level, np.int64)[level_of], self._levels != UNKNOWN_LEVEL, most)

    def _shared_hours(self, mentee: MenteeCard, most: int) -> Points:
        if mentee.hours is None:
            return self._neutral(most)
        week = np.array(words(mentee.hours), np.uint64)
        shared = np.bitwise_count(self._hours & week).sum(axis=1, dtype=np.int64)
        twelfths = np.minimum(shared, PLENTY_HALF_HOURS) * WHOLE // PLENTY_HALF_HOURS
        return self._known(most * twelfths // WHOLE, self._hours_known, most)

    def _language(self, mentee: MenteeCard, most: int) -> Points:
        if not mentee.languages:
            return self._neutral(most)
        met = self._languages.holds_any(mentee.languages)
        return self._known(met * most, self._languages.known, most)

    def _wishes(self, mentee: MenteeCard, most: int) -> Points:
        lift = np.zeros(self.size, np.int64)
        for wished in mentee.wishes:
            if (place := self._place_of.get(wished)) is not None:
                lift[place] += wish_lift(mentee, wished)
        lift[self._named_by.get(mentee.id, [])] += MENTOR_WISH_LIFT
        return most * (NEUTRAL + lift) // WHOLE

    def _priority(self, mentee: MenteeCard, most: int) -> Points:
        return np.full(self.size, share_of(most, WHOLE if mentee.let_down else NEUTRAL), np.int64)

    def _neutral(self, most: int) -> Points:
        return np.full(self.size, share_of(most, NEUTRAL), np.int64)

    def _known(self, points: Points, known: Mask, most: int) -> Points:
        """The points where the mentor has said something, the neutral half elsewhere."""
        return np.where(known, points, share_of(most, NEUTRAL))


def stable_hashes(ids: Sequence[Id]) -> Hashes:
    """Give a 64-bit hash of each id that is the same in every process and on every machine. Shape (m,)."""
    return np.array(
        [int.from_bytes(blake2b(str(each).encode(), digest_size=8).digest(), "big") for each in ids],
        np.uint64,
    )


def tie_order(mentee: Id, mentors: Hashes) -> Hashes:
    """Give what decides between equal scores, smaller first: another order for each mentee. Shape (m,)."""
    return mixed(mentors ^ stable_hashes([mentee]))


def mixed(hashes: Hashes) -> Hashes:
    """Give each hash scrambled once more, so that combined ones are independent. Shape of `hashes`."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * np.uint64(factor)
    return hashes ^ (hashes >> np.uint64(31))


def words(week: int) -> list[int]:
    """Give the 64-bit words of a week, lowest first."""
    return [week >> 64 * word & (1 << 64) - 1 for word in range(WORDS)]
