"""What a coordinator decides about a match, one demand after the other, and what each does to it: at once, not by a new
solve.

The optimum that all demands leave is kept (`IncrementalOptimum`) and follows from them in their order, so that two
processes say the same. What stands may be another answer, which moved fewer: it is given with each question.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from matching.engine.errors import EngineError, PinError
from matching.engine.facts.cards import Id
from matching.engine.progress import Progress
from matching.engine.solver.column_generation import SLACK, reduced_profits
from matching.engine.solver.incremental import IncrementalOptimum
from matching.engine.solver.known_pairs import KnownPairs, ScoreByNumber
from matching.engine.solver.pairs import NOBODY
from matching.engine.solver.pruning_bounds import PruningBounds
from matching.engine.solver.scan import pairs_reaching
from matching.engine.whole_cohort.alternating_paths import WorkingAssignment, best_fill, best_placement, grouped
from matching.engine.whole_cohort.blocking_pairs import blocking_pairs
from matching.engine.whole_cohort.changes import Forbid, Pin, Withdraw
from matching.engine.whole_cohort.match import Match

Demand: TypeAlias = Pin | Forbid | Withdraw
MOVING_AT_MOST = (0, 1, 2)
STATES_KEPT = 4  # optima after different demands
NEAR = 40_000  # points: how far from an improvement pairs are that the optimum is kept on


@dataclass(frozen=True)
class Answer:
    """One way to meet the demands.

    mentor_of       the mentees whose mentor changes, and their new mentors; None: nobody
    score_of        the new scores of those who have a mentor then
    others          how many of these had a mentor and are not whom the question is about
    matched, total  of all pairs afterwards, of all who can be judged still
    """

    mentor_of: Mapping[Id, Id | None]
    score_of: Mapping[Id, int]
    others: int
    matched: int
    total: int


@dataclass(frozen=True)
class Answers:
    """What the demands would do to what stands.

    matched, total  of the pairs as they stand
    options         moving at most no, one, two others; None where that cannot be
    best            moving as many as it takes: the optimum over all pairs
    """

    matched: int
    total: int
    options: tuple[Answer | None, ...]
    best: Answer


class LiveMatch:
    """A match whose optimum is kept while demands are made of it. The match must have been made without pins."""

    def __init__(self, match: Match) -> None:
        if match.pinned:
            raise EngineError("a live match begins without pins")
        self.match = match
        self.mentees, self.mentors = match.cohort.mentees.ids, match.cohort.mentors.ids
        self.row_of = {person: row for row, person in enumerate(self.mentees)}
        self.column_of = {person: column for column, person in enumerate(self.mentors)}
        self._states: dict[tuple[Demand, ...], _State] = {}
        self._standing: _Standing | None = None

    def answers(self, demands: Sequence[Demand], current: Mapping[Id, Id], *, about: Collection[Id] = ()) -> Answers:
        """Say what these demands, in the order in which they were made, would do to the pairs that stand.

        about   mentees whom the question is about: that they move is no cost to others

        Raises EngineError when a demand names somebody who does not take part, PinError when its pair cannot be made.
        """
        question = _Question(self, self._state(tuple(demands)), self._standing_of(current), about)
        standing, options = question.standing, tuple(map(question.moving_at_most, MOVING_AT_MOST))
        return Answers(standing.matched, standing.total, options, question.best())

    def prefer_each_other(self, demands: Sequence[Demand], current: Mapping[Id, Id], limit: int) -> int:
        """Count the pairs who would both prefer each other to what stands, `limit` at most; no forbidden ones."""
        state, standing = self._state(tuple(demands)), self._standing_of(current)
        known, absent = self.match.proven, state.absent
        optimum = replace(known.optimum, mentor_of=standing.array, score=np.array(standing.scores, np.int64))
        places = np.array(state.incremental.capacity, np.int64)
        assignment = replace(self.match.assignment, mentor_of=standing.array, capacity=places)
        found = blocking_pairs(assignment, replace(known, optimum=optimum), self.match.cohort, limit)
        pairs = ((self.row_of[pair.mentee], self.column_of[pair.mentor]) for pair in found)
        return sum(row not in absent and state.allows(row, column) for row, column in pairs)

    def scores(self, rows: Sequence[int], columns: Sequence[int]) -> list[int]:
        """The scores of these pairs, by their numbers; −1 where a rule keeps them apart."""
        numbers = np.array(rows, np.int64), np.array(columns, np.int64)
        found: list[int] = self.match.assignment.score_matrix.pair_scores(*numbers).tolist()
        return found

    def _standing_of(self, current: Mapping[Id, Id]) -> "_Standing":
        if self._standing is None or self._standing.current != current:
            self._standing = self._to_standing(dict(current))
        return self._standing

    def _to_standing(self, current: Mapping[Id, Id]) -> "_Standing":
        mentor_of, scores, lost = [NOBODY] * len(self.mentees), [0] * len(self.mentees), set()
        pairs = [
            (self.row_of[one], self.column_of.get(other, NOBODY))
            for one, other in current.items()
            if one in self.row_of
        ]
        here = [(row, column) for row, column in pairs if column != NOBODY]
        lost |= {row for row, column in pairs if column == NOBODY}
        for (row, column), score in zip(here, self.scores(*zip(*here, strict=True)) if here else [], strict=True):
            if score < 0:  # by now a rule keeps them apart
                lost.add(row)
            else:
                mentor_of[row], scores[row] = column, score
        return _Standing(current, mentor_of, scores, lost)

    def _state(self, demands: tuple["Demand", ...]) -> "_State":
        """The state after these demands, from that after the most of them that is at hand."""
        for known in range(len(demands), -1, -1):
            state = self._states.get(demands[:known])
            if state is not None or known == 0:
                break
        state = state or self._states.setdefault((), _State(self))
        for number, demand in enumerate(demands[known:], known + 1):
            state = state.copy()
            state.meet(demand)
            self._states[demands[:number]] = state
        while len(self._states) > STATES_KEPT:
            del self._states[next(each for each in self._states if each not in ((), demands))]
        return state


class _State:
    """The optimum that some demands leave, over all pairs.

    known       all candidates that the demands leave, also those far from the optimum: for answers that move few
    excluded    pairs that are forbidden, in row and column numbers
    """

    def __init__(self, live: LiveMatch) -> None:
        match = live.match
        optimum, candidates = match.proven.optimum, match.proven.candidates
        self.live = live
        self.excluded: set[tuple[int, int]] = set()
        # What misses an improvement by so much is left out until prices have moved as far: searches are short.
        near = pairs_reaching(
            match.assignment.score_matrix, np.flatnonzero(candidates.cutoff > optimum.threshold - NEAR),
            optimum.threshold - NEAR, optimum.mentor_price, floor=match.floor, workers=1, progress=Progress(),
        )  # fmt: skip
        kept = reduced_profits(candidates.pairs, optimum) >= -NEAR
        pairs = candidates.pairs.take(kept).merged(near, len(live.mentors))
        self.bounds = PruningBounds(candidates.cutoff, len(live.mentors))
        self.bounds.update(np.arange(len(live.mentees)), optimum.mentor_price, optimum.threshold - NEAR)
        self.incremental = IncrementalOptimum(pairs, optimum, match.assignment.capacity)
        everything = candidates.pairs.merged(near, len(live.mentors))
        self.known = KnownPairs(everything, len(live.mentees), len(live.mentors))

    def copy(self) -> "_State":
        made = _State.__new__(_State)
        made.live, made.incremental, made.bounds = self.live, self.incremental.copy(), self.bounds.copy()
        made.known = self.known.copy()
        made.excluded = set(self.excluded)
        return made

    @property
    def absent(self) -> set[int]:
        """The mentees who are set aside."""
        return {row for row, is_present in enumerate(self.incremental.present) if not is_present}

    def allows(self, row: int, column: int) -> bool:
        return (row, column) not in self.excluded

    def meet(self, demand: Demand) -> None:
        """Change the optimum so that the demand is met."""
        live, incremental = self.live, self.incremental
        if isinstance(demand, Withdraw):
            row = live.row_of.get(demand.person, NOBODY)
            if row == NOBODY:
                raise EngineError(f"no mentee with the id {demand.person!r} takes part")
            incremental.withdraw(row)
        else:
            row, column = live.row_of.get(demand.mentee, NOBODY), live.column_of.get(demand.mentor, NOBODY)
            if NOBODY in (row, column):
                raise EngineError(f"{demand.mentee!r} and {demand.mentor!r} do not both take part")
            if isinstance(demand, Pin):
                self._pin(demand, row, column)
            else:
                self.excluded.add((row, column))
                self._drop(row, column)
                incremental.forbid(row, column)
        self._improve()

    def _drop(self, row: int, column: int) -> None:
        self.known.set_row(row, {other: score for other, score in self.known.row(row).items() if other != column})

    def _pin(self, demand: Pin, row: int, column: int) -> None:
        incremental, match = self.incremental, self.live.match
        score = int(match.assignment.score_matrix.pair_scores(np.array([row]), np.array([column]))[0])
        if score < 0 or not incremental.present[row]:
            raise PinError(demand.mentee, demand.mentor, "the pair may not be made")
        pinned_here = (incremental.mentees_of[column] & incremental.pinned) - {row}
        if len(pinned_here) >= incremental.capacity[column]:
            # To spread the load may have left a mentor fewer places than there are.
            if len(pinned_here) >= match.cohort.mentors.places[column]:
                raise PinError(demand.mentee, demand.mentor, "pinned pairs hold all places")
            incremental.capacity[column] = len(pinned_here) + 1
        incremental.pin(row, column, score)

    def _improve(self) -> None:
        """Insert those mentees again who could do better with pruned pairs, until there are none."""
        while rows := self._improving_rows():
            for mentee, row in rows.items():
                self.incremental.suspend(mentee, row)
            self.incremental.resume()

    def _improving_rows(self) -> dict[int, ScoreByNumber]:
        """The known pairs, with more, of those mentees who could do better; pairs that nearly improve are learned."""
        incremental, price, threshold = self.incremental, self.incremental.mentor_price, self._threshold()
        rows: dict[int, ScoreByNumber] = {}
        better = set()
        for mentee, mentor, score in self._rescanned():
            known = incremental.row(mentee)
            if mentor in known or not self.allows(mentee, mentor):
                continue
            rows.setdefault(mentee, dict(known))[mentor] = score
            self.known.set_row(mentee, {**self.known.row(mentee), mentor: score})
            if score - price[mentor] > threshold[mentee]:
                better.add(mentee)
        for mentee in rows.keys() - better:
            incremental.learn(mentee, rows[mentee])
        return {mentee: rows[mentee] for mentee in sorted(better)}

    def _threshold(self) -> list[int]:
        return [price - self.incremental.bonus for price in self.incremental.mentee_price]

    def _rescanned(self) -> Iterator[tuple[int, int, int]]:
        """Pairs (mentee, mentor, score) whose bound does not rule out that they improve the optimum."""
        match, incremental = self.live.match, self.incremental
        threshold, price = np.array(self._threshold(), np.int64), np.array(incremental.mentor_price, np.int64)
        is_free = np.array(incremental.present, bool)
        is_free[list(incremental.pinned)] = False
        for mentees, mentors in self.bounds.rescans(threshold, price):
            free = mentees[is_free[mentees]]
            slack = SLACK if mentors is None else 0
            found = pairs_reaching(
                match.assignment.score_matrix, free, threshold - slack + 1, price,
                mentors=mentors, floor=match.floor, workers=1, progress=Progress(),
            )  # fmt: skip
            if mentors is None:
                self.bounds.update(free, price, threshold - slack)
            yield from zip(found.mentee.tolist(), found.mentor.tolist(), found.score.tolist(), strict=True)


@dataclass
class _Standing:
    """What stands, in row and column numbers, with the scores; whoever may not stay is without."""

    current: Mapping[Id, Id]
    mentor_of: list[int]
    scores: list[int]
    lost: set[int]

    def __post_init__(self) -> None:
        self.array = np.array(self.mentor_of, np.int64)
        self.mentees_of = grouped(self.mentor_of)
        self.matched, self.total = int((self.array != NOBODY).sum()), sum(self.scores)


class _Question:
    """What stands, and ways to bring it into line with a state."""

    def __init__(self, live: LiveMatch, state: _State, standing: _Standing, about: Iterable[Id]) -> None:
        self.live, self.state, self.incremental = live, state, state.incremental
        self.standing, self.before, self.absent = standing, standing.mentor_of, state.absent
        self.losing = self._losing()
        self.about = {live.row_of[person] for person in about if person in live.row_of}
        self.about |= standing.lost.union(self.losing)

    def _losing(self) -> list[int]:
        """Whose pair cannot stay, in order."""
        odd = {row for row, _column in self.state.excluded} | self.incremental.pinned | self.absent
        return [row for row in sorted(odd) if self.before[row] != NOBODY and not self._may_stay(row)]

    def _may_stay(self, row: int) -> bool:
        if row in self.incremental.pinned:
            return self.incremental.mentor_of[row] == self.before[row]
        return row not in self.absent and self.state.allows(row, self.before[row])

    def best(self) -> Answer:
        """The optimum."""
        after = self.incremental.mentor_of
        return self._answer(np.flatnonzero(np.array(after, np.int64) != self.standing.array).tolist(), after)

    def moving_at_most(self, most: int) -> Answer | None:
        """The best that is found by short paths moving so many others at most; None when there is none."""
        assignment, freed = self._assignment(), []
        for row in self.losing:
            freed.append(assignment.release(row))
            assignment.free_places[freed[-1]] += 1
        for row in sorted(self.incremental.pinned):
            if assignment.mentor_of[row] == NOBODY and not self._place_pinned(assignment, row, most):
                return None
        for row in sorted(self.about - assignment.frozen):
            if row in assignment.unmatched and (found := best_placement(assignment, row, self._left(assignment, most))):
                assignment.make(found[1])
        for mentor in freed:
            if assignment.free_places[mentor] > 0:
                assignment.make(best_fill(assignment, mentor, self._left(assignment, most))[2])
        return self._answer(sorted(assignment.touched), assignment.mentor_of)

    def _assignment(self) -> WorkingAssignment:
        load = np.bincount(self.standing.array[self.standing.array != NOBODY], minlength=len(self.live.mentors))
        free_places = (np.array(self.incremental.capacity, np.int64) - load).tolist()
        frozen = self.incremental.pinned | self.absent
        return WorkingAssignment(
            list(self.before), free_places, frozen, self._row, self.state.known.column, dict(self.standing.mentees_of)
        )

    def _row(self, mentee: int) -> ScoreByNumber:
        row, mentor = self.state.known.row(mentee), self.before[mentee]
        if mentor == NOBODY or mentor in row or mentee in self.losing:
            return row
        return {**row, mentor: self.standing.scores[mentee]}

    def _place_pinned(self, assignment: WorkingAssignment, row: int, most: int) -> bool:
        """Place a pinned mentee, moving one of the mentor's mentees on if needed; say whether that is possible."""
        mentor = self.incremental.mentor_of[row]
        if assignment.free_places[mentor] <= 0:
            movable, left = assignment.movable_mentees(mentor), self._left(assignment, most)
            if not movable or left < 1:
                return False
            ways = [
                (found[0] - assignment.row(other)[mentor], found[1])
                for other in movable
                if (found := best_placement(assignment, other, left - 1, frozenset({mentor})))
            ]
            if ways:
                assignment.make(max(ways, key=lambda way: way[0])[1])
            else:  # one of them goes without
                assignment.release(min(movable, key=lambda other: assignment.row(other)[mentor]))
                assignment.free_places[mentor] += 1
        assignment.make([(row, mentor)])
        return True

    def _left(self, assignment: WorkingAssignment, most: int) -> int:
        """How many others may move still."""
        return max(0, most - self._others(assignment.touched, assignment.mentor_of))

    def _others(self, rows: Iterable[int], after: Sequence[int]) -> int:
        return sum(self.before[row] not in (NOBODY, after[row]) and row not in self.about for row in rows)

    def _answer(self, touched: Sequence[int], after: Sequence[int]) -> Answer:
        changed = [row for row in touched if after[row] != self.before[row]]
        matched = [row for row in changed if after[row] != NOBODY]
        scores = self.live.scores(matched, [after[row] for row in matched])
        mentees, mentors = self.live.mentees, self.live.mentors
        return Answer(
            {mentees[row]: None if after[row] == NOBODY else mentors[after[row]] for row in changed},
            {mentees[row]: score for row, score in zip(matched, scores, strict=True)},
            self._others(changed, after),
            self.standing.matched + len(matched) - sum(self.before[row] != NOBODY for row in changed),
            self.standing.total + sum(scores) - sum(self.standing.scores[row] for row in changed),
        )
