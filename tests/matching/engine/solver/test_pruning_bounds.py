from typing import Any

import numpy as np
import pytest

from matching.engine.solver import column_generation
from matching.engine.solver.pruning_bounds import PruningBounds
from tests.matching.engine.oracle import Instance, check_instance, random_instance

MENTEES, MENTORS = 30, 40


def to_rescan(bounds: PruningBounds, threshold: Any, price: Any) -> Any:
    rescanned = np.zeros((MENTEES, MENTORS), bool)
    for mentees, mentors in bounds.rescans(threshold, price):
        rescanned[np.ix_(mentees, np.arange(MENTORS) if mentors is None else mentors)] = True
    return rescanned


@pytest.mark.parametrize("part", range(20))
def test_every_pruned_pair_that_could_reach_the_threshold_is_rescanned(part: int) -> None:
    rng = np.random.default_rng(part)
    scores = rng.integers(0, 1000, (MENTEES, MENTORS))
    pruned = rng.random(scores.shape) < 0.7
    cutoff = np.where(pruned, scores, -1).max(axis=1) + rng.integers(0, 2, MENTEES)
    bounds, price, saved = PruningBounds(cutoff, MENTORS), np.zeros(MENTORS, np.int64), 0
    for _ in range(30):
        price = np.maximum(price + rng.integers(-60, 90, MENTORS) * (rng.random(MENTORS) < 0.4), 0)
        threshold = (scores - price).max(axis=1) - rng.integers(-40, 80, MENTEES)
        possible = pruned & (scores - price >= threshold[:, None])
        rescanned = to_rescan(bounds, threshold, price)
        assert not (possible & ~rescanned).any()
        saved += int((~rescanned).sum())
        # Some mentees are scanned with all mentors, and what is nearly good enough is pruned no longer.
        some = np.flatnonzero(rng.random(MENTEES) < 0.3)
        bound = threshold - int(rng.integers(0, 50))
        pruned[some] &= (scores - price)[some] <= bound[some, None]
        bounds.update(some, price, bound)
    assert saved > 30 * MENTEES * MENTORS // 10


def test_where_few_prices_fall_only_those_mentors_are_scanned() -> None:
    threshold, price = np.full(MENTEES, 500), np.full(MENTORS, 100)
    bounds = PruningBounds(np.full(MENTEES, 900), MENTORS)
    bounds.update(np.arange(MENTEES), price, np.full(MENTEES, 450))
    assert bounds.rescans(threshold, price) == []

    price = price - 40 * (np.arange(MENTORS) == 7) - 60 * (np.arange(MENTORS) == 9)
    threshold = threshold - 60 * (np.arange(MENTEES) == 3)
    rescanned = to_rescan(bounds, threshold, price)

    assert rescanned[3].all()
    assert rescanned[:, 9].all()
    assert rescanned.sum() == MENTORS + MENTEES - 1


def test_a_mentee_without_pruned_pairs_is_never_rescanned() -> None:
    bounds = PruningBounds(np.full(MENTEES, -1), MENTORS)

    assert bounds.rescans(np.full(MENTEES, -(10**12)), np.zeros(MENTORS, np.int64)) == []


@pytest.mark.parametrize("kept", [1, 3])
@pytest.mark.parametrize("slack", [0, 2, 100_000])
def test_rescanning_ends_with_the_optimum(kept: int, slack: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # So little is kept at first that nearly everything has to be found by rescans.
    for name, value in {
        "CANDIDATES_SCANNED": 1,
        "CANDIDATES_FIRST": 1,
        "ALL_SOLVED_UP_TO": 0,
        "ADDED_PER_ROUND": 1,
        "RESCAN_BELOW": 5,
        "KEPT_PER_RESCAN": kept,
        "SLACK": slack,
    }.items():
        monkeypatch.setattr(column_generation, name, value)
    rng = np.random.default_rng([kept, slack])
    for _ in range(60):
        check_instance(random_instance(rng, 30), rng)


@pytest.mark.parametrize("part", range(4))
def test_bounds_of_an_earlier_scan_are_used_only_as_far_as_they_hold(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Some mentors are better for everybody, so prices rise far, and fall again when others are found.
    for name, value in {
        "CANDIDATES_SCANNED": 2,
        "CANDIDATES_FIRST": 2,
        "ALL_SOLVED_UP_TO": 0,
        "ADDED_PER_ROUND": 1,
        "RESCAN_BELOW": 1,
        "KEPT_PER_RESCAN": 2,
    }.items():
        monkeypatch.setattr(column_generation, name, value)
    monkeypatch.setattr(column_generation, "SLACK", 100)
    for seed in range(5):
        rng = np.random.default_rng([part, seed])
        scores = rng.integers(0, 1000, (120, 160)) + 5 * np.arange(160)
        check_instance(Instance(scores, rng.integers(0, 3, 160)), rng)
