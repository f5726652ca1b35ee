"""What a change would do to a match: the best answer, and answers that move no, one or two others."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.errors import EngineError, PinError
from matching.engine.facts.cards import Id, MenteeCard
from matching.engine.progress import Progress
from matching.engine.solver.incremental import IncrementalOptimum
from matching.engine.solver.known_pairs import ScoreByNumber
from matching.engine.solver.pairs import NOBODY, Pairs
from matching.engine.solver.scan import pairs_reaching
from matching.engine.whole_cohort.alternating_paths import WorkingAssignment, best_fill, best_placement
from matching.engine.whole_cohort.changes import Arrive, Change, Forbid, Pin, Withdraw
from matching.engine.whole_cohort.encoding import cohort_columns
from matching.engine.whole_cohort.match import Match
from matching.engine.whole_cohort.score_matrix import ComputedScoreMatrix

MAX_OTHERS = 2


@dataclass(frozen=True)
class ReanswerOption:
    """One way to answer a change.

    mentor_of       the mentees whose mentor changes, and their new mentors; None: nobody
    others          how many of these had a mentor and are not whom the change is about
    matched, total  of the whole match afterwards, without the pinned pairs
    fewer, points   what it costs compared with the best answer: mentees matched, and points of their total
    """

    mentor_of: Mapping[Id, Id | None]
    others: int
    matched: int
    total: int
    fewer: int = 0
    points: int = 0


@dataclass(frozen=True)
class Reanswer:
    """The answers to a change.

    options     each moves more others than the one before, and is better
    best        moves as many as it must
    """

    options: tuple[ReanswerOption, ...]
    best: ReanswerOption


def reanswer(match: Match, change: Change, *, accepted: Collection[tuple[Id, Id]] = ()) -> Reanswer:
    """Say what the change would do to the match, which itself stays as it is.

    accepted    (mentee id, mentor id) of pairs of the match that must stay, unless the change is about them

    The best answer is the optimum over all pairs that keeps the accepted ones, found by shortest alternating paths on
    exact prices. The options use candidates only: a path for everybody who has lost a place, then one for each place
    that has become free; each path moves at most no, one or two others.

    Raises EngineError when the change names somebody who does not take part, PinError when the pair cannot be made.
    """
    repair = _Repair(match, change, frozenset(accepted))
    best = repair.best()
    options: list[ReanswerOption] = []
    for max_others in range(MAX_OTHERS + 1):
        option = repair.option(max_others, best)
        if option and (not options or (option.matched, option.total) > (options[-1].matched, options[-1].total)):
            options.append(option)
    return Reanswer(tuple(options), best)


class _Repair:
    """One change to one match, in row and column numbers.

    mentee, mentor  whom the change is about; NOBODY where it names none
    before          each mentee's mentor before the change
    """

    def __init__(self, match: Match, change: Change, accepted: frozenset[tuple[Id, Id]]) -> None:
        self.match, self.change = match, change
        self.mentees, self.mentors = list(match.cohort.mentees.ids), match.cohort.mentors.ids
        self._row_of = {person: row for row, person in enumerate(self.mentees)}
        self._column_of = {person: column for column, person in enumerate(self.mentors)}
        self.before: list[int] = match.assignment.mentor_of.tolist()
        pairs, optimum = match.proven.candidates.pairs, match.proven.optimum
        self.incremental = IncrementalOptimum(pairs, optimum, match.assignment.capacity)
        self.mentee = self.mentor = NOBODY
        self._find_people()
        self._freeze(accepted)

    def _find_people(self) -> None:
        change = self.change
        if isinstance(change, Arrive):
            self.before.append(NOBODY)
            self.mentees.append(change.card.id)
            self.mentee = len(self.mentees) - 1
            self.arrived_row = self._row_of_new(change.card)
        elif isinstance(change, Withdraw):
            self.mentee = self._row_of.get(change.person, NOBODY)
            self.mentor = NOBODY if self.mentee != NOBODY else self._column_of.get(change.person, NOBODY)
            if self.mentee == self.mentor == NOBODY:
                raise EngineError(f"nobody with the id {change.person!r} takes part")
        else:
            self.mentee = self._row_of.get(change.mentee, NOBODY)
            self.mentor = self._column_of.get(change.mentor, NOBODY)
            if NOBODY in (self.mentee, self.mentor):
                raise EngineError(f"{change.mentee!r} and {change.mentor!r} do not both take part")
        if isinstance(change, Pin):
            self.pin_score = self._checked_score(change)

    def _checked_score(self, pin: Pin) -> int:
        score = self.match.assignment.score_matrix.pair_scores(np.array([self.mentee]), np.array([self.mentor]))
        if score[0] < self.match.floor:
            raise PinError(pin.mentee, pin.mentor, "the pair may not be made")
        return int(score[0])

    def _row_of_new(self, card: MenteeCard) -> ScoreByNumber:
        """Give the scores of a new mentee's allowed pairs, by mentor."""
        pool = self.match.pool
        if pool is None or card.id in self._row_of or card.id in self.match.mentor_of:
            raise EngineError(f"mentee {card.id!r} is here already, or the match was not made from cards")
        if not card.may_be_judged:
            return {}
        by_id = {mentor.id: mentor for mentor in pool.ordered}
        cohort = cohort_columns(pool, [card], [by_id[person] for person in self.mentors])
        columns = np.arange(len(self.mentors))
        scores = ComputedScoreMatrix(cohort, pool.weights).pair_scores(np.zeros(len(columns), np.int64), columns)
        allowed = np.flatnonzero((scores >= 0) & (scores >= self.match.floor))
        return dict(zip(allowed.tolist(), scores[allowed].tolist(), strict=True))

    def _freeze(self, accepted: frozenset[tuple[Id, Id]]) -> None:
        """Pin the accepted pairs that are part of the match, except those that the change is about."""
        about = set(self._losing_mentees()) | {self.mentee}
        for mentee, mentor in accepted:
            row = self._row_of.get(mentee, NOBODY)
            if row not in about and row != NOBODY and self.before[row] == self._column_of.get(mentor):
                self.incremental.freeze(row)

    def _losing_mentees(self) -> list[int]:
        """Give the mentees who lose their place by the change, or have none yet."""
        if isinstance(self.change, Withdraw) and self.mentor != NOBODY:
            return [row for row, mentor in enumerate(self.before) if mentor == self.mentor]
        if isinstance(self.change, Forbid) and self.before[self.mentee] != self.mentor:
            return []
        return [self.mentee]

    # --- the best answer ---

    def best(self) -> ReanswerOption:
        """Make the change on the incremental optimum, and add pruned pairs that could improve until there are none."""
        self._apply_change()
        while self._add_improving_pairs():
            pass
        return self._to_option(self.incremental.mentor_of)

    def _apply_change(self) -> None:
        incremental, change = self.incremental, self.change
        if isinstance(change, Arrive):
            incremental.arrive(self.arrived_row)
        elif isinstance(change, Pin):
            pinned_here = incremental.mentees_of[self.mentor] & incremental.pinned
            if len(pinned_here) >= incremental.capacity[self.mentor]:
                raise PinError(change.mentee, change.mentor, "accepted pairs hold all places")
            incremental.pin(self.mentee, self.mentor, self.pin_score)
        elif isinstance(change, Forbid):
            incremental.forbid(self.mentee, self.mentor)
        elif self.mentee != NOBODY:
            incremental.withdraw(self.mentee)
        else:
            incremental.close(self.mentor)

    def _add_improving_pairs(self) -> bool:
        """Insert those mentees again who could do better with pruned pairs; say whether there were any."""
        rows: dict[int, ScoreByNumber] = {}
        pairs = self._improving_pairs()
        for mentee, mentor, score in zip(*(array.tolist() for array in _arrays(pairs)), strict=True):
            if self._is_still_allowed(mentee, mentor):
                rows.setdefault(mentee, dict(self.incremental.row(mentee)))[mentor] = score
        for mentee, row in rows.items():
            self.incremental.suspend(mentee, row)
        self.incremental.resume()
        return bool(rows)

    def _improving_pairs(self) -> Pairs:
        """Scan the mentees whose bound on pruned pairs does not rule an improvement out."""
        optimum, score_matrix = self.incremental.optimum(), self.match.assignment.score_matrix
        mentees = np.arange(score_matrix.shape[0])
        is_present = np.array(self.incremental.present[: len(mentees)], bool)
        is_fixed = np.isin(mentees, list(self.incremental.pinned)) | ~is_present
        threshold, floor = optimum.threshold[: len(mentees)], self.match.floor
        may_improve = self.match.proven.candidates.cutoff >= np.maximum(threshold, floor)
        return pairs_reaching(
            score_matrix,
            mentees[~is_fixed & may_improve],
            threshold + 1,
            optimum.mentor_price,
            floor=floor,
            workers=1,
            progress=Progress(),
        )

    def _is_still_allowed(self, mentee: int, mentor: int) -> bool:
        if isinstance(self.change, Forbid):
            return (mentee, mentor) != (self.mentee, self.mentor)
        return not (isinstance(self.change, Withdraw) and mentor == self.mentor)

    # --- options that move few ---

    def option(self, max_others: int, best: ReanswerOption) -> ReanswerOption | None:
        """Give the answer by paths that move at most so many others; None when there is none.

        To be called after `best`, whose changes to the known pairs it uses.
        """
        assignment = self._assignment_before()
        losing = self._losing_mentees()
        freed = self._free_places_of(losing, assignment)
        if isinstance(self.change, Pin):
            if not self._place_pinned(assignment, max_others):
                return None
            assignment.frozen.add(self.mentee)
        elif not (isinstance(self.change, Withdraw) and self.mentee != NOBODY):
            for mentee in losing:
                if found := best_placement(assignment, mentee, max_others):
                    assignment.make(found[1])
        for mentor in freed:
            if assignment.free_places[mentor] > 0:
                assignment.make(best_fill(assignment, mentor, max_others)[2])
        return self._to_option(assignment.mentor_of, best)

    def _assignment_before(self) -> WorkingAssignment:
        load = np.bincount([mentor for mentor in self.before if mentor != NOBODY], minlength=len(self.mentors))
        free_places = (self.match.assignment.capacity - load).tolist()
        absent = {row for row, is_present in enumerate(self.incremental.present) if not is_present}
        frozen = set(self.incremental.pinned) | absent
        return WorkingAssignment(list(self.before), free_places, frozen, self.incremental.row, self.incremental.column)

    def _free_places_of(self, losing: list[int], assignment: WorkingAssignment) -> list[int]:
        """Take these mentees' places away; give the mentors who have a free place now."""
        freed, closed = [], self.mentor if isinstance(self.change, Withdraw) else NOBODY
        for mentee in losing:
            mentor = assignment.release(mentee)
            if mentor not in (NOBODY, closed):
                assignment.free_places[mentor] += 1
                freed.append(mentor)
        if closed != NOBODY:
            assignment.free_places[closed] = 0
        return freed

    def _place_pinned(self, assignment: WorkingAssignment, max_others: int) -> bool:
        """Place the pinned mentee, moving one of the mentor's mentees on if needed; say whether that is possible."""
        if assignment.free_places[self.mentor] <= 0:
            ways = [
                (found[0] - assignment.row(other)[self.mentor], found[1])
                for other in (assignment.movable_mentees(self.mentor) if max_others else [])
                if (found := best_placement(assignment, other, max_others - 1, frozenset({self.mentor})))
            ]
            if not ways:
                return False
            assignment.make(max(ways, key=lambda way: way[0])[1])
        assignment.make([(self.mentee, self.mentor)])
        return True

    # --- by ids ---

    def _to_option(self, after: list[int], best: ReanswerOption | None = None) -> ReanswerOption:
        about = {self.mentee, *self._losing_mentees()}
        changed = [row for row, mentor in enumerate(after) if mentor != self.before[row]]
        scores = [self._score(row, mentor) for row, mentor in enumerate(after) if mentor != NOBODY]
        matched, total = len(scores), sum(scores)
        return ReanswerOption(
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
        return self.incremental.row(row)[mentor]


def _arrays(pairs: Pairs) -> tuple[Ints, Ints, Ints]:
    return pairs.mentee, pairs.mentor, pairs.score
