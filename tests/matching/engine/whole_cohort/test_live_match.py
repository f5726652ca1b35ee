"""Demands of a match, one after the other: the best answer is that of a new match, and the others keep their word."""

from typing import Any

import numpy as np
import pytest

from matching.engine import (
    Answer,
    EngineError,
    Forbid,
    LiveMatch,
    Match,
    Pin,
    PinError,
    Withdraw,
    excluding_rule,
    match,
)
from tests.matching.engine.whole_cohort.test_match import some_people

SEED = 20_261_128


def a_demand(found: Match, taken: set[Any], rng: np.random.Generator) -> Any:
    """Of a mentee about whom nothing is demanded yet."""
    free = [each for each in found.cohort.mentees.ids if each not in taken]
    mentee, mentors = free[int(rng.integers(len(free)))], found.cohort.mentors.ids
    mentor = mentors[int(rng.integers(len(mentors)))]
    current = found.mentor_of.get(mentee, mentor)
    return [Pin(mentee, mentor), Pin(mentee, current), Forbid(mentee, current), Withdraw(mentee)][int(rng.integers(4))]


def anew(pool: Any, cards: Any, demands: list[Any]) -> Match:
    aside = {each.person for each in demands if isinstance(each, Withdraw)}
    return match(
        pool,
        [card for card in cards if card.id not in aside],
        pinned=[(each.mentee, each.mentor) for each in demands if isinstance(each, Pin)],
        forbidden=[(each.mentee, each.mentor) for each in demands if isinstance(each, Forbid)],
    )


@pytest.mark.parametrize("part", range(3))
def test_every_answer_meets_the_demands_and_the_best_is_that_of_a_new_match(part: int) -> None:
    rng, asked = np.random.default_rng([SEED, part]), 0
    for size in (6, 14, 30, 60):
        pool, cards = some_people(rng, size, size)
        found = match(pool, cards)
        if len(found.cohort.mentees.ids) < 4:
            continue
        live, standing, demands = LiveMatch(found), dict(found.mentor_of), list[Any]()
        for _ in range(4):
            demand = a_demand(found, {getattr(each, "mentee", getattr(each, "person", None)) for each in demands}, rng)
            mentee = getattr(demand, "mentee", getattr(demand, "person", None))
            try:
                answers = live.answers([*demands, demand], standing, about={mentee})
            except PinError:
                with pytest.raises(PinError):
                    anew(pool, cards, [*demands, demand])
                continue
            asked += 1
            demands.append(demand)
            best = anew(pool, cards, demands)
            assert (answers.best.matched, answers.best.total) == (best.matched, best.total), demand
            again = LiveMatch(found).answers(demands, standing, about={mentee})
            assert again == answers, "another process would say something else"
            for most, answer in zip((0, 1, 2, None), (*answers.options, answers.best), strict=True):
                if answer is not None:
                    check(answer, most, mentee, standing, demands, pool, cards)
                    assert (answer.matched, answer.total) <= (best.matched, best.total)
            chosen = [each for each in (*answers.options, answers.best) if each is not None]
            standing = after(standing, chosen[int(rng.integers(len(chosen)))])
    assert asked > 8


def after(standing: dict[Any, Any], answer: Answer) -> dict[Any, Any]:
    moved = {**standing, **answer.mentor_of}
    return {one: other for one, other in moved.items() if other is not None}


def check(
    answer: Answer, most: int | None, about: Any, standing: dict[Any, Any], demands: list[Any], pool: Any, cards: Any
) -> None:
    pairs, card_of = after(standing, answer), {card.id: card for card in cards}
    mentor_of = {card.id: card for card in pool.ordered}
    for one, other in pairs.items():
        waived = pool.is_waived(card_of[one], mentor_of[other])
        assert excluding_rule(card_of[one], mentor_of[other], pool.rules, waived=waived) is None
    for mentor in set(pairs.values()):
        assert sum(other == mentor for other in pairs.values()) <= mentor_of[mentor].open_places
    for demand in demands:
        if isinstance(demand, Pin):
            assert pairs.get(demand.mentee) == demand.mentor
        elif isinstance(demand, Forbid):
            assert pairs.get(demand.mentee) != demand.mentor
        else:
            assert demand.person not in pairs
    moved = {one for one in standing if pairs.get(one) != standing[one]} - {about}
    assert answer.others == len(moved)
    assert most is None or answer.others <= most
    assert answer.matched == len(pairs)


def test_pairs_who_would_both_prefer_each_other_are_counted_as_a_match_counts_them() -> None:
    pool, cards = some_people(np.random.default_rng(SEED), 40, 40)
    found = match(pool, cards)
    live = LiveMatch(found)
    assert live.prefer_each_other([], found.mentor_of, 1000) == len(found.blocking_pairs(1000))


def test_what_names_nobody_here_is_refused() -> None:
    pool, cards = some_people(np.random.default_rng(SEED), 12, 12)
    found = match(pool, cards)
    live = LiveMatch(found)
    for demand in (Withdraw("nobody"), Pin("nobody", "no one"), Forbid("nobody", "no one")):
        with pytest.raises(EngineError):
            live.answers([demand], found.mentor_of)
    pinned = match(pool, cards, pinned=[next(iter(found.mentor_of.items()))])
    with pytest.raises(EngineError):
        LiveMatch(pinned)
