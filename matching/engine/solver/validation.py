"""Checks of what `assign` and `match` are given, before any work; every error names its offender."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.engine.arrays import Hashes, Ints, Mask
from matching.engine.errors import CapacityError, IdsError, ScoresError, TooLargeError
from matching.engine.facts.cards import Id
from matching.engine.facts.hashes import stable_hashes
from matching.engine.facts.score import MAX_SCORE
from matching.engine.solver.pairs import Pairs, empty_pairs

Ids: TypeAlias = tuple[Sequence[Id], Sequence[Id]]  # the mentees' and the mentors'
PairNamer: TypeAlias = Callable[[int], tuple[object, object]]

DIMENSIONS = 2
MAX_CAPACITY = 1_000_000
# Tie-breaking gives pairs weights up to n · 2²⁵; times the number of people, that must fit 63 bits.
MAX_SIZE_PRODUCT = 1 << 37


@dataclass(frozen=True, eq=False)
class CheckedScores:
    """Scores that were checked: `dense` (n × m, −1 where not allowed), or, if that is None, the allowed `pairs`."""

    mentee_count: int
    mentor_count: int
    dense: NDArray[np.int32] | None
    pairs: Pairs


def check_scores(scores: Any, ids: Ids | None = None) -> CheckedScores:
    """Give the scores behind a 2-D array or a `scipy.sparse` array of integers up to 10⁶.

    Negative and absent entries are pairs that are not allowed. Raises ScoresError for another shape, a
    number that is not an integer (NaN and infinity too), a score above 10⁶, or a pair given twice;
    IdsError for too many or too few ids, and TooLargeError for too many people.
    """
    is_sparse = sparse.issparse(scores)
    table = scores.tocoo() if is_sparse else np.asarray(scores)
    if table.ndim != DIMENSIONS:
        raise ScoresError(None, f"must have a row a mentee and a column a mentor, not the shape {table.shape}")
    mentee_count, mentor_count = (int(size) for size in table.shape)
    _check_id_counts(ids, mentee_count, mentor_count)
    check_size(mentee_count, mentor_count)
    if is_sparse:
        return CheckedScores(mentee_count, mentor_count, None, _pairs_of(table, ids))
    _check_integers(table.ravel(), lambda position: _ids_of(*divmod(position, mentor_count), ids))
    return CheckedScores(mentee_count, mentor_count, np.maximum(table, -1).astype(np.int32), empty_pairs())


def _pairs_of(table: Any, ids: Ids | None) -> Pairs:
    """Give the allowed pairs of a sparse table in coordinate format."""
    mentee, mentor = np.asarray(table.row, np.int64), np.asarray(table.col, np.int64)
    _check_integers(table.data, lambda position: _ids_of(int(mentee[position]), int(mentor[position]), ids))
    keys, first, counts = np.unique(mentee * table.shape[1] + mentor, return_index=True, return_counts=True)
    if len(keys) != len(mentee):
        duplicate = first[counts > 1][0]
        raise ScoresError(_ids_of(int(mentee[duplicate]), int(mentor[duplicate]), ids), "is given twice")
    pairs = Pairs(mentee, mentor, np.maximum(table.data, -1).astype(np.int64)).take(first)
    return pairs.take(pairs.score >= 0)


def _check_integers(values: NDArray[Any], name: PairNamer) -> None:
    """Raise ScoresError for the first value that is not an integer up to 10⁶."""
    if values.dtype.kind not in "iuf":
        raise ScoresError(None, f"must be whole numbers, not {values.dtype}")
    is_whole = _are_whole(values)
    if not is_whole.all():
        position = int(np.argmin(is_whole))
        raise ScoresError(name(position), f"must be a whole number, not {values[position]}")
    if values.size and values.max() > MAX_SCORE:
        position = int(np.argmax(values))
        raise ScoresError(name(position), f"must be at most {MAX_SCORE}, not {values[position]}")


def _are_whole(values: NDArray[Any]) -> Mask:
    is_whole: Mask = np.isfinite(values)
    is_whole[is_whole] &= values[is_whole] == np.floor(values[is_whole])
    return is_whole


def check_capacity(capacity: Any, mentor_count: int, ids: Ids | None = None) -> Ints:
    """Give each mentor's places as an array. Shape (m,).

    Raises CapacityError when the capacity is absent or of another shape, or when a mentor's places are not an
    integer from 0 to 10⁶.
    """
    if capacity is None:
        raise CapacityError(None, "is missing: give the places of each mentor")
    places = np.asarray(capacity)
    if places.shape != (mentor_count,):
        raise CapacityError(
            None, f"must have one entry for each of {mentor_count} mentors, not the shape {places.shape}"
        )
    if mentor_count and places.dtype.kind not in "iuf":
        raise CapacityError(None, f"must be whole numbers, not {places.dtype}")
    is_valid = _are_whole(places) & (places >= 0) & (places <= MAX_CAPACITY)
    if not is_valid.all():
        position = int(np.argmin(is_valid))
        mentor = position if ids is None else ids[1][position]
        raise CapacityError(mentor, f"must be a whole number from 0 to {MAX_CAPACITY}, not {places[position]}")
    return places.astype(np.int64)


def check_floor(floor: int | None) -> int:
    """Give the floor as a number, 0 for None. Raises ScoresError unless it is an integer from 0 to 10⁶."""
    if floor is None:
        return 0
    if type(floor) not in (int, np.int64) or not 0 <= floor <= MAX_SCORE:
        raise ScoresError(None, f"the floor must be a whole number from 0 to {MAX_SCORE}, not {floor!r}")
    return int(floor)


def check_size(mentee_count: int, mentor_count: int) -> None:
    """Raise TooLargeError when exact arithmetic would not fit 64 bits."""
    if mentee_count * (mentee_count + mentor_count + 1) > MAX_SIZE_PRODUCT:
        raise TooLargeError(f"{mentee_count} mentees and {mentor_count} mentors are more than 64-bit numbers can prove")


def hashes_of(ids: Ids | None, mentee_count: int, mentor_count: int) -> tuple[Hashes, Hashes]:
    """Give a stable hash for every mentee and mentor; without ids their row and column numbers count as ids.

    Raises IdsError when two people of a side share an id (or two ids read the same as text).
    """
    if ids is None:
        ids = (range(mentee_count), range(mentor_count))
    for side in ids:
        check_unique(side)
    return stable_hashes(ids[0]), stable_hashes(ids[1])


def check_unique(ids: Sequence[Id]) -> None:
    """Raise IdsError, naming the first id that is given twice."""
    seen: set[str] = set()
    for person in ids:
        if str(person) in seen:
            raise IdsError(person, "is given twice")
        seen.add(str(person))


def _check_id_counts(ids: Ids | None, mentee_count: int, mentor_count: int) -> None:
    if ids is None:
        return
    for side, people, count in zip(("mentees", "mentors"), ids, (mentee_count, mentor_count), strict=True):
        if len(people) != count:
            raise IdsError(None, f"there are {len(people)} for {count} {side}")


def _ids_of(mentee: int, mentor: int, ids: Ids | None) -> tuple[object, object]:
    return (mentee, mentor) if ids is None else (ids[0][mentee], ids[1][mentor])
