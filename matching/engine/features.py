"""The score as one product of two matrices of whole numbers, and one look-up by working hours.

Topics count by depth: a column for each topic and depth that some mentor has. Every other part looks a value
up by one fact of either side: a column for each distinct fact of the side with fewer. All numbers are whole
and no sum exceeds 10⁶ < 2²⁴, so 32-bit floats give the score to the unit, whatever order they are added in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.board import Tile
from matching.engine.cards import DEPTHS, IndustryWish, Weights
from matching.engine.columns import WORDS, words
from matching.engine.facts import Bag, Facts, Mentees, Mentors
from matching.engine.pairs import Ints
from matching.engine.score import (
    DEPTH_SHARE,
    NEUTRAL,
    PLENTY_HALF_HOURS,
    WHOLE,
    Part,
    budgets,
    seniority_share,
    share_of,
    split,
)

WEEKS_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class Features:
    """score = mentees · mentors + points of hours[mentee's week, mentor's week], wishes by name aside.

    mentees, mentors                shapes (n, d) and (d, m)
    hours                           twelfths, for each two weeks that differ
    hour_points                     the points of 0 … 12 twelfths
    week_of_mentee, week_of_mentor  rows and columns of `hours`, shapes (n,) and (m,)
    """

    mentees: Tile
    mentors: Tile
    hours: NDArray[np.uint8]
    hour_points: Tile
    week_of_mentee: Ints
    week_of_mentor: Ints


def features(mentees: Mentees, mentors: Mentors, weights: Weights) -> Features:
    """Give the features of both sides."""
    most = budgets(weights)
    columns = [
        _constant(mentees, mentors, most),
        _topics(mentees, mentors, most),
        _looked_up(mentees.industry, mentors.industry, _industry, most[Part.INDUSTRY]),
        _looked_up(mentees.function, mentors.function, _function, most[Part.FUNCTION]),
        _looked_up(mentees.seniority, mentors.seniority, _seniority, most[Part.SENIORITY]),
        _looked_up(mentees.languages, mentors.languages, _languages, most[Part.LANGUAGES]),
    ]
    left, right = np.concatenate([one for one, _ in columns], 1), np.concatenate([other for _, other in columns])
    used = np.flatnonzero(left.any(axis=0) & right.any(axis=1))
    return Features(
        np.ascontiguousarray(left[:, used]),
        np.ascontiguousarray(right[used]),
        _hours(mentees.hours.values, mentors.hours.values),
        _points(np.arange(WHOLE + 1), most[Part.HOURS]),
        mentees.hours.of,
        mentors.hours.of,
    )


def _constant(mentees: Mentees, mentors: Mentors, most: dict[Part, int]) -> tuple[Tile, Tile]:
    """What no mentor's card changes, and what a mentor without any expertise earns instead of topics."""
    neutral = np.full(len(mentees.ids), share_of(most[Part.WISHES], NEUTRAL), np.float32)
    neutral += np.where(
        mentees.let_down, share_of(most[Part.PRIORITY], WHOLE), share_of(most[Part.PRIORITY], NEUTRAL)
    ).astype(np.float32)
    silent = np.zeros(len(mentees.ids), np.float32)
    for bag, part in ((mentees.aims, Part.AIMS), (mentees.challenges, Part.CHALLENGES)):
        half = np.float32(share_of(most[part], NEUTRAL))
        neutral += np.where(bag.sizes == 0, half, np.float32(0))
        silent += np.where(bag.sizes == 0, np.float32(0), half)
    unknown = mentors.expertise.sizes == 0
    return np.stack([neutral, silent], 1), np.stack([np.ones(len(unknown)), unknown]).astype(np.float32)


def _topics(mentees: Mentees, mentors: Mentors, most: dict[Part, int]) -> tuple[Tile, Tile]:
    used = np.unique(mentors.expertise.values)
    left = np.zeros((len(mentees.ids), len(used), len(DEPTHS)), np.float32)
    for bag, shares in (
        (mentees.aims, lambda count: split(most[Part.AIMS], range(count, 0, -1))),
        (mentees.challenges, lambda count: split(most[Part.CHALLENGES], [1] * count)),
    ):
        points = _split_points(bag, shares)
        place = np.searchsorted(used, bag.values)
        held = np.flatnonzero(place < len(used))
        held = held[used[place[held]] == bag.values[held]]
        for depth in DEPTHS:
            earned = points[held] * DEPTH_SHARE[depth] // WHOLE
            np.add.at(left, (bag.owners[held], place[held], depth - 1), earned.astype(np.float32))
    right = np.zeros((len(used), len(DEPTHS), len(mentors.ids)), np.float32)
    topic = np.searchsorted(used, mentors.expertise.values)
    right[topic, mentors.depth - 1, mentors.expertise.owners] = 1
    width = len(used) * len(DEPTHS)
    return left.reshape(len(left), width), right.reshape(width, len(mentors.ids))


def _split_points(bag: Bag, shares: Callable[[int], list[int]]) -> Ints:
    """Give the most points that each value of the bag can earn. Shape of its values."""
    sizes = bag.sizes
    table = np.zeros((sizes.max(initial=0) + 1,) * 2, np.int64)
    for count in np.unique(sizes).tolist():
        table[count, :count] = shares(count)
    return table[np.repeat(sizes, sizes), bag.ranks]


def _looked_up(
    mentees: Facts, mentors: Facts, twelfths: Callable[[Sequence[Any], Sequence[Any]], Ints], most: int
) -> tuple[Tile, Tile]:
    """Give two factors whose product is the points of a part that depends on one fact of either side."""
    points = _points(twelfths(mentees.values, mentors.values), most)
    if len(mentees.values) <= len(mentors.values):
        return _one_hot(mentees), points[:, mentors.of]
    return points[mentees.of], np.ascontiguousarray(_one_hot(mentors).T)


def _one_hot(facts: Facts) -> Tile:
    hot = np.zeros((len(facts.of), len(facts.values)), np.float32)
    hot[np.arange(len(facts.of)), facts.of] = 1
    return hot


def _points(twelfths: Ints, most: int) -> Tile:
    return (most * twelfths // WHOLE).astype(np.float32)


# --- twelfths of each part, for every value of the mentees' side (rows) with every one of the mentors' ---


def _industry(wanted: Sequence[tuple[IndustryWish, frozenset[str]]], held: Sequence[frozenset[str]]) -> Ints:
    said = np.array([wish != IndustryWish.ANY and bool(names) for wish, names in wanted], bool)
    same = np.array([wish == IndustryWish.SAME for wish, _ in wanted], bool)
    met = _overlaps([names for _, names in wanted], held) == same[:, None]
    return _where_said(said, [bool(names) for names in held], met * WHOLE)


def _languages(one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]) -> Ints:
    return _where_said([bool(each) for each in one], [bool(each) for each in other], _overlaps(one, other) * WHOLE)


def _function(one: Sequence[str | None], other: Sequence[str | None]) -> Ints:
    same = np.array([[mine == theirs for theirs in other] for mine in one], np.int64).reshape(len(one), len(other))
    return _where_said([each is not None for each in one], [each is not None for each in other], same * WHOLE)


def _seniority(one: Sequence[int | None], other: Sequence[int | None]) -> Ints:
    above = [[seniority_share((theirs or 0) - (mine or 0)) for theirs in other] for mine in one]
    table = np.array(above, np.int64).reshape(len(one), len(other))
    return _where_said([each is not None for each in one], [each is not None for each in other], table)


def _hours(one: Sequence[int | None], other: Sequence[int | None]) -> NDArray[np.uint8]:
    mine, theirs = (
        np.array([words(week or 0) for week in weeks], np.uint64).reshape(-1, WORDS) for weeks in (one, other)
    )
    table = np.empty((len(one), len(other)), np.uint8)
    # A few rows at a time: six words of each two weeks at once would be a lot of memory.
    for start in range(0, len(one), WEEKS_AT_ONCE):
        part = slice(start, start + WEEKS_AT_ONCE)
        shared = np.bitwise_count(mine[part, None] & theirs).sum(axis=2, dtype=np.uint16)
        table[part] = np.minimum(shared, PLENTY_HALF_HOURS) * WHOLE // PLENTY_HALF_HOURS
    table[[week is None for week in one]] = NEUTRAL
    table[:, [week is None for week in other]] = NEUTRAL
    return table


def _overlaps(one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]) -> Ints:
    """Say (0 or 1) which sets share something."""
    names = {name: place for place, name in enumerate(sorted(frozenset().union(*one, *other)))}
    held = [np.zeros((len(sets), len(names)), np.float32) for sets in (one, other)]
    for table, sets in zip(held, (one, other), strict=True):
        for row, each in enumerate(sets):
            table[row, [names[name] for name in each]] = 1
    return (held[0] @ held[1].T > 0).astype(np.int64)


def _where_said(one: Sequence[bool] | Any, other: Sequence[bool] | Any, twelfths: Ints) -> Ints:
    said = np.array(one, bool)[:, None] & np.array(other, bool)[None, :]
    return np.where(said, twelfths, NEUTRAL)
