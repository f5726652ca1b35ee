from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import MenteeCard, Pool, Rules, Weights, excluding_rule
from matching.engine.facts.score import Part, part_scores
from matching.engine.solver.pairs import Pairs
from matching.engine.whole_cohort.encoding import cohort_columns
from matching.engine.whole_cohort.score_matrix import ComputedScoreMatrix
from tests.matching.engine.builders import free_pools, mentee, mentees, mentor, pools, steady

mentee_lists = st.lists(mentees, max_size=6, unique_by=lambda card: card.id)


def score_matrix_of(pool: Pool, cards: list[MenteeCard]) -> ComputedScoreMatrix:
    return ComputedScoreMatrix(cohort_columns(pool, cards, pool.ordered), pool.weights)


def everybody(score_matrix: ComputedScoreMatrix) -> tuple[Any, Any]:
    rows, columns = np.indices(score_matrix.shape)
    return rows.ravel(), columns.ravel()


def whole_tile(score_matrix: ComputedScoreMatrix) -> Any:
    rows = score_matrix.locality_order(np.arange(score_matrix.shape[0]))
    tile = score_matrix.tile(rows, slice(0, score_matrix.shape[1]), np.empty(score_matrix.shape, np.float32))
    return tile[np.argsort(rows)].ravel()


def by_definition(pool: Pool, one: MenteeCard, place: int) -> int:
    other = pool.ordered[place]
    if excluding_rule(one, other, pool.rules, waived=pool.is_waived(one, other)):
        return -1
    return sum(part.points for part in part_scores(one, other, pool.weights))


@steady
@given(st.one_of(pools, free_pools), mentee_lists)
def test_every_score_and_every_verdict_is_the_definitions_to_the_unit(pool: Pool, cards: list[MenteeCard]) -> None:
    # Who cannot be paired at all is left out before columns are made.
    here = {"open_places": 1, "away": False, "available": True, "employer_confirmed": True, "list_readable": True}
    pool = replace(pool, mentors=tuple(replace(card, **here) for card in pool.mentors))
    cards = [replace(card, employer_confirmed=True, list_readable=True) for card in cards]
    score_matrix = score_matrix_of(pool, cards)
    rows, columns = everybody(score_matrix)

    expected = [by_definition(pool, cards[row], column) for row, column in zip(rows, columns, strict=True)]

    assert score_matrix.pair_scores(rows, columns).tolist() == expected


@steady
@given(st.one_of(pools, free_pools), mentee_lists)
def test_tiles_leave_out_wishes_and_rules_and_nothing_else(pool: Pool, cards: list[MenteeCard]) -> None:
    score_matrix = score_matrix_of(pool, cards)
    rows, columns = everybody(score_matrix)
    tile = whole_tile(score_matrix).astype(int)

    confirmed = score_matrix.allowed_pairs(Pairs(rows, columns, tile))
    named = score_matrix.lifted_pairs()

    allowed = np.flatnonzero(score_matrix.pair_scores(rows, columns) >= 0)
    assert confirmed.keys(score_matrix.shape[1]).tolist() == allowed.tolist()
    assert confirmed.score.tolist() == score_matrix.pair_scores(rows, columns)[allowed].tolist()
    raised = allowed[confirmed.score > tile[allowed]]
    assert sorted(named.keys(score_matrix.shape[1]).tolist()) == raised.tolist()
    assert (confirmed.score >= tile[allowed]).all()


NOTHING = dict.fromkeys((part.value for part in Part), 0)


@pytest.mark.parametrize(
    "weights",
    [
        Weights(aims=7, challenges=11, hours=3, seniority=13),
        Weights(**{**NOTHING, "aims": 3, "challenges": 4}),  # nothing but topics: not all in whole twelfths
        Weights(**{**NOTHING, "challenges": 1}),
    ],
)
def test_many_people_are_scored_to_the_unit_whatever_the_tile(weights: Weights) -> None:
    rng = np.random.default_rng(5)
    topics, languages = [f"topic {number}" for number in range(30)], ["en", "de", "fr", "sv"]

    def some(values: list[str], most: int) -> Any:
        return rng.choice(values, rng.integers(0, most + 1), replace=False).tolist()

    cards = [
        mentee(
            id=number,
            aims=tuple(some(topics, 5)),
            challenges=frozenset(some(topics, 4)),
            seniority=int(rng.integers(0, 6)),
            languages=frozenset(some(languages, 2)),
            hours=int(rng.integers(0, 1 << 20)),
            let_down=bool(rng.random() < 0.2),
        )
        for number in range(120)
    ]
    mentors = tuple(
        mentor(
            id=1000 + number,
            expertise=frozenset((topic, int(rng.integers(1, 4))) for topic in some(topics, 9)),
            seniority=int(rng.integers(0, 6)),
            languages=frozenset(some(languages, 2)),
            hours=int(rng.integers(0, 1 << 20)),
        )
        for number in range(90)
    )
    pool = Pool(mentors, weights=weights)
    score_matrix = score_matrix_of(pool, cards)
    tile = whole_tile(score_matrix).reshape(score_matrix.shape)

    for row, card in enumerate(cards):
        assert (tile[row] == pool.columns.scores(card, pool.weights)).all()
    rows = score_matrix.locality_order(np.arange(120))[7:40]
    for start in range(3):
        part = score_matrix.tile(rows, slice(start, 90, 3), np.empty(33 * 30, np.float32))
        assert (part == tile[rows, start::3]).all()


@pytest.mark.parametrize(
    ("of_mentee", "of_mentor"),
    [
        ({"organisations": frozenset({1})}, {"organisations": frozenset({1})}),
        ({"families": frozenset({1})}, {"families": frozenset({1})}),
        ({"families": frozenset({1})}, {"competitor_families": frozenset({1})}),
        ({"competitor_families": frozenset({1})}, {"families": frozenset({1})}),
        ({"current_ties": frozenset({1})}, {"competitor_families": frozenset({1})}),
        ({"competitor_families": frozenset({1})}, {"current_ties": frozenset({1})}),
        ({"families": frozenset({1})}, {"current_ties": frozenset({1})}),
        ({"current_ties": frozenset({1})}, {"families": frozenset({1})}),
        ({"current_ties": frozenset({1})}, {"current_ties": frozenset({1})}),
        ({"families": frozenset({1})}, {"former_families": frozenset({1})}),
        ({"former_families": frozenset({1})}, {"families": frozenset({1})}),
        ({"never_with_families": frozenset({1})}, {"families": frozenset({1})}),
        ({"never_with_families": frozenset({1})}, {"current_ties": frozenset({1})}),
        ({"families": frozenset({1})}, {"never_with_families": frozenset({1})}),
        ({"current_ties": frozenset({1})}, {"never_with_families": frozenset({1})}),
        ({"declined_by": frozenset({2})}, {}),
        ({"asked": frozenset({2})}, {}),
        ({"paired_with": frozenset({2})}, {}),
        ({"mentors_now": frozenset({2})}, {}),
        ({"paired_before": frozenset({2})}, {}),
        ({"never_with": frozenset({2})}, {}),
        ({}, {"never_with": frozenset({1})}),
        ({"id": 2}, {}),
    ],
)
def test_each_rule_alone_excludes(of_mentee: dict[str, Any], of_mentor: dict[str, Any]) -> None:
    score_matrix = score_matrix_of(Pool((mentor(**of_mentor),)), [mentee(**of_mentee)])

    assert score_matrix.pair_scores(np.array([0]), np.array([0])).tolist() == [-1]


@pytest.mark.parametrize(
    ("of_mentee", "of_mentor"),
    [
        ({"organisations": frozenset({1})}, {"families": frozenset({1})}),
        ({"former_families": frozenset({1})}, {"former_families": frozenset({1})}),
        ({"competitor_families": frozenset({1})}, {"competitor_families": frozenset({1})}),
        ({"never_with_families": frozenset({1})}, {"former_families": frozenset({1})}),
    ],
)
def test_what_only_looks_like_a_tie_does_not(of_mentee: dict[str, Any], of_mentor: dict[str, Any]) -> None:
    score_matrix = score_matrix_of(Pool((mentor(**of_mentor),)), [mentee(**of_mentee)])

    assert score_matrix.pair_scores(np.array([0]), np.array([0])).min() > 0


def test_a_waiver_and_a_flag_only_cohort_let_through() -> None:
    one, other = (
        mentee(families=frozenset({1}), current_ties=frozenset({2})),
        mentor(competitor_families=frozenset({1, 2})),
    )
    pools_ = [
        Pool((other,)),
        Pool((other,), rules=Rules(competitors_flag_only=True)),
        Pool((other,), waived=frozenset({(1, 2)})),
    ]

    assert [int(score_matrix_of(pool, [one]).pair_scores(np.array([0]), np.array([0]))[0]) >= 0 for pool in pools_] == [
        False,
        True,
        True,
    ]
