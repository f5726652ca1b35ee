"""A whole cohort at once: from cards to the best assignment over all allowed pairs, with its proof."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import sched_getaffinity

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.facts.cards import Id, MenteeCard, Weights
from matching.engine.progress import Progress, Stage
from matching.engine.solver.assignment import Assignment, assignment_of, check_floor
from matching.engine.solver.column_generation import ProvenOptimum, proven_optimum
from matching.engine.solver.pairs import NOBODY
from matching.engine.solver.validation import check_capacity, check_size
from matching.engine.suggesting.pool import Pool
from matching.engine.suggesting.suggest import explain
from matching.engine.whole_cohort.blocking_pairs import BlockingPair, blocking_pairs
from matching.engine.whole_cohort.columns import CohortColumns
from matching.engine.whole_cohort.pins import Pin, check_mentees, check_pins, unpinned_people, with_forbidden
from matching.engine.whole_cohort.score_matrix import ComputedScoreMatrix, cohort_columns
from matching.engine.whole_cohort.shortages import Shortage, shortages
from matching.engine.whole_cohort.worst_off import highest_floor

IdPairs = Iterable[tuple[Id, Id]]


@dataclass(frozen=True, eq=False)
class Match:
    """The best assignment of a cohort.

    mentor_of       each matched mentee's mentor, by their ids; pinned pairs among them
    score_of        each matched mentee's score
    unmatched       the mentees without a mentor, in the order given
    pinned          the pairs that were given, not chosen
    assignment      the same in row and column numbers of `crowd`, with prices; without the pinned pairs
    crowd           the people who took part: neither pinned nor excluded from every pair
    pool            the cards of the mentors, when it was made from cards
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
        """The sum of all scores: none that matches as many has more."""
        return sum(self.score_of.values())

    @property
    def floor(self) -> int:
        """No chosen pair scores less: 0, or what was asked for, or what protecting the worst-off has found."""
        return self.assignment.floor

    @property
    def lowest(self) -> int | None:
        """The lowest score of a matched mentee; None when nobody is."""
        return min(self.score_of.values(), default=None)

    def certificate(self, *, workers: int = 1) -> None:
        """Prove the optimum anew, from every pair. Raises CertificateError when it is none."""
        self.assignment.certificate(workers=workers)

    def shortages(self) -> tuple[Shortage, ...]:
        """Give the groups of mentees who compete for fewer places than they are."""
        return shortages(self.assignment, self.cohort)

    def blocking_pairs(self, most: int = 100) -> tuple[BlockingPair, ...]:
        """Give pairs who would both prefer each other to what they have, the largest loss first."""
        return blocking_pairs(self.assignment, self.proven, self.cohort, most)


def match(
    pool: Pool,
    mentees: Sequence[MenteeCard],
    *,
    pinned: IdPairs = (),
    forbidden: IdPairs = (),
    protect_worst_off: bool = False,
    floor: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Match:
    """Match as many of these mentees as possible, and among such assignments give the highest total score.

    pinned              (mentee id, mentor id) that must be made; they take their places first
    forbidden           (mentee id, mentor id) that must not; people who are not here do not matter
    protect_worst_off   raise the lowest score as far as everybody who can be matched still is
    floor               pairs that score less are not made
    workers             threads; as many as there are cores when None
    watch               is told the progress and can call it off (CancelledError)

    Raises, naming the offender and before any work: IdsError for a mentee given twice, PinError for a pin
    that cannot be, EngineError for what is not a card.
    """
    progress = progress or Progress()
    progress.update(Stage.PREPARE)
    check_mentees(mentees)
    refused = frozenset(forbidden)
    pins = check_pins(pool, mentees, pinned, refused)
    seekers, offers, places = unpinned_people(pool, mentees, pins)
    cohort = with_forbidden(cohort_columns(pool, seekers, offers), refused)
    found = match_columns(
        cohort,
        pool.weights,
        capacity=places,
        protect_worst_off=protect_worst_off,
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
    floor: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Match:
    """Do the same for people who are columns already; `capacity` counts instead of the mentors' places."""
    size = len(cohort.mentees.ids), len(cohort.mentors.ids)
    check_size(*size)
    places = check_capacity(cohort.mentors.places if capacity is None else capacity, size[1])
    least, threads, progress = check_floor(floor), workers or len(sched_getaffinity(0)), progress or Progress()
    score_matrix = ComputedScoreMatrix(cohort, weights)
    hashes = cohort.mentees.hashes, cohort.mentors.hashes
    proven = proven_optimum(score_matrix, places, hashes, floor=least, workers=threads, progress=progress)
    if protect_worst_off:
        least = highest_floor(score_matrix, places, proven, least, workers=threads, progress=progress)
        proven = proven_optimum(
            score_matrix, places, hashes, floor=least, workers=threads, progress=progress, found=proven.candidates
        )
    progress.update(Stage.DONE, 1.0)
    return _named(assignment_of(proven.optimum, places, least, score_matrix), cohort, proven)


def _named(assignment: Assignment, cohort: CohortColumns, proven: ProvenOptimum) -> Match:
    mentees, mentors = cohort.mentees.ids, cohort.mentors.ids
    rows = np.flatnonzero(assignment.mentor_of != NOBODY).tolist()
    chosen, score = assignment.mentor_of.tolist(), proven.optimum.score.tolist()
    return Match(
        mentor_of={mentees[row]: mentors[chosen[row]] for row in rows},
        score_of={mentees[row]: score[row] for row in rows},
        unmatched=tuple(mentees[row] for row, mentor in enumerate(chosen) if mentor == NOBODY),
        pinned=frozenset(),
        assignment=assignment,
        cohort=cohort,
        proven=proven,
    )


def _with_pins(found: Match, pool: Pool, mentees: Sequence[MenteeCard], pins: Sequence[Pin]) -> Match:
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
