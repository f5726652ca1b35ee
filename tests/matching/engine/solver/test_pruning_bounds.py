from typing import Any

import numpy as np
import pytest

from matching.engine.solver import column_generation
from matching.engine.solver.pruning_bounds import PruningBounds
from tests.matching.engine.oracle import Instance, check_instance, random_instance

MENTEES, MENTORS = 30, 40


def asked_about(bounds: PruningBounds, least: Any, price: Any) -> Any:
    asked = np.zeros((MENTEES, MENTORS), bool)
    for mentees, mentors in bounds.rescans(least, price):
        asked[np.ix_(mentees, np.arange(MENTORS) if mentors is None else mentors)] = True
    return asked


@pytest.mark.parametrize("part", range(20))
def test_nobody_who_could_reach_their_least_goes_without_a_look(part: int) -> None:
    rng = np.random.default_rng(part)
    scores = rng.integers(0, 1000, (MENTEES, MENTORS))
    left_out = rng.random(scores.shape) < 0.7
    cutoff = np.where(left_out, scores, -1).max(axis=1) + rng.integers(0, 2, MENTEES)
    bounds, price, saved = PruningBounds(cutoff, MENTORS), np.zeros(MENTORS, np.int64), 0
    for _ in range(30):
        price = np.maximum(price + rng.integers(-60, 90, MENTORS) * (rng.random(MENTORS) < 0.4), 0)
        least = (scores - price).max(axis=1) - rng.integers(-40, 80, MENTEES)
        possible = left_out & (scores - price >= least[:, None])
        asked = asked_about(bounds, least, price)
        assert not (possible & ~asked).any()
        saved += int((~asked).sum())
        # Some mentees are looked at in full, and what is nearly good enough is left out no longer.
        some = np.flatnonzero(rng.random(MENTEES) < 0.3)
        bound = least - int(rng.integers(0, 50))
        left_out[some] &= (scores - price)[some] <= bound[some, None]
        bounds.update(some, price, bound)
    assert saved > 30 * MENTEES * MENTORS // 10


def test_where_few_prices_fall_only_those_mentors_are_looked_at() -> None:
    least, price = np.full(MENTEES, 500), np.full(MENTORS, 100)
    bounds = PruningBounds(np.full(MENTEES, 900), MENTORS)
    bounds.update(np.arange(MENTEES), price, np.full(MENTEES, 450))
    assert bounds.rescans(least, price) == []

    price = price - 40 * (np.arange(MENTORS) == 7) - 60 * (np.arange(MENTORS) == 9)
    least = least - 60 * (np.arange(MENTEES) == 3)
    asked = asked_about(bounds, least, price)

    assert asked[3].all()
    assert asked[:, 9].all()
    assert asked.sum() == MENTORS + MENTEES - 1


def test_a_mentee_nobody_of_whom_is_left_out_is_never_in_doubt() -> None:
    bounds = PruningBounds(np.full(MENTEES, -1), MENTORS)

    assert bounds.rescans(np.full(MENTEES, -(10**12)), np.zeros(MENTORS, np.int64)) == []


@pytest.mark.parametrize("kept", [1, 3])
@pytest.mark.parametrize("slack", [0, 2, 100_000])
def test_looking_again_and_again_ends_with_the_optimum(kept: int, slack: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # So little is known at first that nearly everything has to be found by looking again.
    for name, value in {
        "PER_MENTEE": 1,
        "ACTIVE": 1,
        "SOLVED_AT_ONCE": 0,
        "ADDED": 1,
        "MANY": 5,
        "KEPT": kept,
        "SLACK": slack,
    }.items():
        monkeypatch.setattr(column_generation, name, value)
    rng = np.random.default_rng([kept, slack])
    for _ in range(60):
        check_instance(random_instance(rng, 30), rng)


@pytest.mark.parametrize("part", range(4))
def test_what_an_earlier_look_has_shown_is_believed_only_as_far_as_it_goes(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Some mentors are better for everybody, so prices rise far, and fall again when others are found.
    for name, value in {"PER_MENTEE": 2, "ACTIVE": 2, "SOLVED_AT_ONCE": 0, "ADDED": 1, "MANY": 1, "KEPT": 2}.items():
        monkeypatch.setattr(column_generation, name, value)
    monkeypatch.setattr(column_generation, "SLACK", 100)
    for seed in range(5):
        rng = np.random.default_rng([part, seed])
        scores = rng.integers(0, 1000, (120, 160)) + 5 * np.arange(160)
        check_instance(Instance(scores, rng.integers(0, 3, 160)), rng)
