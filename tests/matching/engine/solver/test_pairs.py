from typing import Any

import numpy as np
import pytest

from matching.engine.solver.pairs import Pairs, best_per_mentee

# The larger numbers do not fit into one word together: prices of mentors for whom somebody would go to any price.
HIGHEST = [0, 40, 10**6, 10**11, 1 << 61]


def some_pairs(rng: np.random.Generator, count: int, highest: int) -> Pairs:
    keys = rng.choice(50 * 70, count, replace=False)
    return Pairs(keys // 70, keys % 70, rng.integers(0, highest + 1, count))


def rows(pairs: Pairs) -> list[tuple[int, int, int]]:
    return list(zip(pairs.mentee.tolist(), pairs.mentor.tolist(), pairs.score.tolist(), strict=True))


@pytest.mark.parametrize("highest", HIGHEST)
def test_sorting_gives_each_pair_once(highest: int) -> None:
    rng = np.random.default_rng(1)
    pairs = some_pairs(rng, 600, highest)
    twice = pairs.take(np.concatenate([np.arange(600), rng.integers(0, 600, 90)]))

    assert rows(twice.sorted(70)) == sorted(rows(pairs))
    assert rows(pairs.take(np.empty(0, np.int64)).sorted(70)) == []


def test_merging_keeps_the_order() -> None:
    pairs = some_pairs(np.random.default_rng(2), 500, 9)

    merged = pairs.take(np.arange(300)).sorted(70).merged(pairs.take(np.arange(300, 500)), 70)

    assert rows(merged) == sorted(rows(pairs))


@pytest.mark.parametrize("highest", HIGHEST)
@pytest.mark.parametrize("most", [1, 3, 100])
def test_the_best_of_each_are_as_many_as_allowed_and_none_is_worse_than_one_left_out(highest: int, most: int) -> None:
    rng = np.random.default_rng([highest % 97, most])
    mentee, value = rng.integers(0, 40, 400), rng.integers(-highest, highest + 1, 400)

    best = best_per_mentee(mentee, value, most)

    assert best.tolist() == sorted(set(best.tolist()))
    for one in range(40):
        own, chosen = np.flatnonzero(mentee == one), best[mentee[best] == one]
        assert len(chosen) == min(most, len(own))
        assert sorted(value[chosen].tolist()) == sorted(value[own].tolist())[len(own) - len(chosen) :]
    nobody: Any = np.empty(0, np.int64)
    assert len(best_per_mentee(nobody, nobody, most)) == 0
