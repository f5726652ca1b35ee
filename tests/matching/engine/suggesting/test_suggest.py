import random
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matching.engine import (
    OTHER,
    TABLE,
    DuplicateMentorError,
    EngineError,
    Explanation,
    MenteeCard,
    Pool,
    explain,
    funnel,
    suggest,
)
from matching.engine.facts.hashes import stable_hashes, tie_break_order
from tests.matching.engine.builders import free_pools, mentee, mentees, mentor, pools, steady


def naive(pool: Pool, one: MenteeCard, k: int) -> list[Explanation]:
    """One pair after the other, sorted whole: what suggest must equal."""
    told = [explain(pool, one, each) for each in pool.mentors]

    def order(story: Explanation) -> tuple[int, int, int]:
        return (story.obstacles, -story.score, int(tie_break_order(one.id, stable_hashes([story.mentor]))[0]))

    return sorted((story for story in told if story.allowed), key=order)[:k]


@steady
@given(st.one_of(pools, free_pools), mentees, st.integers(0, 30))
def test_suggest_is_the_naive_loop(pool: Pool, one: MenteeCard, k: int) -> None:
    assert list(suggest(pool, one, k)) == naive(pool, one, k)


@steady
@given(free_pools, mentees)
def test_columns_score_every_mentor_as_explain_does(pool: Pool, one: MenteeCard) -> None:
    one = replace(one, employer_confirmed=True, list_readable=True, never_with_families=frozenset())
    scores = pool.columns.scores(one, pool.weights)

    assert scores.tolist() == [explain(pool, one, each).score for each in pool.ordered]


@steady
@given(st.one_of(pools, free_pools), st.one_of(pools, free_pools), mentees, st.data())
def test_a_changed_pool_answers_as_one_made_anew(pool: Pool, other: Pool, one: MenteeCard, data: st.DataObject) -> None:
    """Some go, some come, some come with another card."""
    gone = data.draw(st.sets(st.sampled_from(pool.mentors))) if pool.mentors else set()
    staying = {card.id for card in pool.mentors if card not in gone}
    came = [card for card in other.mentors if card.id not in staying]

    changed = pool.with_changes([*(card.id for card in gone), "nobody"], came)

    anew = replace(pool, mentors=(*(card for card in pool.mentors if card.id in staying), *came))
    assert changed.ordered == anew.ordered
    assert changed.excluded(one) == anew.excluded(one)
    assert suggest(changed, one, 20) == suggest(anew, one, 20)
    assert funnel(changed, one) == funnel(anew, one)
    everybody = np.ones(len(anew.mentors), bool)
    assert changed.columns.expertise.values_held_by(everybody) == anew.columns.expertise.values_held_by(everybody)
    assert len(pool.ordered) == len(pool.mentors) == len(gone) + len(staying), "the pool before is as it was"


def test_a_changed_pool_refuses_somebody_twice() -> None:
    pool = Pool((mentor(id="a"), mentor(id="b")))
    with pytest.raises(DuplicateMentorError):
        pool.with_changes(["a"], [mentor(id="b")])
    assert pool.with_changes([], []) is pool


@steady
@given(pools, mentees, st.randoms())
def test_input_order_never_shows(pool: Pool, one: MenteeCard, chance: random.Random) -> None:
    shuffled = list(pool.mentors)
    chance.shuffle(shuffled)
    other = replace(pool, mentors=tuple(shuffled))

    assert suggest(other, one, 5) == suggest(pool, one, 5)
    assert funnel(other, one) == funnel(pool, one)


@steady
@given(pools, mentees)
def test_the_funnel_sums_to_the_pool_and_names_a_rule_for_each(pool: Pool, one: MenteeCard) -> None:
    counted = funnel(pool, one)
    stories = [explain(pool, one, each) for each in pool.mentors]
    names = [story.excluded_by.public_key for story in stories if story.excluded_by]

    assert counted.total == len(pool.mentors) == counted.fit + sum(counted.excluded.values())
    assert dict(counted.excluded) == {name: names.count(name) for name in names}
    order = [*(rule.key for rule in TABLE if rule.revealed), OTHER]
    assert list(counted.excluded) == sorted(counted.excluded, key=order.index)


@steady
@given(pools, mentees)
def test_never_with_looks_exactly_like_full(pool: Pool, one: MenteeCard) -> None:
    """Whatever else is true of a mentor, a private list changes what coordinators see just as being full does."""
    assume(pool.mentors)
    first, *rest = pool.mentors
    hated = replace(one, never_with=one.never_with | {first.id})
    full = replace(pool, mentors=(replace(first, open_places=0), *rest))

    assert funnel(pool, hated) == funnel(full, one)
    assert [s.mentor for s in suggest(pool, hated, 9)] == [s.mentor for s in suggest(full, one, 9)]


@steady
@given(pools, mentees)
def test_to_the_mentee_never_with_looks_exactly_like_having_left(pool: Pool, one: MenteeCard) -> None:
    """Whatever else is true of a mentor, who is on a private list is counted nowhere."""
    assume(pool.mentors)
    first, *rest = pool.mentors
    hated = replace(one, never_with=one.never_with | {first.id})

    assert funnel(pool, hated, as_mentee=True) == funnel(replace(pool, mentors=tuple(rest)), one, as_mentee=True)


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_never_with_is_one_of_the_other_reasons(side: str) -> None:
    one = mentee(never_with=frozenset({10})) if side == "mentee" else mentee()
    hater = mentor(id=10, never_with=frozenset({one.id}) if side == "mentor" else frozenset())
    pool = Pool((hater, mentor(id=11, open_places=0), mentor(id=12, away=True), mentor(id=13)))

    counted = funnel(pool, one)

    assert counted.fit == 1
    assert dict(counted.excluded) == {OTHER: 3}
    assert [story.mentor for story in suggest(pool, one, 4)] == [13]


def test_a_mentee_whose_employer_is_unconfirmed_waits() -> None:
    pool = Pool((mentor(id=10), mentor(id=11, open_places=0)))
    waiting = mentee(employer_confirmed=False)

    assert suggest(pool, waiting, 5) == ()
    assert dict(funnel(pool, waiting).excluded) == {"mentee_unconfirmed": 2}


@pytest.mark.parametrize(
    ("rule", "card"),
    [
        ("full", {"open_places": 0}),
        ("away", {"away": True}),
        ("not_available", {"available": False}),
        ("not_available", {"employer_confirmed": False}),
        ("list_unreadable", {"list_readable": False}),
    ],
)
def test_what_a_mentors_own_card_decides_holds_for_whoever_asks(rule: str, card: dict[str, Any]) -> None:
    """Nothing ties the two: the table of rules is not asked, and its answer is given all the same."""
    pool, one = Pool((mentor(id=10, **card), mentor(id=11))), mentee()

    assert [each.key for each in pool.excluded(one).values()] == [rule]
    assert explain(pool, one, pool.ordered[0]).excluded_by == pool.excluded(one)[0]
    assert pool.allowed(one).tolist() == [False, True]
    assert [story.mentor for story in suggest(pool, one, 4)] == [11]


def test_a_waiver_brings_a_mentor_back() -> None:
    house = frozenset({7})
    colleague = mentor(id=10, organisations=house, families=house)
    one = mentee(organisations=house, families=house)

    assert suggest(Pool((colleague,)), one, 1) == ()
    (story,) = suggest(Pool((colleague,), waived=frozenset({(one.id, 10)})), one, 1)
    assert [rule.key for rule in story.lifted] == ["same_employer", "same_family"]


def test_an_empty_pool_answers() -> None:
    assert suggest(Pool(()), mentee(aims=("boards",), seniority=2, hours=1), 3) == ()
    assert funnel(Pool(()), mentee()).total == 0


def test_a_negative_number_of_suggestions_is_refused() -> None:
    with pytest.raises(EngineError, match="-1"):
        suggest(Pool(()), mentee(), -1)


def test_equal_mentors_take_turns_over_mentees() -> None:
    pool = Pool(tuple(mentor(id=UUID(int=number)) for number in range(20)))
    firsts = {suggest(pool, mentee(id=UUID(int=1000 + number)), 1)[0].mentor for number in range(100)}

    assert len(firsts) == 20


def test_ties_are_the_same_in_every_process() -> None:
    # Golden values: another hash would reorder every cohort's equal suggestions.
    assert stable_hashes([UUID(int=7), 7, "seven"]).tolist() == [
        4604249601916375849,
        16667848380713045890,
        5704112579019256664,
    ]
