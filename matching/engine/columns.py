"""A pool's mentors as columns, made once, so that one mentee is scored against all in a few array steps.

m is the number of mentors; every column has one entry for each, in the pool's canonical order. All
arithmetic is in 64-bit whole numbers: no product here exceeds 10⁶ · 12 · Σ ranks, far below 2⁶³.
"""

from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.engine.cards import Id, IndustryWish, MenteeCard, MentorCard, Weights
from matching.engine.score import (
    DEPTH_SHARE,
    NEUTRAL,
    PLENTY_HALF_HOURS,
    WHOLE,
    Part,
    budgets,
    rank_weights,
    seniority_share,
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

    def total(self, wanted: Iterable[tuple[Id, int]]) -> Points:
        """Give Σ factor · held over the wanted (value, factor) pairs, for each mentor. Shape (m,)."""
        found = np.zeros(len(self.known), np.int64)
        for value, factor in wanted:
            if (row := self._row_of.get(value)) is not None:
                found += factor * self._matrix[row]
        return found

    def holds_any(self, values: Collection[Id]) -> Mask:
        """Give which mentors hold at least one of the values. Shape (m,)."""
        return self.total((value, 1) for value in values) > 0


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
        self._hours_known = np.array([mentor.hours is not None for mentor in mentors], bool)
        self._hours = np.array([_words(mentor.hours or 0) for mentor in mentors], np.uint64).reshape(-1, WORDS)

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
        ]
        total: Points = np.sum(parts, axis=0, dtype=np.int64)
        return total

    def _aims(self, mentee: MenteeCard, most: int) -> Points:
        ranks = rank_weights(len(mentee.aims))
        if not mentee.aims:
            return self._neutral(most)
        earned = self._expertise.total(zip(mentee.aims, ranks, strict=True))
        return _points(earned, WHOLE * sum(ranks), most, self._expertise.known)

    def _challenges(self, mentee: MenteeCard, most: int) -> Points:
        if not mentee.challenges:
            return self._neutral(most)
        earned = self._expertise.total((topic, 1) for topic in mentee.challenges)
        return _points(earned, WHOLE * len(mentee.challenges), most, self._expertise.known)

    def _industry(self, mentee: MenteeCard, most: int) -> Points:
        if mentee.industry_wish == IndustryWish.ANY or not mentee.industries:
            return self._neutral(most)
        same = self._industries.holds_any(mentee.industries)
        met = same if mentee.industry_wish == IndustryWish.SAME else ~same
        return _points(met.astype(np.int64), 1, most, self._industries.known)

    def _function(self, mentee: MenteeCard, most: int) -> Points:
        if mentee.function is None:
            return self._neutral(most)
        met = self._functions.holds_any([mentee.function])
        return _points(met.astype(np.int64), 1, most, self._functions.known)

    def _seniority(self, mentee: MenteeCard, most: int) -> Points:
        if mentee.seniority is None:
            return self._neutral(most)
        levels, level_of = np.unique(self._levels, return_inverse=True)
        by_level = np.array([seniority_share(int(level) - mentee.seniority) for level in levels], np.int64)
        return _points(by_level[level_of], WHOLE, most, self._levels != UNKNOWN_LEVEL)

    def _shared_hours(self, mentee: MenteeCard, most: int) -> Points:
        if mentee.hours is None:
            return self._neutral(most)
        week = np.array(_words(mentee.hours), np.uint64)
        shared = np.bitwise_count(self._hours & week).sum(axis=1, dtype=np.int64)
        return _points(np.minimum(shared, PLENTY_HALF_HOURS), PLENTY_HALF_HOURS, most, self._hours_known)

    def _language(self, mentee: MenteeCard, most: int) -> Points:
        if not mentee.languages:
            return self._neutral(most)
        met = self._languages.holds_any(mentee.languages)
        return _points(met.astype(np.int64), 1, most, self._languages.known)

    def _neutral(self, most: int) -> Points:
        return np.full(self.size, most * NEUTRAL // WHOLE, np.int64)


def stable_hashes(ids: Sequence[Id]) -> Hashes:
    """Give a 64-bit hash of each id that is the same in every process and on every machine. Shape (m,)."""
    return np.array(
        [int.from_bytes(blake2b(str(each).encode(), digest_size=8).digest(), "big") for each in ids],
        np.uint64,
    )


def tie_order(mentee: Id, mentors: Hashes) -> Hashes:
    """Give what decides between equal scores, smaller first: another order for each mentee. Shape (m,)."""
    mixed = mentors ^ stable_hashes([mentee])
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def _points(earned: Points, of: int, most: int, known: Mask) -> Points:
    return np.where(known, most * earned // of, most * NEUTRAL // WHOLE)


def _words(week: int) -> list[int]:
    return [week >> 64 * word & (1 << 64) - 1 for word in range(WORDS)]
