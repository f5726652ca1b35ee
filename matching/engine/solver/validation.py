"""What `assign` is given, checked before any work is done; every complaint names its offender."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.engine.arrays import Hashes, Ints
from matching.engine.errors import CapacityError, IdsError, ScoresError, TooLargeError
from matching.engine.facts.cards import Id
from matching.engine.facts.hashes import stable_hashes
from matching.engine.facts.score import MAX_SCORE
from matching.engine.solver.pairs import Pairs, empty_pairs

Ids: TypeAlias = tuple[Sequence[Id], Sequence[Id]]
Namer: TypeAlias = Callable[[int], tuple[object, object]]

TWO_SIDES = 2
MOST_PLACES = 1_000_000
# Inside the flow, ties weigh up to n · 2²⁵ times the number of people; that must fit 63 bits.
MOST_PRODUCT = 1 << 37


@dataclass(frozen=True, eq=False)
class CheckedScores:
    """A checked table of scores: `dense` (n × m, −1 where not allowed), or if that is None the `listed` pairs."""

    mentees: int
    mentors: int
    dense: NDArray[np.int32] | None
    listed: Pairs


def check_scores(scores: Any, ids: Ids | None = None) -> CheckedScores:
    """Give the table behind a 2-D array or a `scipy.sparse` array of whole scores up to 10⁶.

    Negative and absent entries are pairs that are not allowed. Raises ScoresError for another shape, a
    number that is not whole (NaN and infinity too), a score above 10⁶, or a pair listed twice, and
    TooLargeError for too many people.
    """
    listed = sparse.issparse(scores)
    table = scores.tocoo() if listed else np.asarray(scores)
    if table.ndim != TWO_SIDES:
        raise ScoresError(None, f"must have a row a mentee and a column a mentor, not the shape {table.shape}")
    mentees, mentors = (int(each) for each in table.shape)
    _check_ids_fit(ids, mentees, mentors)
    check_size(mentees, mentors)
    if listed:
        return CheckedScores(mentees, mentors, None, _listed(table, ids))
    _check_whole(table.ravel(), lambda place: _named(*divmod(place, mentors), ids))
    return CheckedScores(mentees, mentors, np.maximum(table, -1).astype(np.int32), empty_pairs())


def _listed(table: Any, ids: Ids | None) -> Pairs:
    mentee, mentor = np.asarray(table.row, np.int64), np.asarray(table.col, np.int64)
    _check_whole(table.data, lambda place: _named(int(mentee[place]), int(mentor[place]), ids))
    keys, first, counts = np.unique(mentee * table.shape[1] + mentor, return_index=True, return_counts=True)
    if len(keys) != len(mentee):
        twice = first[counts > 1][0]
        raise ScoresError(_named(int(mentee[twice]), int(mentor[twice]), ids), "is given twice")
    pairs = Pairs(mentee, mentor, np.maximum(table.data, -1).astype(np.int64)).take(first)
    return pairs.take(pairs.score >= 0)


def _check_whole(flat: NDArray[Any], name: Namer) -> None:
    """Complain about the first entry that is not a whole number up to 10⁶."""
    if flat.dtype.kind not in "iuf":
        raise ScoresError(None, f"must be whole numbers, not {flat.dtype}")
    whole = np.isfinite(flat)
    whole[whole] &= flat[whole] == np.floor(flat[whole])
    if not whole.all():
        place = int(np.argmin(whole))
        raise ScoresError(name(place), f"must be a whole number, not {flat[place]}")
    if flat.size and flat.max() > MAX_SCORE:
        place = int(np.argmax(flat))
        raise ScoresError(name(place), f"must be at most {MAX_SCORE}, not {flat[place]}")


def check_capacity(capacity: Any, mentors: int, ids: Ids | None = None) -> Ints:
    """Give each mentor's places. Shape (m,).

    Raises CapacityError when the column is absent or of another length, or when a mentor's places are not a
    whole number from 0 to 10⁶.
    """
    if capacity is None:
        raise CapacityError(None, "is missing: give the places of each mentor")
    column = np.asarray(capacity)
    if column.shape != (mentors,):
        raise CapacityError(None, f"must have one entry for each of {mentors} mentors, not the shape {column.shape}")
    if mentors and column.dtype.kind not in "iuf":
        raise CapacityError(None, f"must be whole numbers, not {column.dtype}")
    fits = np.isfinite(column) & (column >= 0) & (column <= MOST_PLACES)
    fits[fits] &= column[fits] == np.floor(column[fits])
    if not fits.all():
        place = int(np.argmin(fits))
        who = place if ids is None else ids[1][place]
        raise CapacityError(who, f"must be a whole number from 0 to {MOST_PLACES}, not {column[place]}")
    return column.astype(np.int64)


def check_size(mentees: int, mentors: int) -> None:
    """Raise TooLargeError when exact arithmetic would not fit 64 bits."""
    if mentees * (mentees + mentors + 1) > MOST_PRODUCT:
        raise TooLargeError(f"{mentees} mentees and {mentors} mentors are more than 64-bit numbers can prove")


def hashes_of(ids: Ids | None, mentees: int, mentors: int) -> tuple[Hashes, Hashes]:
    """Give a stable hash for every mentee and mentor; without ids their row numbers count as ids.

    Raises IdsError when two people of a side share an id (or two ids read the same as text).
    """
    if ids is None:
        ids = (range(mentees), range(mentors))
    for side in ids:
        check_unique(side)
    return stable_hashes(ids[0]), stable_hashes(ids[1])


def check_unique(ids: Sequence[Id]) -> None:
    """Raise IdsError, naming the first id that is there twice."""
    seen: set[str] = set()
    for each in ids:
        if str(each) in seen:
            raise IdsError(each, "is given twice")
        seen.add(str(each))


def _check_ids_fit(ids: Ids | None, mentees: int, mentors: int) -> None:
    if ids is None:
        return
    for side, people, count in zip(("mentees", "mentors"), ids, (mentees, mentors), strict=True):
        if len(people) != count:
            raise IdsError(None, f"there are {len(people)} for {count} {side}")


def _named(mentee: int, mentor: int, ids: Ids | None) -> tuple[object, object]:
    return (mentee, mentor) if ids is None else (ids[0][mentee], ids[1][mentor])
