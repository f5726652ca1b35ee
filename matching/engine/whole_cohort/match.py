"""A whole cohort at once: from cards to the best assignment over all allowed pairs, with its proof."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import sched_getaffinity

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.facts.cards import Id, MenteeCard, Weights
from matching.engine.progress import Progress, Stage
from matching.engine.solver.assignment import Assignment, to_assignment
from matching.engine.solver.column_generation import ProvenOptimum, proven_optimum
from matching.engine.solver.pairs import NOBODY
from matching.engine.solver.validation import check_capacity, check_floor, check_size
from matching.engine.suggesting.pool import Pool
from matching.engine.suggesting.suggest import explain
from matching.engine.whole_cohort.blocking_pairs import BlockingPair, blocking_pairs
from matching.engine.whole_cohort.columns import CohortColumns
from matching.engine.whole_cohort.encoding import cohort_columns
from matching.engine.whole_cohort.pins import PinnedPair, check_mentees, check_pins, unpinned_people, with_forbidden
from matching.engine.whole_cohort.score_matrix import ComputedScoreMatrix
from matching.engine.whole_cohort.shortages import Shortage, shortages
from matching.engine.whole_cohort.spreading import spread_optimum
from matching.engine.whole_cohort.worst_off import highest_floor

IdPairs = Iterable[tuple[Id, Id]]  # (mentee id, mentor id)


@dataclass(frozen=True, eq=False)
class Match:
    """The best assignment of a cohort.

    mentor_of       each matched mentee's mentor, by their ids; pinned pairs among them
    score_of        each matched mentee's score
    unmatched       the mentees without a mentor, in the order given
    pinned          the pairs that were given, not chosen
    assignment      the same in row and column numbers of `cohort`, with prices; without the pinned pairs
    cohort          the people who took part: neither pinned nor excluded from every pair
    proven          the optimum behind the assignment, with the candidates of the search
    pool            the cards of the mentors, when the match was made from cards
    """

    mentor_of: Mapping[Id, Id]
    score_of: Mapping[Id, int]
    unmatched: tuple[Id, ...]
    pinned: frozenset[tuple[Id, Id]]
    assignment: Assignment
    cohort: CohortColumns = field(repr=False)
    proven: ProvenOptimum = field(repr=False)
    pool: Pool | None = field(default=None, repr=False)

    @property
    def matched(self) -> int:
        """How many mentees are matched, pinned ones included: no assignment with these pins matches more."""
        return len(self.mentor_of)

    @property
    def total(self) -> int:
        """The sum of all scores: no assignment with these pins that matches as many has more."""
        return sum(self.score_of.values())

    @property
    def floor(self) -> int:
        """No chosen pair scores less: 0, or the floor given, or the one that protecting the worst-off has found."""
        return self.assignment.floor

    @property
    def lowest(self) -> int | None:
        """The lowest score of a matched mentee; None when nobody is matched."""
        return min(self.score_of.values(), default=None)

    @property
    def loads(self) -> Mapping[Id, int]:
        """How many mentees each mentor has who has any."""
        return Counter(self.mentor_of.values())

    def certificate(self, *, workers: int | None = 1, progress: Progress | None = None) -> None:
        """Prove the optimum anew, from every pair. Raises CertificateError when it is none.

        workers     threads; None: as many as there are cores
        progress    is told the progress and can cancel (CancelledError)
        """
        self.assignment.certificate(workers=workers or len(sched_getaffinity(0)), progress=progress)

    def shortages(self) -> tuple[Shortage, ...]:
        """Give the groups of mentees who compete for too few places, the largest group first."""
        return shortages(self.assignment, self.cohort)

    def blocking_pairs(self, limit: int = 100) -> tuple[BlockingPair, ...]:
        """Give pairs who would both prefer each other to what they have, the largest loss first; `limit` at most."""
        return blocking_pairs(self.assignment, self.proven, self.cohort, limit)


def match(
    pool: Pool,
    mentees: Sequence[MenteeCard],
    *,
    pinned: IdPairs = (),
    forbidden: IdPairs = (),
    protect_worst_off: bool = False,
    spread_load: bool = False,
    floor: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Match:
    """Match as many of these mentees as possible, and among such assignments give the highest total score.

    pinned              (mentee id, mentor id) of pairs that must be made; they take their places first
    forbidden           (mentee id, mentor id) of pairs that must not; people who are not here do not matter
    protect_worst_off   first raise the lowest score as far as no fewer mentees are matched for it
    spread_load         then give nobody a second mentee while as many are matched without, nor a third, and so on;
                        pinned pairs are not counted
    floor               pairs that score less are not made
    workers             threads; None: as many as there are cores
    progress            is told the progress and can cancel (CancelledError)

    Raises, naming the offender and before any work: IdsError for a mentee given twice, PinError for a pin
    that cannot be, EngineError for what is not a card.
    """
    progress = progress or Progress()
    progress.update(Stage.PREPARE)
    check_mentees(mentees)
    forbidden_pairs = frozenset(forbidden)
    pins = check_pins(pool, mentees, pinned, forbidden_pairs)
    free_mentees, free_mentors, places = unpinned_people(pool, mentees, pins)
    found = match_columns(
        with_forbidden(cohort_columns(pool, free_mentees, free_mentors), forbidden_pairs),
        pool.weights,
        capacity=places,
        protect_worst_off=protect_worst_off,
        spread_load=spread_load,
        floor=floor,
        workers=workers,
        progress=progress,
    )
    return _with_pins(found, pool, mentees, pins)


def match_columns(
    cohort: CohortColumns,
    weights: Weights,
    *,
    capacity: Ints | None = None,
    protect_worst_off: bool = False,
    spread_load: bool = False,
    floor: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Match:
    """Do the same as `match` for people given as columns. `capacity` replaces the mentors' places; shape (m,).

    Raises CapacityError, ScoresError (the floor) or TooLargeError, before any work.
    """
    size = len(cohort.mentees.ids), len(cohort.mentors.ids)
    check_size(*size)
    places = check_capacity(cohort.mentors.places if capacity is None else capacity, size[1])
    min_score, threads, progress = check_floor(floor), workers or len(sched_getaffinity(0)), progress or Progress()
    score_matrix = ComputedScoreMatrix(cohort, weights)
    hashes = cohort.mentees.hashes, cohort.mentors.hashes
    proven = proven_optimum(score_matrix, places, hashes, floor=min_score, workers=threads, progress=progress)
    if protect_worst_off:
        min_score = highest_floor(score_matrix, places, proven, min_score, workers=threads, progress=progress)
        known = proven.candidates
        proven = proven_optimum(
            score_matrix, places, hashes, floor=min_score, workers=threads, progress=progress, candidates=known
        )
    if spread_load:
        proven, places = spread_optimum(
            score_matrix, places, proven, hashes, floor=min_score, workers=threads, progress=progress
        )
    progress.update(Stage.DONE, 1.0)
    return _by_id(to_assignment(proven.optimum, places, min_score, score_matrix), cohort, proven)


def _by_id(assignment: Assignment, cohort: CohortColumns, proven: ProvenOptimum) -> Match:
    mentees, mentors = cohort.mentees.ids, cohort.mentors.ids
    rows = np.flatnonzero(assignment.mentor_of != NOBODY).tolist()
    mentor_of, score = assignment.mentor_of.tolist(), proven.optimum.score.tolist()
    return Match(
        mentor_of={mentees[row]: mentors[mentor_of[row]] for row in rows},
        score_of={mentees[row]: score[row] for row in rows},
        unmatched=tuple(mentees[row] for row, mentor in enumerate(mentor_of) if mentor == NOBODY),
        pinned=frozenset(),
        assignment=assignment,
        cohort=cohort,
        proven=proven,
    )


def _with_pins(found: Match, pool: Pool, mentees: Sequence[MenteeCard], pins: Sequence[PinnedPair]) -> Match:
    mentor_of = {**found.mentor_of, **{pin.mentee.id: pin.mentor.id for pin in pins}}
    score_of = {**found.score_of, **{pin.mentee.id: explain(pool, pin.mentee, pin.mentor).score for pin in pins}}
    return replace(
        found,
        pool=pool,
        mentor_of=mentor_of,
        score_of=score_of,
        unmatched=tuple(card.id for card in mentees if card.id not in mentor_of),
        pinned=frozenset((pin.mentee.id, pin.mentor.id) for pin in pins),
    )
