"""The best assignment for a table of scores, and its proof."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.errors import ScoresError
from matching.engine.facts.score import MAX_SCORE
from matching.engine.solver.certificate import check
from matching.engine.solver.column_generation import proven_optimum
from matching.engine.solver.flow import Optimum
from matching.engine.solver.pairs import NOBODY
from matching.engine.solver.score_matrix import ScoreMatrix, StoredScoreMatrix
from matching.engine.solver.validation import Ids, check_capacity, check_scores, hashes_of


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who is matched with whom, with the prices that prove it best.

    mentor_of       each mentee's mentor, −1 when unmatched. Shape (n,)
    matched         how many mentees are matched: no assignment matches more
    total           the sum of their scores: none that matches as many has more
    mentee_price    u ≥ 0, shape (n,); 0 for whoever is unmatched
    mentor_price    p ≥ 0, shape (m,); 0 for mentors with a place left
    bonus           what being matched at all is worth, beside the score

    Every allowed pair has u + p ≥ bonus + score, and Σ u + Σ capacity · p = matched · bonus + total: so no
    assignment can be worth more (weak duality of linear programming).
    """

    mentor_of: Ints
    matched: int
    total: int
    mentee_price: Ints
    mentor_price: Ints
    bonus: int
    capacity: Ints = field(repr=False)
    floor: int = field(repr=False)
    _score_matrix: ScoreMatrix = field(repr=False)

    @property
    def score_matrix(self) -> ScoreMatrix:
        """The scores it is about."""
        return self._score_matrix

    def certificate(self, *, workers: int = 1) -> None:
        """Prove the optimum anew, from every pair and without trusting any bound.

        Raises CertificateError, naming the offender, when one condition fails.
        """
        check(self, self._score_matrix, workers=workers)


def assign(scores: Any, capacity: Any, *, floor: int | None = None, ids: Ids | None = None) -> Assignment:
    """Match as many mentees as possible and, among such assignments, give the highest total score.

    scores      whole numbers up to 10⁶, a row a mentee and a column a mentor: a NumPy array or a `scipy.sparse`
                one; negative or absent means not allowed. Shape (n, m)
    capacity    how many mentees each mentor can take, 0 … 10⁶. Shape (m,)
    floor       pairs that score less are not allowed either
    ids         the mentees' and the mentors' ids; they, not the order given, decide between equal optima.
                Without them row and column numbers do

    Raises ScoresError, CapacityError, IdsError or TooLargeError, naming the offender, before any work.
    """
    table = check_scores(scores, ids)
    places = check_capacity(capacity, table.mentors, ids)
    hashes = hashes_of(ids, table.mentees, table.mentors)
    least = check_floor(floor)
    score_matrix = StoredScoreMatrix(table)
    proven = proven_optimum(score_matrix, places, hashes, floor=least)
    return assignment_of(proven.optimum, places, least, score_matrix)


def check_floor(floor: int | None) -> int:
    """Give the floor as a number. Raises ScoresError unless it is None or a whole number from 0 to 10⁶."""
    if floor is None:
        return 0
    if type(floor) not in (int, np.int64) or not 0 <= floor <= MAX_SCORE:
        raise ScoresError(None, f"the floor must be a whole number from 0 to {MAX_SCORE}, not {floor!r}")
    return int(floor)


def assignment_of(optimum: Optimum, capacity: Ints, floor: int, score_matrix: ScoreMatrix) -> Assignment:
    """Give the assignment behind an optimum."""
    return Assignment(
        mentor_of=optimum.mentor_of,
        matched=int((optimum.mentor_of != NOBODY).sum()),
        total=int(optimum.score.sum()),
        mentee_price=optimum.mentee_price,
        mentor_price=optimum.mentor_price,
        bonus=optimum.bonus,
        capacity=capacity,
        floor=floor,
        _score_matrix=score_matrix,
    )
