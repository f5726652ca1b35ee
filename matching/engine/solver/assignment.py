"""The best assignment for a table of scores, and its proof."""

from dataclasses import dataclass, field
from typing import Any

from matching.engine.arrays import Ints
from matching.engine.progress import Progress
from matching.engine.solver.certificate import check_certificate
from matching.engine.solver.column_generation import proven_optimum
from matching.engine.solver.flow import Optimum
from matching.engine.solver.pairs import NOBODY
from matching.engine.solver.score_matrix import ScoreMatrix, StoredScoreMatrix
from matching.engine.solver.validation import Ids, check_capacity, check_floor, check_scores, hashes_of


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who is matched with whom, with the prices that prove it optimal.

    mentor_of       each mentee's mentor, −1 when unmatched. Shape (n,)
    matched         how many mentees are matched: no assignment matches more
    total           the sum of their scores: no assignment that matches as many has more
    mentee_price    u ≥ 0, shape (n,); 0 for whoever is unmatched
    mentor_price    p ≥ 0, shape (m,); 0 for mentors with a free place
    bonus           what being matched at all earns, beside the score
    capacity        places of each mentor. Shape (m,)
    floor           pairs that score less are not allowed

    Every allowed pair has u + p ≥ bonus + score, and Σ u + Σ capacity · p = matched · bonus + total: so no
    assignment is worth more (weak duality of linear programming).
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
        """The scores that it assigns by."""
        return self._score_matrix

    def certificate(self, *, workers: int = 1, progress: Progress | None = None) -> None:
        """Prove the optimum anew, from every pair and without relying on any bound. `workers`: threads.

        Raises CertificateError, naming the offender, when a condition fails; CancelledError when `progress` says so.
        """
        check_certificate(self, self._score_matrix, workers=workers, progress=progress)


def assign(scores: Any, capacity: Any, *, floor: int | None = None, ids: Ids | None = None) -> Assignment:
    """Match as many mentees as possible and, among such assignments, give the highest total score.

    scores      integers up to 10⁶, a row a mentee and a column a mentor: a NumPy array or a `scipy.sparse`
                one; negative or absent means not allowed. Shape (n, m)
    capacity    how many mentees each mentor can take, 0 … 10⁶. Shape (m,)
    floor       pairs that score less are not allowed either
    ids         the mentees' and the mentors' ids; they, not the order given, decide between equal optima.
                Without them row and column numbers do

    Raises ScoresError, CapacityError, IdsError or TooLargeError, naming the offender, before any work.
    """
    checked = check_scores(scores, ids)
    places = check_capacity(capacity, checked.mentor_count, ids)
    hashes = hashes_of(ids, checked.mentee_count, checked.mentor_count)
    min_score = check_floor(floor)
    score_matrix = StoredScoreMatrix(checked)
    proven = proven_optimum(score_matrix, places, hashes, floor=min_score)
    return to_assignment(proven.optimum, places, min_score, score_matrix)


def to_assignment(optimum: Optimum, capacity: Ints, floor: int, score_matrix: ScoreMatrix) -> Assignment:
    """Give the optimum as an assignment."""
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
