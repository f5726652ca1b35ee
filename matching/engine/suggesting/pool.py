"""The mentors of a cohort with its rules and weights, prepared once for any number of questions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from matching.engine.arrays import Ints, Mask
from matching.engine.errors import DuplicateMentorError, EngineError
from matching.engine.facts.cards import Id, MenteeCard, MentorCard, Rules, Weights
from matching.engine.facts.rules import OWN_RULES, Rule, excluding_rule
from matching.engine.suggesting.exclusion_index import ExclusionIndex
from matching.engine.suggesting.pool_columns import PoolColumns


@dataclass(frozen=True, eq=False)
class Pool:
    """The mentors of a cohort, its rules and weights, and the waivers given.

    mentors     in any order: every answer is the same
    waived      (mentee id, mentor id) of the pairs for whom a coordinator has given a waiver

    Raises DuplicateMentorError when two cards share an id (or two ids read the same as text), EngineError for
    something else than mentor cards.
    """

    mentors: tuple[MentorCard, ...]
    rules: Rules = field(default_factory=Rules)
    weights: Weights = field(default_factory=Weights)
    waived: frozenset[tuple[Id, Id]] = frozenset()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for mentor in self.mentors:
            if not isinstance(mentor, MentorCard):
                raise EngineError(f"a pool is made of mentor cards, not of {mentor!r}")
            if str(mentor.id) in seen:
                raise DuplicateMentorError(mentor.id)
            seen.add(str(mentor.id))

    def is_waived(self, mentee: MenteeCard, mentor: MentorCard) -> bool:
        """Say whether a coordinator's waiver stands for this pair."""
        return (mentee.id, mentor.id) in self.waived

    @cached_property
    def ordered(self) -> tuple[MentorCard, ...]:
        """The mentors in canonical order: by the text of their ids."""
        return tuple(sorted(self.mentors, key=lambda mentor: str(mentor.id)))

    @cached_property
    def columns(self) -> PoolColumns:
        """The mentors' columns, in the order of `ordered`."""
        return PoolColumns.from_mentors(self.ordered)

    @cached_property
    def _exclusion_index(self) -> ExclusionIndex:
        return ExclusionIndex(self.ordered)

    def prepare(self) -> None:
        """Compute now what depends on the mentors alone, rather than at the first question."""
        _ = (self.ordered, self.columns, self.columns.position_of, self._exclusion_index)

    def card(self, person: Id) -> MentorCard | None:
        """Give the card of the mentor with this id, if there is one."""
        position = self.columns.position_of.get(person)
        return None if position is None else self.ordered[position]

    def with_changes(self, people: Collection[Id], cards: Iterable[MentorCard]) -> "Pool":
        """Give the pool without the mentors among `people` and with those of `cards`. This pool stays as it is.

        What this pool has prepared is reused: the cost is a few copies of arrays. Raises DuplicateMentorError when
        a card has the id of a mentor who stays.
        """
        removed = {position for person in people if (position := self.columns.position_of.get(person)) is not None}
        kept = [position for position in range(len(self.ordered)) if position not in removed]
        new = Pool(tuple(cards))
        if not removed and not new.mentors:
            return self
        columns = self.columns.merged(new.columns, self._merged_order(kept, new))
        exclusion_index = self._exclusion_index.with_changes(
            [self.ordered[position] for position in removed], new.ordered
        )
        return self._with(
            mentors=columns.mentors, ordered=columns.mentors, columns=columns, _exclusion_index=exclusion_index
        )

    def _merged_order(self, kept: list[int], new: "Pool") -> Ints:
        """Give the canonical order of the mentors kept and the new ones, who are numbered from len(self.ordered)."""
        texts = [str(self.ordered[position].id) for position in kept] + [str(card.id) for card in new.ordered]
        ranking = sorted(range(len(texts)), key=texts.__getitem__)
        for one, other in pairwise(ranking):
            if texts[one] == texts[other]:  # sorting is stable: the new one is second
                raise DuplicateMentorError(new.ordered[other - len(kept)].id)
        positions = np.array(kept + [len(self.ordered) + position for position in range(len(new.ordered))], np.int64)
        return positions[ranking]

    def with_settings(self, rules: Rules, weights: Weights, waived: frozenset[tuple[Id, Id]]) -> "Pool":
        """Give a pool of the same mentors, with what is prepared, under other rules, weights and waivers."""
        return self._with(rules=rules, weights=weights, waived=waived)

    def _with(self, **fields: object) -> "Pool":
        """Give a copy with these fields replaced, without checking or preparing anything anew."""
        other = object.__new__(Pool)
        other.__dict__.update(self.__dict__, **fields)
        return other

    def judged(self, mentee: MenteeCard) -> dict[int, Rule | None]:
        """Give the first rule that excludes each mentor whom an id ties to the mentee, None where it is no reason.

        By the mentor's position in `ordered`. All others are excluded by their own card or not at all.
        """
        return {
            position: excluding_rule(mentee, mentor, self.rules, waived=self.is_waived(mentee, mentor))
            for position in self._positions_to_check(mentee)
            for mentor in (self.ordered[position],)
        }

    def excluded(self, mentee: MenteeCard) -> dict[int, Rule]:
        """Give the first rule that excludes each excluded mentor, by the mentor's position in `ordered`."""
        own = np.flatnonzero(self.columns.own_rules)
        rules: dict[int, Rule | None] = dict(
            zip(own.tolist(), [OWN_RULES[place - 1] for place in self.columns.own_rules[own].tolist()], strict=True)
        )
        rules.update(self.judged(mentee))
        return {position: rule for position, rule in rules.items() if rule is not None}

    def _positions_to_check(self, mentee: MenteeCard) -> Iterable[int]:
        """Give the positions of the mentors whom the table of rules must be asked about."""
        if not mentee.may_be_judged:
            return range(len(self.ordered))
        return [self.columns.position_of[person] for person in self._exclusion_index.possible_exclusions(mentee)]

    def allowed(self, mentee: MenteeCard) -> Mask:
        """Say for each mentor of `ordered` whether no rule excludes the pair. Shape (m,)."""
        allowed: Mask = self.columns.own_rules == 0
        for position, rule in self.judged(mentee).items():
            allowed[position] = rule is None
        return allowed
