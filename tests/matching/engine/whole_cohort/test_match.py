from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import (
    CancelledError,
    EngineError,
    IdsError,
    Match,
    MenteeCard,
    MentorCard,
    PinError,
    Pool,
    Progress,
    Stage,
    match,
)
from tests.matching.engine.builders import free_mentors, mentee, mentees, mentor, pools, steady
from tests.matching.engine.oracle import Instance, by_scipy, by_trying_everything

SEED = 20_260_102
mentee_lists = st.lists(mentees, max_size=6, unique_by=lambda card: card.id)


def table(pool: Pool, cards: Any, forbidden: Any = ()) -> Instance:
    """Every pair by the definition: the score, or −1 where a rule or somebody forbids it."""
    column_of = {card.id: column for column, card in enumerate(pool.ordered)}
    scores = np.full((len(cards), len(pool.ordered)), -1)
    for row, card in enumerate(cards):
        scores[row] = np.where(pool.allowed(card), pool.columns.scores(card, pool.weights), -1)
        refused = [column_of[other] for one, other in forbidden if one == card.id and other in column_of]
        scores[row, refused] = -1
    return Instance(scores, np.array([card.open_places for card in pool.ordered], int))


def without_pins(instance: Instance, pool: Pool, cards: Any, pins: Any) -> Instance:
    scores, capacity = instance.scores.copy(), instance.capacity.copy()
    column_of = {card.id: column for column, card in enumerate(pool.ordered)}
    row_of = {card.id: row for row, card in enumerate(cards)}
    for one, other in pins:
        scores[row_of[one]] = -1
        capacity[column_of[other]] -= 1
    return Instance(scores, capacity)


def check(answer: Match, pool: Pool, cards: Any, *, forbidden: Any = (), pins: Any = ()) -> None:
    truth = table(pool, cards, forbidden)
    matched, total = by_scipy(without_pins(truth, pool, cards, pins))
    column_of = {card.id: column for column, card in enumerate(pool.ordered)}
    row_of = {card.id: row for row, card in enumerate(cards)}
    scores = {one: truth.scores[row_of[one], column_of[other]] for one, other in answer.mentor_of.items()}
    assert answer.score_of == scores
    assert all(score >= 0 for score in scores.values())
    assert set(pins) <= set(answer.mentor_of.items())
    assert answer.matched == matched + len(pins)
    assert answer.total == total + sum(scores[one] for one, _ in pins)
    assert set(answer.unmatched) == set(row_of) - set(answer.mentor_of)
    load = np.bincount([column_of[other] for other in answer.mentor_of.values()], minlength=len(column_of))
    assert (load <= truth.capacity).all()
    answer.certificate()


def some_people(rng: np.random.Generator, mentees_: int, mentors_: int) -> tuple[Pool, list[MenteeCard]]:
    """People with few topics, so that many are equal, and a few ties between organisations."""
    topics = ["boards", "growth", "crisis", "teams", "exit", "talent"]

    def ties() -> dict[str, Any]:
        home = frozenset({int(rng.integers(0, 30))})
        return {"organisations": home, "families": home, "competitor_families": frozenset({int(rng.integers(0, 30))})}

    cards = [
        mentee(
            id=f"e{number}",
            aims=tuple(rng.choice(topics, rng.integers(0, 4), replace=False).tolist()),
            seniority=int(rng.integers(0, 4)),
            shortlist=(f"r{rng.integers(0, mentors_)}",) if rng.random() < 0.3 else (),
            let_down=bool(rng.random() < 0.1),
            **ties(),
        )
        for number in range(mentees_)
    ]
    mentors = tuple(
        mentor(
            id=f"r{number}",
            expertise=frozenset(
                (topic, int(rng.integers(1, 4))) for topic in rng.choice(topics, rng.integers(0, 5), replace=False)
            ),
            seniority=int(rng.integers(0, 6)),
            open_places=int(rng.integers(0, 4)),
            away=bool(rng.random() < 0.05),
            **ties(),
        )
        for number in range(mentors_)
    )
    return Pool(mentors), cards


def free_pairs(pool: Pool, cards: Any, rng: np.random.Generator, most: int) -> list[tuple[Any, Any]]:
    """Allowed pairs of different people, to pin."""
    truth = table(pool, cards)
    rows, columns = np.nonzero((truth.scores >= 0) & (truth.capacity > 0))
    pins: dict[Any, Any] = {}
    for place in rng.permutation(len(rows))[: 4 * most].tolist():
        one, other = cards[rows[place]].id, pool.ordered[columns[place]].id
        if one not in pins and other not in pins.values() and len(pins) < most:
            pins[one] = other
    return list(pins.items())


@steady
@given(pools, mentee_lists)
def test_whatever_the_people(pool: Pool, cards: list[MenteeCard]) -> None:
    answer = match(pool, cards)

    check(answer, pool, cards)
    assert (answer.matched, answer.total) == by_trying_everything(table(pool, cards))


@steady
@given(st.lists(free_mentors, max_size=8, unique_by=lambda card: card.id), mentee_lists, st.randoms())
def test_the_order_given_never_shows(mentors: list[MentorCard], cards: list[MenteeCard], random: Any) -> None:
    answer = match(Pool(tuple(mentors)), cards)
    others, again = random.sample(mentors, len(mentors)), random.sample(cards, len(cards))

    assert match(Pool(tuple(others)), again).mentor_of == answer.mentor_of


@pytest.mark.parametrize("part", range(3))
def test_cohorts_with_pins_and_forbidden_pairs(part: int) -> None:
    rng = np.random.default_rng([SEED, part])
    for _ in range(12):
        pool, cards = some_people(rng, *rng.integers(0, 40, 2) + 1)
        pins = free_pairs(pool, cards, rng, int(rng.integers(0, 5)))
        answer = match(pool, cards, pinned=pins)
        check(answer, pool, cards, pins=pins)
        forbidden = [*[pair for pair in answer.mentor_of.items() if pair not in pins][:5], ("nobody", "nowhere")]
        check(match(pool, cards, pinned=pins, forbidden=forbidden), pool, cards, pins=pins, forbidden=forbidden)


def test_a_cohort_larger_than_a_tile_and_in_threads() -> None:
    pool, cards = some_people(np.random.default_rng(SEED), 620, 700)
    one, two = match(pool, cards, workers=1), match(pool, cards[::-1], workers=3)

    assert one.mentor_of == two.mentor_of
    check(one, pool, cards)
    assert one.proven.candidates.cutoff.max() > 0  # not every pair was kept


def highest_floor_by_trying(truth: Instance) -> int:
    matched = by_scipy(truth)[0]
    levels = np.unique(truth.scores[truth.scores >= 0]).tolist()
    fits = [floor for floor in levels if by_scipy(floored(truth, floor))[0] == matched]
    return max(fits, default=0)


def floored(truth: Instance, floor: int) -> Instance:
    return Instance(np.where(truth.scores < floor, -1, truth.scores), truth.capacity)


@pytest.mark.parametrize("part", range(3))
def test_the_worst_off_are_lifted_as_high_as_can_be(part: int) -> None:
    rng = np.random.default_rng([SEED, part, 1])
    for _ in range(10):
        pool, cards = some_people(rng, *rng.integers(1, 25, 2))
        plain, fair = match(pool, cards), match(pool, cards, protect_worst_off=True)
        floor = highest_floor_by_trying(table(pool, cards))
        assert fair.matched == plain.matched
        assert fair.matched == 0 or fair.lowest == fair.floor == floor
        assert (fair.matched, fair.total) == by_scipy(floored(table(pool, cards), floor))
        fair.certificate()


def test_the_worst_off_in_a_cohort_whose_pairs_are_mostly_left_out() -> None:
    pool, cards = some_people(np.random.default_rng(SEED + 1), 150, 400)
    scarce = Pool(tuple(replace(card, open_places=int(place < 160)) for place, card in enumerate(pool.mentors)))
    fair = match(scarce, cards, protect_worst_off=True)

    truth = table(scarce, cards)
    assert fair.lowest == fair.floor == highest_floor_by_trying(truth)
    assert (fair.matched, fair.total) == by_scipy(floored(truth, fair.floor))


def lowest_load_by_trying(truth: Instance) -> int:
    """The least number of places for everybody with which as many are matched."""
    matched = by_scipy(truth)[0]
    loads = range(int(truth.capacity.max(initial=0)) + 1)
    return next(most for most in loads if by_scipy(held_to(truth, most))[0] == matched)


def held_to(truth: Instance, places: Any) -> Instance:
    return Instance(truth.scores, np.minimum(truth.capacity, places))


@pytest.mark.parametrize("protect", [False, True])
def test_the_load_is_spread_as_far_as_nobody_stays_unmatched_for_it(protect: bool) -> None:
    rng = np.random.default_rng([SEED, int(protect), 3])
    for _ in range(15):
        pool, cards = some_people(rng, int(rng.integers(1, 25)), int(rng.integers(1, 12)))
        plain = match(pool, cards, protect_worst_off=protect)
        spread = match(pool, cards, protect_worst_off=protect, spread_load=True)
        truth = floored(table(pool, cards), plain.floor)
        assert spread.matched == plain.matched
        assert max(spread.loads.values(), default=0) == lowest_load_by_trying(truth)
        assert spread.lowest is None or spread.lowest >= plain.floor
        spread.certificate()
        place_of = {card.id: place for place, card in enumerate(pool.ordered)}
        places = np.zeros(len(pool.ordered), np.int64)
        for mentor_id, most in zip(spread.cohort.mentors.ids, spread.assignment.capacity.tolist(), strict=True):
            places[place_of[mentor_id]] = most
        assert (spread.matched, spread.total) == by_scipy(held_to(truth, places))
        for group in spread.shortages():
            assert group.places == sum(pool.ordered[place_of[each]].open_places for each in group.mentors)


def test_a_mentor_whom_all_prefer_has_one_and_only_whoever_is_needed_has_more() -> None:
    crowded = [mentor(id=100, open_places=12, function="finance")]
    theirs = {"organisations": frozenset({7}), "families": frozenset({7})}
    idle = [mentor(id=101 + number, open_places=12, function="people", **theirs) for number in range(11)]
    free = [mentee(id=number, function="finance") for number in range(12)]
    pool = Pool(tuple(crowded + idle))
    assert match(pool, free).loads == {100: 12}
    assert set(match(pool, free, spread_load=True).loads.values()) == {1}
    locked = [replace(card, **theirs) for card in free[:3]]
    loads = match(pool, locked + free[3:], spread_load=True).loads
    assert loads[100] == 3
    assert sorted(loads.values())[:-1] == [1] * 9


@pytest.mark.parametrize("part", range(3))
def test_everybody_unmatched_is_in_a_shortage(part: int) -> None:
    rng = np.random.default_rng([SEED, part, 2])
    for _ in range(10):
        pool, cards = some_people(rng, int(rng.integers(5, 40)), int(rng.integers(1, 12)))
        answer = match(pool, cards)
        present = {card.id for card in pool.ordered if card.id in answer.cohort.mentors.ids}
        truth, groups = table(pool, cards), answer.shortages()
        row_of = {card.id: row for row, card in enumerate(cards)}
        for group in groups:
            allowed = {
                other.id
                for one in group.mentees
                for column, other in enumerate(pool.ordered)
                if truth.scores[row_of[one], column] >= 0 and other.id in present
            }
            assert allowed == set(group.mentors)
            assert group.unmatched == len(set(group.mentees) & set(answer.unmatched)) > 0
        assert {one for group in groups for one in group.mentees} >= set(answer.unmatched)
        assert not any(set(one.mentors) & set(other.mentors) for one, other in combinations(groups, 2))


@pytest.mark.parametrize("part", range(3))
def test_blocking_pairs_are_exactly_those_who_both_prefer_each_other(part: int) -> None:
    rng = np.random.default_rng([SEED, part, 3])
    for size in (12, 30, 90):
        pool, cards = some_people(rng, size, size)
        answer, truth = match(pool, cards), table(pool, cards)
        row_of = {card.id: row for row, card in enumerate(cards)}
        column_of = {card.id: column for column, card in enumerate(pool.ordered)}
        now = np.full(len(cards), -1)
        mates: list[list[int]] = [[] for _ in column_of]
        for one, other in answer.mentor_of.items():
            now[row_of[one]] = truth.scores[row_of[one], column_of[other]]
            mates[column_of[other]].append(now[row_of[one]])
        weakest = [
            min(held, default=-1) if len(held) == places else -1
            for held, places in zip(mates, truth.capacity, strict=True)
        ]
        usable = np.array([not card.away for card in pool.ordered]) & (truth.capacity > 0)
        expected = (truth.scores > now[:, None]) & (truth.scores > np.array(weakest)) & usable

        found = answer.blocking_pairs(10_000)

        assert {(row_of[each.mentee], column_of[each.mentor]) for each in found} == set(
            zip(*np.nonzero(expected), strict=True)
        )
        assert [each.loss for each in found] == sorted((each.loss for each in found), reverse=True)
        assert len(answer.blocking_pairs(2)) == min(2, len(found))


def test_a_first_come_mentee_and_a_wish_count() -> None:
    pool = Pool((mentor(),))
    cards = [mentee(id="a"), mentee(id="b", let_down=True)]

    assert match(pool, cards).mentor_of == {"b": 2}
    assert match(pool, [mentee(id="a", shortlist=(2,)), mentee(id="b")]).mentor_of == {"a": 2}


@pytest.mark.parametrize(
    ("pins", "forbidden", "words"),
    [
        ([("nobody", 2)], [], "no mentee with this id"),
        ([(1, "nobody")], [], "no mentor with this id"),
        ([(1, 2), (1, 3)], [], "pinned to 2 already"),
        ([(1, 2)], [(1, 2)], "the pair is forbidden"),
        ([(4, 2)], [], "the rule same_family excludes"),
        ([(5, 2)], [], "the rule other excludes"),
        ([(1, 6)], [], "the rule other excludes"),
        ([(1, 2), (7, 2)], [], "has 1 open places"),
    ],
)
def test_pins_that_cannot_be_name_the_pair(pins: Any, forbidden: Any, words: str) -> None:
    tie = frozenset({"family"})
    pool = Pool((mentor(families=tie), mentor(id=3), mentor(id=6, away=True)))
    cards = [mentee(), mentee(id=4, families=tie), mentee(id=5, never_with=frozenset({2})), mentee(id=7)]

    with pytest.raises(PinError, match=words) as caught:
        match(pool, cards, pinned=pins, forbidden=forbidden)
    assert (caught.value.mentee, caught.value.mentor) == pins[-1]


def test_a_pin_given_twice_is_one_pin() -> None:
    assert match(Pool((mentor(),)), [mentee()], pinned=[(1, 2), (1, 2)]).pinned == {(1, 2)}


def test_mentees_are_checked_before_any_work() -> None:
    with pytest.raises(IdsError, match="'1'"):
        match(Pool(()), [mentee(id=1), mentee(id="1")])
    with pytest.raises(EngineError, match="mentee cards"):
        match(Pool(()), [mentor()])  # type: ignore[list-item]


def test_nobody_on_either_side() -> None:
    nobody = match(Pool(()), [])
    assert (nobody.matched, nobody.total, nobody.lowest, nobody.shortages(), nobody.blocking_pairs()) == (
        0,
        0,
        None,
        (),
        (),
    )
    assert match(Pool((mentor(),)), []).matched == 0
    alone = match(Pool(()), [mentee()], protect_worst_off=True)
    alone.certificate()
    assert alone.unmatched == (1,)
    assert [(group.mentees, group.mentors, group.places) for group in alone.shortages()] == [((1,), (), 0)]


def test_progress_is_reported_and_the_caller_can_cancel() -> None:
    pool, cards = some_people(np.random.default_rng(1), 30, 30)
    told: list[Stage] = []
    match(pool, cards, progress=Progress(report=lambda stage, _: told.append(stage)))

    assert told[0] == Stage.PREPARE
    assert told[-1] == Stage.DONE
    for stop_at in (Stage.PREPARE, Stage.SCAN, Stage.SOLVE):
        told.clear()
        progress = Progress(report=lambda stage, _: told.append(stage), cancelled=lambda stop=stop_at: stop in told)
        with pytest.raises(CancelledError):
            match(pool, cards, progress=progress)
        assert Stage.DONE not in told
