"""What the engine must agree with: scipy on seats laid out one by one, and trying everything."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from matching.engine import Assignment, assign
from matching.engine.facts.score import MAX_SCORE


@dataclass(frozen=True)
class Instance:
    """A table of scores (n × m, negative: not allowed) and the places of each mentor."""

    scores: Any
    capacity: Any

    def shuffled(self, rng: np.random.Generator) -> "tuple[Instance, Any, Any]":
        rows, columns = (rng.permutation(size) for size in self.scores.shape)
        return Instance(self.scores[rows][:, columns], self.capacity[columns]), rows, columns


def random_instance(rng: np.random.Generator, most: int) -> Instance:
    """Small numbers make ties; densities from nothing to everything; mentors without a place, or with plenty."""
    mentees, mentors = rng.integers(0, most + 1, 2)
    highest = rng.choice([0, 1, 3, 10, 1000, MAX_SCORE])
    scores = rng.integers(0, highest + 1, (mentees, mentors))
    scores[rng.random(scores.shape) < rng.choice([0, 0.2, 0.6, 0.9, 1])] = -1
    return Instance(scores, rng.integers(0, rng.choice([1, 2, 4, 30]), mentors))


def by_scipy(instance: Instance) -> tuple[int, int]:
    """How many can be matched, and the highest total of so many."""
    scores, capacity = instance.scores, np.minimum(instance.capacity, len(instance.scores))
    seats = np.repeat(np.arange(len(capacity)), capacity)
    if not len(scores) or not len(seats):
        return 0, 0
    bonus = min(len(scores), len(seats)) * MAX_SCORE + 1
    laid_out = scores[:, seats]
    rows, columns = linear_sum_assignment(np.where(laid_out >= 0, bonus + laid_out, 0), maximize=True)
    got = laid_out[rows, columns]
    return int((got >= 0).sum()), int(got[got >= 0].sum())


def by_trying_everything(instance: Instance) -> tuple[int, int]:
    """The same, for a handful of people."""
    scores = instance.scores.tolist()

    @cache
    def best(mentee: int, left: tuple[int, ...]) -> tuple[int, int]:
        if mentee == len(scores):
            return 0, 0
        found = best(mentee + 1, left)
        for mentor, score in enumerate(scores[mentee]):
            if score >= 0 and left[mentor]:
                rest = tuple(places - (place == mentor) for place, places in enumerate(left))
                matched, total = best(mentee + 1, rest)
                found = max(found, (matched + 1, total + score))
        return found

    return best(0, tuple(np.minimum(instance.capacity, len(scores)).tolist()))


def as_sparse(scores: Any) -> Any:
    """The same table as a sparse one."""
    allowed = np.nonzero(scores >= 0)
    return sparse.coo_array((scores[allowed], allowed), shape=scores.shape)


def check_instance(instance: Instance, rng: np.random.Generator) -> Assignment:
    """Everything that must hold of one instance; raises AssertionError or CertificateError."""
    table = as_sparse(instance.scores) if rng.random() < 0.5 else instance.scores
    answer = assign(table, instance.capacity)
    assert (answer.matched, answer.total) == by_scipy(instance), instance
    answer.certificate()
    other, rows, columns = instance.shuffled(rng)
    again = assign(other.scores, other.capacity, ids=(rows.tolist(), columns.tolist()))
    assert (np.append(columns, -1)[again.mentor_of] == answer.mentor_of[rows]).all(), instance
    return answer
