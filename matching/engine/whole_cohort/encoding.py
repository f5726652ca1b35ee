"""From the cards of a cohort to its columns."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence

import numpy as np

from matching.engine.facts.cards import Id, MenteeCard, MentorCard
from matching.engine.facts.hashes import stable_hashes
from matching.engine.facts.rules import excluding_rule
from matching.engine.facts.score import PAIR_AGAIN_LIFT, shortlist_lift
from matching.engine.suggesting.pool import Pool
from matching.engine.whole_cohort.columns import (
    Categorical,
    CohortColumns,
    MenteeColumns,
    MentorColumns,
    PairOverrides,
    RaggedArray,
)
from matching.engine.whole_cohort.conflict_keys import mentee_conflict_keys, mentor_conflict_keys


class IntegerEncoder:
    """Gives each distinct value an integer, from 0."""

    def __init__(self) -> None:
        self._code_of: dict[Hashable, int] = {}

    def encode(self, values: Iterable[Hashable]) -> list[int]:
        """Give the integers of these values, in order."""
        return [self._code_of.setdefault(value, len(self._code_of)) for value in values]


def cohort_columns(pool: Pool, mentees: Sequence[MenteeCard], mentors: Sequence[MentorCard]) -> CohortColumns:
    """Make the columns of these people, in the order given, under the pool's rules and waivers."""
    topics, keys = IntegerEncoder(), IntegerEncoder()
    depths = [dict(mentor.expertise) for mentor in mentors]
    return CohortColumns(
        MenteeColumns(
            ids=[card.id for card in mentees],
            hashes=stable_hashes([card.id for card in mentees]),
            function=Categorical.from_values(card.function for card in mentees),
            seniority=Categorical.from_values(card.seniority for card in mentees),
            languages=Categorical.from_values(card.languages for card in mentees),
            hours=Categorical.from_values(card.hours for card in mentees),
            conflict_keys=_encoded(keys, (mentee_conflict_keys(card, pool.rules) for card in mentees)),
            aims=_encoded(topics, (card.aims for card in mentees)),
            challenges=_encoded(topics, (sorted(card.challenges, key=str) for card in mentees)),
            industry=Categorical.from_values((card.industry_preference, card.industries) for card in mentees),
            let_down=np.array([card.let_down for card in mentees], bool),
        ),
        MentorColumns(
            ids=[card.id for card in mentors],
            hashes=stable_hashes([card.id for card in mentors]),
            function=Categorical.from_values(card.function for card in mentors),
            seniority=Categorical.from_values(card.seniority for card in mentors),
            languages=Categorical.from_values(card.languages for card in mentors),
            hours=Categorical.from_values(card.hours for card in mentors),
            conflict_keys=_encoded(keys, (mentor_conflict_keys(card, pool.rules) for card in mentors)),
            expertise=_encoded(topics, depths),
            depth=np.array([depth for held in depths for depth in held.values()], np.int64),
            industry=Categorical.from_values(card.industries for card in mentors),
            places=np.array([card.open_places for card in mentors], np.int64),
        ),
        _overrides(pool, mentees, mentors),
    )


def _encoded(encoder: IntegerEncoder, rows: Iterable[Iterable[Hashable]]) -> RaggedArray:
    return RaggedArray.from_rows(encoder.encode(row) for row in rows)


def _overrides(pool: Pool, mentees: Sequence[MenteeCard], mentors: Sequence[MentorCard]) -> PairOverrides:
    """Give the pairs named on a card or in a waiver; the table of rules is asked about each of them."""
    numbers = np.array(sorted(set(_named_pairs(pool, mentees, mentors))), np.int64).reshape(-1, 2)
    cards = [(mentees[mentee], mentors[mentor]) for mentee, mentor in numbers.tolist()]
    excluded = np.array([_is_excluded(pool, *pair) for pair in cards], bool)
    lift = np.array([_lift(*pair) for pair in cards], np.int64)
    return PairOverrides(numbers[:, 0], numbers[:, 1], lift, excluded, ~excluded)


def _named_pairs(pool: Pool, mentees: Sequence[MenteeCard], mentors: Sequence[MentorCard]) -> Iterator[tuple[int, int]]:
    row_of = {card.id: row for row, card in enumerate(mentees)}
    column_of = {card.id: column for column, card in enumerate(mentors)}
    for row, mentee in enumerate(mentees):
        yield from ((row, column_of[person]) for person in _people_named_by(mentee) if person in column_of)
    for column, mentor in enumerate(mentors):
        named = mentor.never_with | mentor.would_pair_again
        yield from ((row_of[person], column) for person in named if person in row_of)
    for mentee_id, mentor_id in pool.waived:
        if mentee_id in row_of and mentor_id in column_of:
            yield row_of[mentee_id], column_of[mentor_id]


def _people_named_by(mentee: MenteeCard) -> Collection[Id]:
    lists = (mentee.never_with, mentee.declined_by, mentee.asked, mentee.paired_with, mentee.mentors_now)
    return frozenset({mentee.id, *mentee.shortlist}).union(*lists, mentee.paired_before)


def _lift(mentee: MenteeCard, mentor: MentorCard) -> int:
    return shortlist_lift(mentee, mentor.id) + (PAIR_AGAIN_LIFT if mentee.id in mentor.would_pair_again else 0)


def _is_excluded(pool: Pool, mentee: MenteeCard, mentor: MentorCard) -> bool:
    return excluding_rule(mentee, mentor, pool.rules, waived=pool.is_waived(mentee, mentor)) is not None
