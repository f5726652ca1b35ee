"""From cards to columns, and the board over them that scores any tile of people."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.facts.cards import Id, MenteeCard, MentorCard, Weights
from matching.engine.facts.hashes import stable_hashes
from matching.engine.facts.rules import excluding_rule
from matching.engine.facts.score import (
    FULL_SHARE,
    MENTOR_WISH_LIFT,
    NEUTRAL_SHARE,
    Part,
    max_points_by_part,
    share_points,
    wish_lift,
)
from matching.engine.solver.pairs import Pairs, in_sorted
from matching.engine.solver.score_matrix import NOT_ALLOWED, Tile
from matching.engine.suggesting.pool import Pool
from matching.engine.whole_cohort.columns import (
    Categorical,
    CohortColumns,
    MenteeColumns,
    MentorColumns,
    PairOverrides,
    RaggedArray,
)
from matching.engine.whole_cohort.conflict_keys import ConflictLookup, mentee_conflict_keys, mentor_conflict_keys
from matching.engine.whole_cohort.feature_matrices import feature_matrices

PAIRS_AT_ONCE = 1 << 14
WORTH_A_STEP = 1300  # pairs whose hours are looked up one by one in the time of a step for all rows of one week


class IntegerEncoder:
    """Gives each value met a number, from 0."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def of(self, values: Iterable[Hashable]) -> list[int]:
        """Give the numbers of the values, in order."""
        return [self._numbers.setdefault(value, len(self._numbers)) for value in values]


def cohort_columns(pool: Pool, mentees: Sequence[MenteeCard], mentors: Sequence[MentorCard]) -> CohortColumns:
    """Make the columns of these people, under the pool's rules and waivers."""
    topics, conflict_keys = IntegerEncoder(), IntegerEncoder()
    depths = [dict(mentor.expertise) for mentor in mentors]
    return CohortColumns(
        MenteeColumns(
            ids=[card.id for card in mentees],
            hashes=stable_hashes([card.id for card in mentees]),
            function=Categorical.from_values(card.function for card in mentees),
            seniority=Categorical.from_values(card.seniority for card in mentees),
            languages=Categorical.from_values(card.languages for card in mentees),
            hours=Categorical.from_values(card.hours for card in mentees),
            conflict_keys=RaggedArray.of(conflict_keys.of(mentee_conflict_keys(card, pool.rules)) for card in mentees),
            aims=RaggedArray.of(topics.of(card.aims) for card in mentees),
            challenges=RaggedArray.of(topics.of(sorted(card.challenges, key=str)) for card in mentees),
            industry=Categorical.from_values((card.industry_wish, card.industries) for card in mentees),
            let_down=np.array([card.let_down for card in mentees], bool),
        ),
        MentorColumns(
            ids=[card.id for card in mentors],
            hashes=stable_hashes([card.id for card in mentors]),
            function=Categorical.from_values(card.function for card in mentors),
            seniority=Categorical.from_values(card.seniority for card in mentors),
            languages=Categorical.from_values(card.languages for card in mentors),
            hours=Categorical.from_values(card.hours for card in mentors),
            conflict_keys=RaggedArray.of(conflict_keys.of(mentor_conflict_keys(card, pool.rules)) for card in mentors),
            expertise=RaggedArray.of(topics.of(held) for held in depths),
            depth=np.array([depth for held in depths for depth in held.values()], np.int64),
            industry=Categorical.from_values(card.industries for card in mentors),
            places=np.array([card.open_places for card in mentors], np.int64),
        ),
        _links(pool, mentees, mentors),
    )


def _links(pool: Pool, mentees: Sequence[MenteeCard], mentors: Sequence[MentorCard]) -> PairOverrides:
    """Give the pairs that name each other or whom a coordinator named, judged one by one by the table of rules."""
    places = np.array(sorted(set(_named(pool, mentees, mentors))), np.int64).reshape(-1, 2)
    cards = [(mentees[mentee], mentors[mentor]) for mentee, mentor in places.tolist()]
    refused = np.array([_refused(pool, *pair) for pair in cards], bool)
    lift = np.array([_lift(*pair) for pair in cards], np.int64)
    return PairOverrides(places[:, 0], places[:, 1], lift, refused, ~refused)


def _named(pool: Pool, mentees: Sequence[MenteeCard], mentors: Sequence[MentorCard]) -> Iterator[tuple[int, int]]:
    row_of = {card.id: row for row, card in enumerate(mentees)}
    column_of = {card.id: column for column, card in enumerate(mentors)}
    for row, mentee in enumerate(mentees):
        yield from ((row, column_of[person]) for person in _people(mentee) if person in column_of)
    for column, mentor in enumerate(mentors):
        named = mentor.never_with | mentor.asks_again
        yield from ((row_of[person], column) for person in named if person in row_of)
    for one, other in pool.waived:
        if one in row_of and other in column_of:
            yield row_of[one], column_of[other]


def _people(mentee: MenteeCard) -> Collection[Id]:
    lists = (mentee.never_with, mentee.declined_by, mentee.asked, mentee.paired_with, mentee.mentors_now)
    return frozenset({mentee.id, *mentee.wishes}).union(*lists, mentee.paired_before)


def _lift(mentee: MenteeCard, mentor: MentorCard) -> int:
    return wish_lift(mentee, mentor.id) + (MENTOR_WISH_LIFT if mentee.id in mentor.asks_again else 0)


def _refused(pool: Pool, mentee: MenteeCard, mentor: MentorCard) -> bool:
    return excluding_rule(mentee, mentor, pool.rules, waived=pool.is_waived(mentee, mentor)) is not None


class ComputedScoreMatrix:
    """The board over a crowd: scores of any tile by one product of features; rules on the few pairs looked at."""

    def __init__(self, cohort: CohortColumns, weights: Weights) -> None:
        self.cohort, overrides, most = cohort, cohort.overrides, max_points_by_part(weights)[Part.WISHES]
        self.shape = (len(cohort.mentees.ids), len(cohort.mentors.ids))
        self.features = feature_matrices(cohort.mentees, cohort.mentors, weights)
        self._marks = ConflictLookup(cohort.mentees.conflict_keys, cohort.mentors.conflict_keys)
        order = np.lexsort((overrides.mentor, overrides.mentee))
        self._keys = (overrides.mentee * self.shape[1] + overrides.mentor)[order]
        self._bonus = (most * (NEUTRAL_SHARE + overrides.lift) // FULL_SHARE - share_points(most, NEUTRAL_SHARE))[order]
        self._refused, self._waived = overrides.refused[order], overrides.waived[order]

    def order(self, rows: Ints) -> Ints:
        """Give the rows with those of the same languages and, among these, of the same working hours together."""
        return rows[np.lexsort((self.features.week_of_mentee[rows], self.cohort.mentees.languages.of[rows]))]

    def tile(self, rows: Ints, columns: slice | Ints, out: Tile) -> Tile:
        """Give the scores of these mentees with these mentors, rules and wishes aside."""
        known = self.features
        left = known.mentees[rows]
        # Neighbours share languages and the like: what none of these mentees has need not be multiplied.
        used = np.flatnonzero(left.any(axis=0))
        right = known.mentors[:, columns][used]
        tile = out.reshape(-1)[: len(rows) * right.shape[1]].reshape(len(rows), right.shape[1])
        np.matmul(left[:, used], right, out=tile)
        weeks, theirs = known.week_of_mentee[rows], known.week_of_mentor[columns]
        edges = [*np.flatnonzero(np.diff(weeks, prepend=-1)).tolist(), len(rows)]
        if len(edges) * WORTH_A_STEP > tile.size:
            tile += known.hour_points[known.hours[weeks[:, None], theirs]]
            return tile
        for start, end in pairwise(edges):
            tile[start:end] += known.hour_points[known.hours[weeks[start]]][theirs]
        return tile

    def confirmed(self, pairs: Pairs) -> Pairs:
        """Give those of the pairs that no rule excludes, with what wishes add to their score."""
        score = self._judged(pairs)
        return Pairs(pairs.mentee, pairs.mentor, score).take(score >= 0)

    def scores(self, mentee: Ints, mentor: Ints) -> Ints:
        """Give the score of each of these pairs, −1 where not allowed. Shape (k,)."""
        known, theirs = self.features, self.features.mentors.T
        score = np.empty(len(mentee), np.int64)
        for start in range(0, len(mentee), PAIRS_AT_ONCE):
            part = slice(start, start + PAIRS_AT_ONCE)
            left, right = known.mentees[mentee[part]], theirs[mentor[part]]
            score[part] = np.einsum("kd,kd->k", left, right).astype(np.int64)
        weeks = known.week_of_mentee[mentee], known.week_of_mentor[mentor]
        score += known.hour_points[known.hours[weeks]].astype(np.int64)
        return self._judged(Pairs(mentee, mentor, score))

    def named(self) -> Pairs:
        """Give the allowed pairs that wishes lift."""
        keys = self._keys[self._bonus > 0]
        mentee, mentor = np.divmod(keys, max(self.shape[1], 1))
        score = self.scores(mentee, mentor)
        return Pairs(mentee, mentor, score).take(score >= 0)

    def _judged(self, pairs: Pairs) -> Ints:
        """Give the scores with what wishes add, −1 where a rule excludes. Shape (k,)."""
        keys = pairs.keys(self.shape[1])
        linked = np.flatnonzero(in_sorted(keys, self._keys))
        link = np.searchsorted(self._keys, keys[linked])
        out, score = self._marks.shared(pairs), pairs.score.copy()
        out[linked] = self._refused[link] | (out[linked] & ~self._waived[link])
        score[linked] += self._bonus[link]
        score[out] = NOT_ALLOWED
        return score
