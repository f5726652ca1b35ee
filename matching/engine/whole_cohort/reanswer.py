"""What a change would do to a match: with at most none, one or two others moved, and at best."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from matching.engine.errors import EngineError, PinError
from matching.engine.facts.cards import Id, MenteeCard
from matching.engine.progress import Progress
from matching.engine.solver.incremental import IncrementalOptimum, SparseRow
from matching.engine.solver.pairs import NOBODY
from matching.engine.solver.scan import pairs_reaching
from matching.engine.whole_cohort.alternating_paths import WorkingAssignment, best_fill, best_placement
from matching.engine.whole_cohort.match import Match
from matching.engine.whole_cohort.score_matrix import ComputedScoreMatrix, cohort_columns

MOST_MOVED = 2


@dataclass(frozen=True)
class Pin:
    """This pair must be made."""

    mentee: Id
    mentor: Id


@dataclass(frozen=True)
class Forbid:
    """This pair must not be made."""

    mentee: Id
    mentor: Id


@dataclass(frozen=True)
class Decline(Forbid):
    """The mentor has said no to this mentee."""


@dataclass(frozen=True)
class Withdraw:
    """This mentee, or this mentor, is no longer here."""

    person: Id


@dataclass(frozen=True)
class Arrive:
    """This mentee has come."""

    card: MenteeCard


Change: TypeAlias = Pin | Forbid | Decline | Withdraw | Arrive


@dataclass(frozen=True)
class Offer:
    """One way to answer a change.

    mentor_of       whose mentor changes, and to whom; None: to nobody
    others          how many of these had a mentor and are not whom the change is about
    matched, total  of the whole match afterwards, pinned pairs left out
    fewer, points   what it costs against the best answer: people matched, and points of those matched
    """

    mentor_of: Mapping[Id, Id | None]
    others: int
    matched: int
    total: int
    fewer: int = 0
    points: int = 0


@dataclass(frozen=True)
class Reanswer:
    """`offers` move more and more others, each better than the one before; `best` moves whom it must."""

    offers: tuple[Offer, ...]
    best: Offer


def reanswer(match: Match, change: Change, *, accepted: Collection[tuple[Id, Id]] = ()) -> Reanswer:
    """Say what the change does to the match, which itself stays as it is.

    accepted    (mentee id, mentor id) of the match that are never undone for others' sake

    The best answer is the optimum over all pairs that leaves the accepted ones alone, found by chains of moves
    on exact prices. Offers look for chains among the candidates; each chain, one for everybody who has lost a
    place, then one for each place that has become free, moves at most none, one or two others.

    Raises EngineError when the change names somebody who is not here, PinError when the pair cannot be made.
    """
    case = _Case(match, change, frozenset(accepted))
    best = case.best()
    offers: list[Offer] = []
    for others in range(MOST_MOVED + 1):
        offer = case.offer(others, best)
        if offer and (not offers or (offer.matched, offer.total) > (offers[-1].matched, offers[-1].total)):
            offers.append(offer)
    return Reanswer(tuple(offers), best)


class _Case:
    """One change to one match, in row and column numbers."""

    def __init__(self, match: Match, change: Change, accepted: frozenset[tuple[Id, Id]]) -> None:
        self.match, self.change = match, change
        self.mentees, self.mentors = list(match.cohort.mentees.ids), match.cohort.mentors.ids
        self._row_of = {person: row for row, person in enumerate(self.mentees)}
        self._column_of = {person: column for column, person in enumerate(self.mentors)}
        self.before = match.assignment.mentor_of.tolist()
        self.live = IncrementalOptimum(match.proven.candidates.pairs, match.proven.optimum, match.assignment.capacity)
        self.mentee = self.mentor = NOBODY
        self._read()
        about = set(self._displaced()) | {self.mentee}
        for one, other in accepted:
            row = self._row_of.get(one, NOBODY)
            if row not in about and row != NOBODY and self.before[row] == self._column_of.get(other):
                self.live.freeze(row)

    def _read(self) -> None:
        if isinstance(self.change, Arrive):
            self.before.append(NOBODY)
            self.mentees.append(self.change.card.id)
            self.mentee = len(self.mentees) - 1
            self.arrived = self._arrived_row(self.change.card)
        elif isinstance(self.change, Withdraw):
            self.mentee = self._row_of.get(self.change.person, NOBODY)
            self.mentor = NOBODY if self.mentee != NOBODY else self._column_of.get(self.change.person, NOBODY)
            if self.mentee == self.mentor == NOBODY:
                raise EngineError(f"nobody with the id {self.change.person!r} takes part")
        else:
            self.mentee = self._row_of.get(self.change.mentee, NOBODY)
            self.mentor = self._column_of.get(self.change.mentor, NOBODY)
            if NOBODY in (self.mentee, self.mentor):
                raise EngineError(f"{self.change.mentee!r} and {self.change.mentor!r} do not both take part")
        if isinstance(self.change, Pin):
            self._check_pin(self.change)

    def _check_pin(self, pin: Pin) -> None:
        score = self.match.assignment.score_matrix.scores(np.array([self.mentee]), np.array([self.mentor]))
        if score[0] < self.match.floor:
            raise PinError(pin.mentee, pin.mentor, "the pair may not be made")
        self.pin_score = int(score[0])

    def _arrived_row(self, card: MenteeCard) -> SparseRow:
        pool = self.match.pool
        if pool is None or card.id in self._row_of or card.id in self.match.mentor_of:
            raise EngineError(f"mentee {card.id!r} is here already, or the match was not made from cards")
        if not card.employer_confirmed:
            return {}
        by_id = {mentor.id: mentor for mentor in pool.ordered}
        score_matrix = ComputedScoreMatrix(
            cohort_columns(pool, [card], [by_id[person] for person in self.mentors]), pool.weights
        )
        columns = np.arange(len(self.mentors))
        scores = score_matrix.scores(np.zeros(len(columns), np.int64), columns)
        kept = np.flatnonzero((scores >= 0) & (scores >= self.match.floor))
        return dict(zip(kept.tolist(), scores[kept].tolist(), strict=True))

    # --- the best answer ---

    def best(self) -> Offer:
        """Make the change where prices are, and look for pairs that could improve until there are none."""
        live, change = self.live, self.change
        if isinstance(change, Arrive):
            live.arrive(self.arrived)
        elif isinstance(change, Pin):
            if len(live.mates[self.mentor] & live.pinned) >= live.capacity[self.mentor]:
                raise PinError(change.mentee, change.mentor, "accepted pairs hold all places")
            live.pin(self.mentee, self.mentor, self.pin_score)
        elif isinstance(change, Forbid):
            live.forbid(self.mentee, self.mentor)
        elif self.mentee != NOBODY:
            live.withdraw(self.mentee)
        else:
            live.close(self.mentor)
        while self._improve():
            pass
        return self._offer(live.mentor_of)

    def _improve(self) -> bool:
        """Let those in again who could do better with pairs that were left out; whether there were any."""
        optimum, score_matrix, found = (
            self.live.optimum(),
            self.match.assignment.score_matrix,
            self.match.proven.candidates,
        )
        here = np.arange(score_matrix.shape[0])
        fixed = np.isin(here, list(self.live.pinned)) | ~np.array(self.live.here[: len(here)], bool)
        least = optimum.least[: len(here)]
        rows = here[~fixed & (found.cutoff >= np.maximum(least, self.match.floor))]
        pairs = pairs_reaching(
            score_matrix, rows, least + 1, optimum.mentor_price, floor=self.match.floor, workers=1, progress=Progress()
        )
        again: dict[int, SparseRow] = {}
        for mentee, mentor, score in zip(
            pairs.mentee.tolist(), pairs.mentor.tolist(), pairs.score.tolist(), strict=True
        ):
            if self._still_allowed(mentee, mentor):
                again.setdefault(mentee, dict(self.live.row(mentee)))[mentor] = score
        for mentee, row in again.items():
            self.live.suspend(mentee, row)
        self.live.resume()
        return bool(again)

    def _still_allowed(self, mentee: int, mentor: int) -> bool:
        if isinstance(self.change, Forbid):
            return (mentee, mentor) != (self.mentee, self.mentor)
        return not (isinstance(self.change, Withdraw) and mentor == self.mentor)

    # --- offers that move few ---

    def offer(self, others: int, best: Offer) -> Offer | None:
        """Give the answer by chains that move at most so many others; None when there is none."""
        assignment = self._seating()
        displaced = self._displaced()
        freed = self._let_go(assignment, displaced)
        if isinstance(self.change, Pin):
            pushed = self._push(assignment, others)
            if pushed is None:
                return None
            assignment.frozen.add(self.mentee)
        elif isinstance(self.change, Withdraw) and self.mentee != NOBODY:
            displaced = []
        for mentee in displaced if not isinstance(self.change, Pin) else []:
            if found := best_placement(assignment, mentee, others):
                assignment.make(found[1])
        for mentor in freed:
            if assignment.left[mentor] > 0:
                assignment.make(best_fill(assignment, mentor, others)[2])
        return self._offer(assignment.mentor_of, best)

    def _seating(self) -> WorkingAssignment:
        load = np.bincount([mentor for mentor in self.before if mentor != NOBODY], minlength=len(self.mentors))
        left = (self.match.assignment.capacity - load).tolist()
        frozen = set(self.live.pinned) | {row for row, here in enumerate(self.live.here) if not here}
        return WorkingAssignment(list(self.before), left, frozen, self.live.row, self.live.column)

    def _displaced(self) -> list[int]:
        """Give who loses a place by the change, or has none yet."""
        if isinstance(self.change, Withdraw) and self.mentor != NOBODY:
            return [row for row, mentor in enumerate(self.before) if mentor == self.mentor]
        if isinstance(self.change, Forbid) and self.before[self.mentee] != self.mentor:
            return []
        return [self.mentee]

    def _let_go(self, assignment: WorkingAssignment, displaced: list[int]) -> list[int]:
        """Take the places away; give the mentors who have one free now."""
        freed = []
        for mentee in displaced:
            mentor, assignment.mentor_of[mentee] = assignment.mentor_of[mentee], NOBODY
            if mentor != NOBODY and mentor != self._closed():
                assignment.left[mentor] += 1
                freed.append(mentor)
        if self._closed() != NOBODY:
            assignment.left[self._closed()] = 0
        return freed

    def _closed(self) -> int:
        return self.mentor if isinstance(self.change, Withdraw) else NOBODY

    def _push(self, assignment: WorkingAssignment, others: int) -> bool | None:
        """Seat the pinned mentee, moving one of the mentor's mentees on when there is no place left."""
        if assignment.left[self.mentor] <= 0:
            chains = [
                (found[0] - assignment.row(mate)[self.mentor], found[1])
                for mate in (assignment.mates(self.mentor) if others else [])
                if (found := best_placement(assignment, mate, others - 1, frozenset({self.mentor})))
            ]
            if not chains:
                return None
            assignment.make(max(chains, key=lambda chain: chain[0])[1])
        assignment.make([(self.mentee, self.mentor)])
        return True

    # --- in names ---

    def _offer(self, after: list[int], best: Offer | None = None) -> Offer:
        about = {self.mentee, *self._displaced()}
        changed = [row for row, mentor in enumerate(after) if mentor != self.before[row]]
        scores = [self._score(row, mentor) for row, mentor in enumerate(after) if mentor != NOBODY]
        matched, total = len(scores), sum(scores)
        return Offer(
            {self.mentees[row]: None if after[row] == NOBODY else self.mentors[after[row]] for row in changed},
            sum(1 for row in changed if row not in about and self.before[row] != NOBODY),
            matched,
            total,
            best.matched - matched if best else 0,
            best.total - total if best else 0,
        )

    def _score(self, row: int, mentor: int) -> int:
        if row < len(self.match.proven.optimum.score) and self.before[row] == mentor:
            return int(self.match.proven.optimum.score[row])
        return self.live.row(row)[mentor]
