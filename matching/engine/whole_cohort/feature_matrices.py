"""The base score as one product of two integer matrices and one look-up by working hours.

Each topic has a column: what a twelfth of it earns the mentee, times the mentor's twelfths. Each other part of the
score looks a value up by one category of either side: it has a column for each category of the side with fewer. All
numbers are integers, and no partial sum of a pair's terms leaves ±2 · 10⁶ < 2²⁴: so 32-bit floats give the exact
score, in whatever order the terms are added.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Ints, Mask
from matching.engine.facts.cards import DEPTHS, IndustryPreference, Weights
from matching.engine.facts.score import (
    DEPTH_SHARE,
    ENOUGH_HALF_HOURS,
    FULL_SHARE,
    HOURS_SHARE,
    NEUTRAL_SHARE,
    Part,
    aim_proportions,
    max_points_by_part,
    seniority_share,
    share_points,
    split_points,
)
from matching.engine.facts.slots import WORDS_PER_WEEK
from matching.engine.solver.score_matrix import Tile
from matching.engine.whole_cohort.columns import Categorical, MenteeColumns, MentorColumns, RaggedArray

Factors: TypeAlias = tuple[Tile, Tile]  # matrices (n, d) and (d, m), whose product is one part of the score

WEEKS_PER_BLOCK = 64


@dataclass(frozen=True, eq=False)
class FeatureMatrices:
    """Base score = mentees · mentors + hour_points[hours[week of the mentee, week of the mentor]].

    mentees, mentors                shapes (n, d) and (d, m)
    hours                           twelfths for each pair of distinct weeks
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
    """Give the feature matrices of both sides. A column that is zero on either side is left out."""
    max_points = max_points_by_part(weights)
    factors = [
        _constants(mentees, mentors, max_points),
        _topics(mentees, mentors, max_points),
        _industry(mentees.industry, mentors.industry, max_points[Part.INDUSTRY]),
        _by_category(mentees.function, mentors.function, _function, max_points[Part.FUNCTION]),
        _by_category(mentees.seniority, mentors.seniority, _seniority, max_points[Part.SENIORITY]),
        _by_category(mentees.languages, mentors.languages, _languages, max_points[Part.LANGUAGES]),
    ]
    left, right = np.concatenate([left for left, _ in factors], 1), np.concatenate([right for _, right in factors])
    used = np.flatnonzero(left.any(axis=0) & right.any(axis=1))
    return FeatureMatrices(
        np.ascontiguousarray(left[:, used]),
        np.ascontiguousarray(right[used]),
        _hours(mentees.hours.categories, mentors.hours.categories),
        _points(np.arange(FULL_SHARE + 1), max_points[Part.HOURS]),
        mentees.hours.codes,
        mentors.hours.codes,
    )


def _constants(mentees: MenteeColumns, mentors: MentorColumns, max_points: dict[Part, int]) -> Factors:
    """Two columns: what a mentee earns with any mentor, and, instead of topics, with one without expertise."""
    any_points, full, neutral = (
        share_points(max_points[Part.SHORTLIST], NEUTRAL_SHARE),
        share_points(max_points[Part.PRIORITY], FULL_SHARE),
        share_points(max_points[Part.PRIORITY], NEUTRAL_SHARE),
    )
    with_any = np.full(len(mentees.ids), any_points, np.float32)
    with_any += np.where(mentees.let_down, full, neutral).astype(np.float32)
    without_expertise = np.zeros(len(mentees.ids), np.float32)
    for topics, part in ((mentees.aims, Part.AIMS), (mentees.challenges, Part.CHALLENGES)):
        half = np.float32(share_points(max_points[part], NEUTRAL_SHARE))
        with_any += np.where(topics.sizes == 0, half, np.float32(0))
        without_expertise += np.where(topics.sizes == 0, np.float32(0), half)
    no_expertise = mentors.expertise.sizes == 0
    right = np.stack([np.ones(len(no_expertise)), no_expertise]).astype(np.float32)
    return np.stack([with_any, without_expertise], 1), right


def _topics(mentees: MenteeColumns, mentors: MentorColumns, max_points: dict[Part, int]) -> Factors:
    """A topic worth 12 u + r points earns u · twelfths + share_points(r, twelfths).

    r is 0 for nearly all topics, see `split_points`; when it never occurs, its columns are left out.
    """
    used = np.unique(mentors.expertise.values)
    mentee, topic, points = _wanted_topics(mentees, used, max_points)
    held = np.searchsorted(used, mentors.expertise.values)
    twelfths = np.array([0, *(DEPTH_SHARE[depth] for depth in DEPTHS)])[mentors.depth]
    rest = points % FULL_SHARE
    terms = [(points // FULL_SHARE, twelfths)]
    if rest.any():
        terms += [
            (rest * DEPTH_SHARE[depth] // FULL_SHARE, (mentors.depth == depth).astype(np.int64)) for depth in DEPTHS
        ]
    mentee_count, mentor_count, owner = len(mentees.ids), len(mentors.ids), mentors.expertise.rows
    return (
        np.concatenate([_summed(mentee, topic, amount, mentee_count, len(used)) for amount, _ in terms], 1),
        np.concatenate([_summed(held, owner, share, len(used), mentor_count) for _, share in terms]),
    )


def _wanted_topics(mentees: MenteeColumns, used: Ints, max_points: dict[Part, int]) -> tuple[Ints, Ints, Ints]:
    """Give who wants which of the `used` topics (by position there), and the most points it can earn."""
    parts = []
    for topics, split in (
        (mentees.aims, lambda count: split_points(max_points[Part.AIMS], aim_proportions(count))),
        (mentees.challenges, lambda count: split_points(max_points[Part.CHALLENGES], [1] * count)),
    ):
        position = np.searchsorted(used, topics.values)
        held = np.flatnonzero(position < len(used))
        held = held[used[position[held]] == topics.values[held]]
        parts.append((topics.rows[held], position[held], _max_points_of(topics, split)[held]))
    mentee, topic, points = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return mentee, topic, points


def _summed(row: Ints, column: Ints, amount: Ints, row_count: int, column_count: int) -> Tile:
    """Give the sums of the amounts by row and column. Shape (row_count, column_count)."""
    sums = np.bincount(row * column_count + column, weights=amount, minlength=row_count * column_count)
    return sums.astype(np.float32).reshape(row_count, column_count)


def _max_points_of(topics: RaggedArray, split: Callable[[int], list[int]]) -> Ints:
    """Give the most points that each value can earn, when `split` gives those of so many. Shape of the values."""
    sizes = topics.sizes
    by_size = np.zeros((sizes.max(initial=0) + 1,) * 2, np.int64)
    for size in np.unique(sizes).tolist():
        by_size[size, :size] = split(size)
    return by_size[np.repeat(sizes, sizes), topics.positions]


def _by_category(
    mentees: Categorical, mentors: Categorical, twelfths: Callable[[Sequence[Any], Sequence[Any]], Ints], most: int
) -> Factors:
    return _lookup(mentees, mentors, _points(twelfths(mentees.categories, mentors.categories), most))


def _lookup(mentees: Categorical, mentors: Categorical, table: Tile) -> Factors:
    """Give two factors whose product is table[mentee's code, mentor's code]."""
    if len(mentees.categories) <= len(mentors.categories):
        return _one_hot(mentees), table[:, mentors.codes]
    return table[mentees.codes], np.ascontiguousarray(_one_hot(mentors).T)


def _industry(mentees: Categorical, mentors: Categorical, most: int) -> Factors:
    """'Same' earns `most` where industries overlap, 'different' where they do not, and all else earns half.

    Both preferences share the columns of the overlap, with opposite signs: so one column for each set of industries is
    enough. The points are half + base · (the mentor has said) + sign · (the industries overlap).
    """
    known = np.array([one != IndustryPreference.ANY and bool(names) for one, names in mentees.categories], bool)
    same = np.array([one == IndustryPreference.SAME for one, _ in mentees.categories], bool)
    half = share_points(most, NEUTRAL_SHARE)
    base, sign = np.where(known, np.where(same, 0, most) - half, 0), np.where(known, np.where(same, most, -most), 0)
    left, right = _industry_overlap(mentees, mentors, known)
    left *= sign[mentees.codes, None].astype(np.float32)
    more = np.stack([np.full(len(mentees.codes), half), base[mentees.codes]], 1).astype(np.float32)
    mentor_known = np.array([bool(names) for names in mentors.categories], bool)[mentors.codes]
    constant = np.stack([np.ones(len(mentor_known)), mentor_known])
    return np.concatenate([left, more], 1), np.concatenate([right, constant]).astype(np.float32)


def _industry_overlap(mentees: Categorical, mentors: Categorical, known: Mask) -> Factors:
    """Give two factors whose product is 1 where industries overlap; mentees not `known` have none."""
    sets = Categorical.from_values(
        names if is_known else frozenset() for is_known, (_, names) in zip(known, mentees.categories, strict=True)
    )
    overlap = _overlaps(sets.categories, mentors.categories).astype(np.float32)
    return _lookup(Categorical(sets.codes[mentees.codes], sets.categories), mentors, overlap)


def _one_hot(column: Categorical) -> Tile:
    hot = np.zeros((len(column.codes), len(column.categories)), np.float32)
    hot[np.arange(len(column.codes)), column.codes] = 1
    return hot


def _points(twelfths: Ints, most: int) -> Tile:
    return (most * twelfths // FULL_SHARE).astype(np.float32)


# --- twelfths of each part, for every category of the mentees (rows) with every one of the mentors (columns) ---


def _languages(mentees: Sequence[frozenset[str]], mentors: Sequence[frozenset[str]]) -> Ints:
    twelfths = _overlaps(mentees, mentors) * FULL_SHARE
    return _where_known([bool(one) for one in mentees], [bool(one) for one in mentors], twelfths)


def _function(mentees: Sequence[str | None], mentors: Sequence[str | None]) -> Ints:
    same = np.array([[one == other for other in mentors] for one in mentees], np.int64)
    twelfths = same.reshape(len(mentees), len(mentors)) * FULL_SHARE
    return _where_known([one is not None for one in mentees], [one is not None for one in mentors], twelfths)


def _seniority(mentees: Sequence[int | None], mentors: Sequence[int | None]) -> Ints:
    table = [[seniority_share((mentor or 0) - (mentee or 0)) for mentor in mentors] for mentee in mentees]
    twelfths = np.array(table, np.int64).reshape(len(mentees), len(mentors))
    return _where_known([one is not None for one in mentees], [one is not None for one in mentors], twelfths)


def _hours(mentees: Sequence[int | None], mentors: Sequence[int | None]) -> NDArray[np.uint8]:
    mentee_words, mentor_words = _words(mentees), _words(mentors)
    twelfths = np.empty((len(mentees), len(mentors)), np.uint8)
    shares = np.array(HOURS_SHARE, np.uint8)
    # A few rows at a time: all words of all pairs of weeks at once would take much memory.
    for start in range(0, len(mentees), WEEKS_PER_BLOCK):
        block = slice(start, start + WEEKS_PER_BLOCK)
        shared = np.bitwise_count(mentee_words[block, None] & mentor_words).sum(axis=2, dtype=np.uint16)
        twelfths[block] = shares[np.minimum(shared, ENOUGH_HALF_HOURS)]
    twelfths[[week is None for week in mentees]] = NEUTRAL_SHARE
    twelfths[:, [week is None for week in mentors]] = NEUTRAL_SHARE
    return twelfths


def _words(weeks: Sequence[int | None]) -> NDArray[np.uint64]:
    """Give each week as 64-bit words, zeros where not known. Shape (weeks, WORDS_PER_WEEK)."""
    packed = b"".join((week or 0).to_bytes(8 * WORDS_PER_WEEK, "little") for week in weeks)
    return np.frombuffer(packed, "<u8").reshape(-1, WORDS_PER_WEEK)


def _overlaps(mentees: Sequence[frozenset[str]], mentors: Sequence[frozenset[str]]) -> Ints:
    """Say (1 or 0) which sets have an element in common. Shape (mentees, mentors)."""
    column_of = {name: column for column, name in enumerate(sorted(frozenset().union(*mentees, *mentors)))}
    held = []
    for sets in (mentees, mentors):
        row = np.repeat(np.arange(len(sets)), [len(names) for names in sets])
        column = np.array([column_of[name] for names in sets for name in names], np.int64)
        held.append(_summed(row, column, np.ones(len(column), np.int64), len(sets), len(column_of)))
    return (held[0] @ held[1].T > 0).astype(np.int64)


def _where_known(mentees: Sequence[bool], mentors: Sequence[bool], twelfths: Ints) -> Ints:
    """Give the twelfths where both sides are known, half elsewhere."""
    known = np.array(mentees, bool)[:, None] & np.array(mentors, bool)[None, :]
    return np.where(known, twelfths, NEUTRAL_SHARE)
