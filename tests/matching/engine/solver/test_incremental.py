"""People come, go and say no; after each change the optimum must be that of a new solution."""

from typing import Any

import numpy as np
import pytest

from matching.engine.solver.flow import solve
from matching.engine.solver.incremental import IncrementalOptimum
from matching.engine.solver.validation import check_scores
from tests.matching.engine.oracle import Instance, as_sparse, by_scipy, random_instance

SEED = 20_260_104
PIN_SCORE = 5


class Story:
    """A random instance, the state that follows its changes, and the table those changes would give."""

    def __init__(self, rng: np.random.Generator, most: int) -> None:
        self.rng = rng
        instance = random_instance(rng, most)
        while not all(instance.scores.shape):
            instance = random_instance(rng, most)
        self.scores, self.capacity = instance.scores.copy(), instance.capacity.astype(np.int64)
        known = check_scores(as_sparse(self.scores)).pairs
        self.live = IncrementalOptimum(known, solve(known, len(self.scores), self.capacity), self.capacity)
        self.pins: dict[int, int] = {}
        self.gone: set[int] = set()

    def change(self) -> str:
        free = [mentee for mentee in range(len(self.scores)) if mentee not in self.pins and mentee not in self.gone]
        kinds = [self.forbid, self.withdraw, self.pin] if free else []
        kind = self.rng.choice([*kinds, self.arrive, self.close])
        kind(int(self.rng.choice(free)) if free else -1, int(self.rng.integers(len(self.capacity))))
        return str(kind.__name__)

    def forbid(self, mentee: int, mentor: int) -> None:
        self.live.forbid(mentee, mentor)
        self.scores[mentee, mentor] = -1

    def withdraw(self, mentee: int, _: int) -> None:
        self.live.withdraw(mentee)
        self.scores[mentee] = -1
        self.gone.add(mentee)

    def pin(self, mentee: int, mentor: int) -> None:
        if sum(1 for other in self.pins.values() if other == mentor) < self.live.capacity[mentor]:
            self.live.pin(mentee, mentor, PIN_SCORE)
            self.scores[mentee] = -1
            self.pins[mentee] = mentor

    def arrive(self, _: int, __: int) -> None:
        row = self.rng.integers(-2, 11, len(self.capacity))
        self.live.arrive({mentor: score for mentor, score in enumerate(row.tolist()) if score >= 0})
        self.scores = np.vstack([self.scores, row])

    def close(self, _: int, mentor: int) -> None:
        if mentor not in self.pins.values():
            self.live.close(mentor)
            self.scores[:, mentor] = -1
            self.capacity[mentor] = 0

    def check(self) -> None:
        capacity = self.capacity.copy()
        for mentor in self.pins.values():
            capacity[mentor] -= 1
        matched, total = by_scipy(Instance(self.scores, capacity))
        optimum = self.live.optimum()
        assert int((optimum.mentor_of >= 0).sum()) == matched + len(self.pins)
        assert int(optimum.score.sum()) == total + PIN_SCORE * len(self.pins)
        check_prices(self.live, self.pins)


def check_prices(live: IncrementalOptimum, pins: Any) -> None:
    for mentee, mentor in enumerate(live.mentor_of):
        row = live.row(mentee)
        slacks = {
            other: live.mentee_price[mentee] + live.mentor_price[other] - live.bonus - score
            for other, score in row.items()
        }
        assert min(slacks.values(), default=0) >= 0 or not live.present[mentee]
        assert slacks[mentor] == 0 if mentor >= 0 else live.mentee_price[mentee] == 0
        assert live.mentee_price[mentee] >= 0 or mentee in pins
    for mentor, mates in enumerate(live.mentees_of):
        assert len(mates) <= live.capacity[mentor]
        assert live.mentor_price[mentor] == 0 or (live.mentor_price[mentor] > 0 and len(mates) == live.capacity[mentor])
        assert mates == {mentee for mentee, other in enumerate(live.mentor_of) if other == mentor}


@pytest.mark.parametrize("part", range(4))
def test_after_each_change_the_optimum_is_that_of_a_new_solution(part: int) -> None:
    rng = np.random.default_rng([SEED, part])
    for number in range(150):
        story = Story(rng, 8 if number % 10 else 25)
        for _ in range(8):
            story.change()
            story.check()


def test_many_suspended_at_once_come_back_to_the_optimum() -> None:
    rng = np.random.default_rng(SEED)
    for _ in range(100):
        story = Story(rng, 12)
        mentees = rng.permutation(len(story.scores))[: rng.integers(0, 8)].tolist()
        for mentee in mentees:
            row = rng.integers(-3, 20, len(story.capacity))
            story.live.suspend(mentee, {mentor: score for mentor, score in enumerate(row.tolist()) if score >= 0})
            story.scores[mentee] = row
        story.live.resume()
        story.check()
