"""The score as one product of two matrices of whole numbers, and one look-up by working hours.

Topics have a column each: what a twelfth of depth earns, times twelfths. Every other part looks a value up by
one fact of either side: a column for each distinct fact of the side with fewer. All numbers are whole and no
sum of some of a pair's terms leaves ±2 · 10⁶ < 2²⁴, so 32-bit floats give the score to the unit, whatever order
they are added in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Ints
from matching.engine.facts.cards import DEPTHS, IndustryWish, Weights
from matching.engine.facts.score import (
    DEPTH_SHARE,
    ENOUGH_HALF_HOURS,
    FULL_SHARE,
    NEUTRAL_SHARE,
    Part,
    max_points_by_part,
    seniority_share,
    share_points,
    split_points,
)
from matching.engine.solver.score_matrix import Tile
from matching.engine.suggesting.pool_columns import WORDS_PER_WEEK
from matching.engine.whole_cohort.columns import Categorical, MenteeColumns, MentorColumns, RaggedArray

WEEKS_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class FeatureMatrices:
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


def feature_matrices(mentees: MenteeColumns, mentors: MentorColumns, weights: Weights) -> FeatureMatrices:
    """Give the features of both sides."""
    most = max_points_by_part(weights)
    columns = [
        _constant(mentees, mentors, most),
        _topics(mentees, mentors, most),
        _industry(mentees.industry, mentors.industry, most[Part.INDUSTRY]),
        _twelfths(mentees.function, mentors.function, _function, most[Part.FUNCTION]),
        _twelfths(mentees.seniority, mentors.seniority, _seniority, most[Part.SENIORITY]),
        _twelfths(mentees.languages, mentors.languages, _languages, most[Part.LANGUAGES]),
    ]
    left, right = np.concatenate([one for one, _ in columns], 1), np.concatenate([other for _, other in columns])
    used = np.flatnonzero(left.any(axis=0) & right.any(axis=1))
    return FeatureMatrices(
        np.ascontiguousarray(left[:, used]),
        np.ascontiguousarray(right[used]),
        _hours(mentees.hours.values, mentors.hours.values),
        _points(np.arange(FULL_SHARE + 1), most[Part.HOURS]),
        mentees.hours.of,
        mentors.hours.of,
    )


def _constant(mentees: MenteeColumns, mentors: MentorColumns, most: dict[Part, int]) -> tuple[Tile, Tile]:
    """What no mentor's card changes, and what a mentor without any expertise earns instead of topics."""
    neutral = np.full(len(mentees.ids), share_points(most[Part.WISHES], NEUTRAL_SHARE), np.float32)
    neutral += np.where(
        mentees.let_down,
        share_points(most[Part.PRIORITY], FULL_SHARE),
        share_points(most[Part.PRIORITY], NEUTRAL_SHARE),
    ).astype(np.float32)
    silent = np.zeros(len(mentees.ids), np.float32)
    for bag, part in ((mentees.aims, Part.AIMS), (mentees.challenges, Part.CHALLENGES)):
        half = np.float32(share_points(most[part], NEUTRAL_SHARE))
        neutral += np.where(bag.sizes == 0, half, np.float32(0))
        silent += np.where(bag.sizes == 0, np.float32(0), half)
    unknown = mentors.expertise.sizes == 0
    return np.stack([neutral, silent], 1), np.stack([np.ones(len(unknown)), unknown]).astype(np.float32)


def _topics(mentees: MenteeColumns, mentors: MentorColumns, most: dict[Part, int]) -> tuple[Tile, Tile]:
    """A topic worth 12u + r points earns u · twelfths + share_of(r, twelfths); r is nearly always 0, see `split`."""
    used = np.unique(mentors.expertise.values)
    owner, topic, points = _wanted_topics(mentees, used, most)
    held = np.searchsorted(used, mentors.expertise.values)
    shares = np.array([0, *(DEPTH_SHARE[depth] for depth in DEPTHS)])[mentors.depth]
    rest = points % FULL_SHARE
    terms = [(points // FULL_SHARE, shares)]
    if rest.any():
        terms += [
            (rest * DEPTH_SHARE[depth] // FULL_SHARE, (mentors.depth == depth).astype(np.int64)) for depth in DEPTHS
        ]
    sizes = len(mentees.ids), len(mentors.ids), len(used)
    return (
        np.concatenate([_table(owner, topic, amount, sizes[0], sizes[2]) for amount, _ in terms], 1),
        np.concatenate([_table(held, mentors.expertise.owners, share, sizes[2], sizes[1]) for _, share in terms]),
    )


def _wanted_topics(mentees: MenteeColumns, used: Ints, most: dict[Part, int]) -> tuple[Ints, Ints, Ints]:
    """Give who wants which of the `used` topics, by its place there, and the most points it can earn."""
    parts = []
    for bag, shares in (
        (mentees.aims, lambda count: split_points(most[Part.AIMS], range(count, 0, -1))),
        (mentees.challenges, lambda count: split_points(most[Part.CHALLENGES], [1] * count)),
    ):
        place = np.searchsorted(used, bag.values)
        held = np.flatnonzero(place < len(used))
        held = held[used[place[held]] == bag.values[held]]
        parts.append((bag.owners[held], place[held], _split_points(bag, shares)[held]))
    owner, topic, points = (np.concatenate(column) for column in zip(*parts, strict=True))
    return owner, topic, points


def _table(row: Ints, column: Ints, amount: Ints, rows: int, columns: int) -> Tile:
    """Give the sums of the amounts by row and column. Shape (rows, columns)."""
    summed = np.bincount(row * columns + column, weights=amount, minlength=rows * columns)
    return summed.astype(np.float32).reshape(rows, columns)


def _split_points(bag: RaggedArray, shares: Callable[[int], list[int]]) -> Ints:
    """Give the most points that each value of the bag can earn. Shape of its values."""
    sizes = bag.sizes
    table = np.zeros((sizes.max(initial=0) + 1,) * 2, np.int64)
    for count in np.unique(sizes).tolist():
        table[count, :count] = shares(count)
    return table[np.repeat(sizes, sizes), bag.ranks]


def _twelfths(
    mentees: Categorical, mentors: Categorical, twelfths: Callable[[Sequence[Any], Sequence[Any]], Ints], most: int
) -> tuple[Tile, Tile]:
    return _looked_up(mentees, mentors, _points(twelfths(mentees.values, mentors.values), most))


def _looked_up(mentees: Categorical, mentors: Categorical, table: Tile) -> tuple[Tile, Tile]:
    """Give two factors whose product is table[fact of mentee, fact of mentor]."""
    if len(mentees.values) <= len(mentors.values):
        return _one_hot(mentees), table[:, mentors.of]
    return table[mentees.of], np.ascontiguousarray(_one_hot(mentors).T)


def _industry(mentees: Categorical, mentors: Categorical, most: int) -> tuple[Tile, Tile]:
    """Both wishes look up the same: 'same' earns `most` where industries overlap, 'different' where they do not.

    So a column for each set of industries is enough, not for each with each wish: half for everybody, then for
    those who have said, up or down to nothing or all where the mentor has said, and up or down where they overlap.
    """
    said = np.array([wish != IndustryWish.ANY and bool(names) for wish, names in mentees.values], bool)
    same = np.array([wish == IndustryWish.SAME for wish, _ in mentees.values], bool)
    sets = Categorical.from_values(
        names if known else frozenset() for known, (_, names) in zip(said, mentees.values, strict=True)
    )
    overlap = _overlaps(sets.values, mentors.values).astype(np.float32)
    left, right = _looked_up(Categorical(sets.of[mentees.of], sets.values), mentors, overlap)
    half = share_points(most, NEUTRAL_SHARE)
    base, sign = np.where(said, np.where(same, 0, most) - half, 0), np.where(said, np.where(same, most, -most), 0)
    known = np.array([bool(names) for names in mentors.values], bool)[mentors.of]
    left *= sign[mentees.of, None].astype(np.float32)
    more = np.stack([np.full(len(mentees.of), half), base[mentees.of]], 1).astype(np.float32)
    return np.concatenate([left, more], 1), np.concatenate([right, np.stack([np.ones(len(known)), known])]).astype(
        np.float32
    )


def _one_hot(facts: Categorical) -> Tile:
    hot = np.zeros((len(facts.of), len(facts.values)), np.float32)
    hot[np.arange(len(facts.of)), facts.of] = 1
    return hot


def _points(twelfths: Ints, most: int) -> Tile:
    return (most * twelfths // FULL_SHARE).astype(np.float32)


# --- twelfths of each part, for every value of the mentees' side (rows) with every one of the mentors' ---


def _languages(one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]) -> Ints:
    return _where_said([bool(each) for each in one], [bool(each) for each in other], _overlaps(one, other) * FULL_SHARE)


def _function(one: Sequence[str | None], other: Sequence[str | None]) -> Ints:
    same = np.array([[mine == theirs for theirs in other] for mine in one], np.int64).reshape(len(one), len(other))
    return _where_said([each is not None for each in one], [each is not None for each in other], same * FULL_SHARE)


def _seniority(one: Sequence[int | None], other: Sequence[int | None]) -> Ints:
    above = [[seniority_share((theirs or 0) - (mine or 0)) for theirs in other] for mine in one]
    table = np.array(above, np.int64).reshape(len(one), len(other))
    return _where_said([each is not None for each in one], [each is not None for each in other], table)


def _hours(one: Sequence[int | None], other: Sequence[int | None]) -> NDArray[np.uint8]:
    mine, theirs = (_words(weeks) for weeks in (one, other))
    table = np.empty((len(one), len(other)), np.uint8)
    # A few rows at a time: six words of each two weeks at once would be a lot of memory.
    for start in range(0, len(one), WEEKS_AT_ONCE):
        part = slice(start, start + WEEKS_AT_ONCE)
        shared = np.bitwise_count(mine[part, None] & theirs).sum(axis=2, dtype=np.uint16)
        table[part] = np.minimum(shared, ENOUGH_HALF_HOURS) * FULL_SHARE // ENOUGH_HALF_HOURS
    table[[week is None for week in one]] = NEUTRAL_SHARE
    table[:, [week is None for week in other]] = NEUTRAL_SHARE
    return table


def _words(weeks: Sequence[int | None]) -> NDArray[np.uint64]:
    """Give each week as 64-bit words, none for what is not said. Shape (weeks, WORDS)."""
    packed = b"".join((week or 0).to_bytes(8 * WORDS_PER_WEEK, "little") for week in weeks)
    return np.frombuffer(packed, "<u8").reshape(-1, WORDS_PER_WEEK)


def _overlaps(one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]) -> Ints:
    """Say (0 or 1) which sets share something."""
    names = {name: place for place, name in enumerate(sorted(frozenset().union(*one, *other)))}
    held = []
    for sets in (one, other):
        owner = np.repeat(np.arange(len(sets)), [len(each) for each in sets])
        value = np.array([names[name] for each in sets for name in each], np.int64)
        held.append(_table(owner, value, np.ones(len(value), np.int64), len(sets), len(names)))
    return (held[0] @ held[1].T > 0).astype(np.int64)


def _where_said(one: Sequence[bool] | Any, other: Sequence[bool] | Any, twelfths: Ints) -> Ints:
    said = np.array(one, bool)[:, None] & np.array(other, bool)[None, :]
    return np.where(said, twelfths, NEUTRAL_SHARE)
