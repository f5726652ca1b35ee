from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from matching.engine import (
    CapacityError,
    CertificateError,
    EngineError,
    IdsError,
    ScoresError,
    TooLargeError,
    assign,
)
from matching.engine.facts.score import MAX_SCORE
from matching.engine.solver.validation import check_size
from tests.matching.engine.builders import steady
from tests.matching.engine.oracle import (
    Instance,
    as_sparse,
    by_scipy,
    by_trying_everything,
    check_instance,
    random_instance,
)

SEED = 20_260_101
TINY, SMALL = 3500, 1500


@pytest.mark.parametrize("part", range(5))
def test_thousands_of_tiny_instances_agree_with_trying_everything(part: int) -> None:
    rng = np.random.default_rng([SEED, part])
    for _ in range(TINY // 5):
        instance = random_instance(rng, 5)
        answer = check_instance(instance, rng)
        assert (answer.matched, answer.total) == by_trying_everything(instance), instance


@pytest.mark.parametrize("part", range(5))
def test_many_small_instances_agree_with_scipy(part: int) -> None:
    rng = np.random.default_rng([SEED, part, 1])
    for _ in range(SMALL // 5):
        check_instance(random_instance(rng, 30), rng)


@pytest.mark.parametrize("part", range(3))
def test_instances_where_most_pairs_are_left_out_at_first(part: int) -> None:
    rng = np.random.default_rng([SEED, part, 2])
    for highest in (3, 50, MAX_SCORE):
        scores = rng.integers(-highest // 2, highest + 1, (400, 700))
        capacity = rng.integers(0, 3, 700)
        capacity[: rng.integers(0, 600)] = 0
        check_instance(Instance(scores, capacity), rng)


def test_everybody_wanting_the_same_few() -> None:
    rng = np.random.default_rng(SEED)
    scores = rng.integers(0, 1000, (300, 400)) + 2000 * np.arange(400)[::-1]

    check_instance(Instance(scores, np.ones(400, int)), rng)
    check_instance(Instance(scores[:, :120], np.full(120, 2)), rng)


tables = st.tuples(st.integers(0, 6), st.integers(0, 6)).flatmap(
    lambda shape: st.tuples(
        arrays(np.int64, shape, elements=st.integers(-1, 2) | st.integers(-5, MAX_SCORE)),
        arrays(np.int64, shape[1], elements=st.integers(0, 3)),
    )
)


@steady
@given(tables)
def test_whatever_the_table(table: tuple[Any, Any]) -> None:
    instance = Instance(*table)
    answer = check_instance(instance, np.random.default_rng(1))

    assert (answer.matched, answer.total) == by_trying_everything(instance) == by_scipy(instance)


@steady
@given(tables, st.integers(0, 3))
def test_a_floor_is_the_same_as_forbidding_what_is_below(table: tuple[Any, Any], floor: int) -> None:
    scores, capacity = table
    answer, other = assign(scores, capacity, floor=floor), assign(np.where(scores < floor, -1, scores), capacity)

    assert (answer.mentor_of == other.mentor_of).all()
    answer.certificate()


def test_numbers_come_before_scores() -> None:
    answer = assign([[MAX_SCORE, 0], [MAX_SCORE, -1]], [1, 1])

    assert (answer.matched, answer.total, answer.mentor_of.tolist()) == (2, MAX_SCORE, [1, 0])


def test_prices_are_exact_and_add_up() -> None:
    answer = assign([[5], [3], [-1]], [1])

    assert answer.bonus == 101 * MAX_SCORE + 1
    assert answer.mentor_price.tolist() == [answer.bonus + 3]
    assert answer.mentee_price.tolist() == [2, 0, 0]


def test_ids_decide_between_equals_and_nobody_is_always_first() -> None:
    chosen = [assign([[7, 7]], [1, 1], ids=([mentee], ["a", "b"])).mentor_of[0] for mentee in range(40)]

    assert set(chosen) == {0, 1}


FITS = np.array([[1, 2], [3, 4]])
PLACES = [1, 1]


@pytest.mark.parametrize(
    ("scores", "capacity", "ids", "error", "words"),
    [
        ([1, 2], PLACES, None, ScoresError, "not the shape"),
        (np.zeros((2, 2, 2)), PLACES, None, ScoresError, "not the shape"),
        ([[1.0, np.nan], [3, 4]], PLACES, None, ScoresError, "mentee 0 with mentor 1: must be a whole number"),
        ([[1, 2], [np.inf, 4]], PLACES, None, ScoresError, "mentee 1 with mentor 0: must be a whole number"),
        ([[1, 2], [-np.inf, 4]], PLACES, None, ScoresError, "mentee 1 with mentor 0: must be a whole number"),
        ([[1, 2.5], [3, 4]], PLACES, None, ScoresError, "must be a whole number, not 2.5"),
        ([[1, 2], [3, MAX_SCORE + 1]], PLACES, None, ScoresError, "mentee 1 with mentor 1: must be at most 1000000"),
        ([["1", "2"], ["3", "4"]], PLACES, None, ScoresError, "must be whole numbers"),
        ([[True, False], [True, True]], PLACES, None, ScoresError, "must be whole numbers"),
        (sparse.coo_array(([1, 2], ([0, 0], [1, 1])), shape=(2, 2)), PLACES, None, ScoresError, "given twice"),
        (sparse.csr_array([[0.5, 1], [1, 1]]), PLACES, None, ScoresError, "mentee 0 with mentor 0"),
        (sparse.csr_array([[0, MAX_SCORE + 1]]), PLACES, None, ScoresError, "mentee 0 with mentor 1"),
        (FITS, None, None, CapacityError, "is missing"),
        (FITS, [1], None, CapacityError, "each of 2 mentors"),
        (FITS, [[1, 1]], None, CapacityError, "each of 2 mentors"),
        (FITS, [1, -1], None, CapacityError, "mentor 1: must be a whole number from 0"),
        (FITS, [1, 10**6 + 1], None, CapacityError, "mentor 1"),
        (FITS, [1, 10**30], None, CapacityError, "must be whole numbers"),
        (FITS, [1.5, 1], None, CapacityError, "mentor 0"),
        (FITS, [np.nan, 1], None, CapacityError, "mentor 0"),
        (FITS, ["1", "1"], None, CapacityError, "must be whole numbers"),
        (FITS, [1, -1], (["a", "b"], ["c", "d"]), CapacityError, "'d'"),
        ([[1, 2], [3, -0.5]], PLACES, (["a", "b"], ["c", "d"]), ScoresError, "mentee 'b' with mentor 'd'"),
        (FITS, PLACES, (["a", "a"], ["c", "d"]), IdsError, "'a': is given twice"),
        (FITS, PLACES, (["a", "b"], [1, "1"]), IdsError, "'1': is given twice"),
        (FITS, PLACES, (["a"], ["c", "d"]), IdsError, "1 for 2 mentees"),
    ],
)
def test_bad_input_names_its_offender(scores: Any, capacity: Any, ids: Any, error: Any, words: str) -> None:
    with pytest.raises(error) as caught:
        assign(scores, capacity, ids=ids)

    assert words in str(caught.value)
    assert isinstance(caught.value, EngineError)


@pytest.mark.parametrize("floor", [-1, MAX_SCORE + 1, 0.5, True, "1"])
def test_a_floor_outside_the_scores_is_refused(floor: Any) -> None:
    with pytest.raises(ScoresError, match="floor"):
        assign(FITS, PLACES, floor=floor)


def test_more_people_than_can_be_proven_are_refused() -> None:
    check_size(200_000, 200_000)
    with pytest.raises(TooLargeError):
        check_size(400_000, 400_000)


def test_floats_that_are_whole_will_do() -> None:
    assert assign([[1.0, -2.0]], [1.0, 0.0]).total == 1


# --- the certificate ------------------------------------------------------------------------------

CONTESTED = Instance(np.array([[9, 4, -1], [8, 2, -1], [7, -1, -1], [3, -1, 5]]), np.array([1, 3, 1]))


def lies(**changes: Any) -> Any:
    """A claim that differs from the truth in one thing; a function makes the new column from the old."""
    answer = assign(CONTESTED.scores, CONTESTED.capacity)
    new = {name: value(getattr(answer, name)) if callable(value) else value for name, value in changes.items()}
    return replace(answer, **new)


def at(place: int, change: Any) -> Any:
    def changed(column: Any) -> Any:
        column = column.copy()
        column[place] = change(column[place])
        return column

    return changed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mentor_of": lambda column: column[:-1]}, "mentor_of is not 4"),
        ({"mentee_price": lambda column: column.astype(float)}, "mentee_price is not"),
        ({"mentor_price": lambda column: column[:-1]}, "mentor_price is not 3"),
        ({"mentor_of": at(3, lambda _: 3)}, "does not exist"),
        ({"mentor_of": at(3, lambda _: -2)}, "does not exist"),
        ({"mentor_of": at(3, lambda _: 0)}, "mentor 0 has 2 mentees and 1 places"),
        ({"mentor_of": at(2, lambda _: 1)}, "mentee 2 may not be with mentor 1"),
        ({"floor": 5}, "may not be with"),
        ({"mentor_of": at(3, lambda _: -1)}, "are matched for"),
        ({"matched": lambda number: number - 1}, "are matched for"),
        ({"total": lambda number: number + 1}, "are matched for"),
        ({"mentee_price": at(0, lambda _: -1)}, "the price of mentee 0 is negative"),
        ({"mentor_price": at(1, lambda _: -1)}, "the price of mentor 1 is negative"),
        ({"bonus": 10}, "before scores"),
        ({"mentee_price": at(0, lambda price: price + 1)}, "the prices bound it by"),
        ({"mentor_price": at(0, lambda price: price + 1)}, "the prices bound it by"),
        (
            {"mentee_price": lambda u: u + np.array([1, -1, 0, 0])},
            "mentee 1 with mentor 0 is worth more",
        ),
    ],
)
def test_the_certificate_refuses(changes: Any, words: str) -> None:
    lies().certificate()
    with pytest.raises(CertificateError) as caught:
        lies(**changes).certificate()

    assert words in str(caught.value)


def test_the_certificate_refuses_an_assignment_that_is_not_best() -> None:
    worse = assign(np.where(CONTESTED.scores == 5, -1, CONTESTED.scores), CONTESTED.capacity)
    claim = replace(worse, _score_matrix=assign(CONTESTED.scores, CONTESTED.capacity)._score_matrix)

    with pytest.raises(CertificateError, match="mentee 3 with mentor 2"):
        claim.certificate()


def test_sparse_and_dense_tables_give_the_same_people() -> None:
    rng = np.random.default_rng(SEED)
    for _ in range(50):
        instance = random_instance(rng, 12)
        one, other = assign(instance.scores, instance.capacity), assign(as_sparse(instance.scores), instance.capacity)
        assert (one.mentor_of == other.mentor_of).all()
        assert (one.mentor_price == other.mentor_price).all()
