"""The mentors of a cohort with its rules and weights, prepared once for any number of questions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from matching.engine.arrays import Mask
from matching.engine.errors import DuplicateMentorError, EngineError
from matching.engine.facts.cards import Id, MenteeCard, MentorCard, Rules, Weights
from matching.engine.facts.rules import Rule, excluding_rule
from matching.engine.suggesting.pool_columns import PoolColumns

_Mark: TypeAlias = tuple[str, Id | None]
_UNAVAILABLE: _Mark = ("unavailable", None)


class ExclusionIndex:
    """Looks up which mentors might break a rule with a mentee; everybody else breaks none.

    Every rule that concerns both sides compares ids of people, organisations or families: so it can only be
    broken by a mentor found here under an id the mentee's card carries, or by one whose own card is reason
    enough.
    """

    def __init__(self, mentors: Iterable[MentorCard]) -> None:
        # (kind of id, id) → the mentors who carry it
        self._carriers: dict[_Mark, frozenset[Id]] = {}
        self._enter(mentors)

    def with_changes(self, gone: Iterable[MentorCard], came: Iterable[MentorCard]) -> "ExclusionIndex":
        """Give the same without some mentors and with others. This one stays as it is."""
        other = object.__new__(ExclusionIndex)
        other._carriers = dict(self._carriers)
        for mark, mentors in _by_mark(gone).items():
            other._carriers[mark] -= mentors
        other._enter(came)
        return other

    def _enter(self, mentors: Iterable[MentorCard]) -> None:
        for mark, found in _by_mark(mentors).items():
            self._carriers[mark] = self._carriers.get(mark, frozenset()) | found

    def of(self, mentee: MenteeCard) -> frozenset[Id]:
        """Give the ids of the mentors that must be asked about one by one."""
        conflict_keys = [
            _UNAVAILABLE,
            *(("person", each) for each in _people(mentee)),
            *(("organisation", each) for each in mentee.organisations),
            *(("family", each) for each in _families(mentee)),
        ]
        return frozenset().union(*(self._carriers[mark] for mark in conflict_keys if mark in self._carriers))


def _by_mark(mentors: Iterable[MentorCard]) -> dict[_Mark, set[Id]]:
    found: dict[_Mark, set[Id]] = defaultdict(set)
    for mentor in mentors:
        for mark in _marks(mentor):
            found[mark].add(mentor.id)
    return found


def _marks(mentor: MentorCard) -> Iterator[_Mark]:
    yield "person", mentor.id
    yield from (("person", each) for each in mentor.never_with)
    yield from (("organisation", each) for each in mentor.organisations)
    yield from (("family", each) for each in _families(mentor))
    if mentor.open_places == 0 or mentor.away or not (mentor.available and mentor.employer_confirmed):
        yield _UNAVAILABLE


def _people(mentee: MenteeCard) -> frozenset[Id]:
    own = frozenset({mentee.id})
    return own.union(
        mentee.never_with,
        mentee.declined_by,
        mentee.asked,
        mentee.paired_with,
        mentee.mentors_now,
        mentee.paired_before,
    )


def _families(card: MenteeCard | MentorCard) -> frozenset[Id]:
    return card.families.union(
        card.current_ties, card.former_families, card.competitor_families, card.never_with_families
    )


@dataclass(frozen=True, eq=False)
class Pool:
    """The mentors of a cohort, its rules and weights, and the waivers given, as (mentee id, mentor id).

    Mentors may come in any order; every answer is the same. Raises DuplicateMentorError when two cards
    share an id (or two ids read the same as text), EngineError when something else than mentor cards is
    given.
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
        """The mentors in canonical order, by the text of their ids."""
        return tuple(sorted(self.mentors, key=lambda mentor: str(mentor.id)))

    @cached_property
    def columns(self) -> PoolColumns:
        """The mentors' columns, in canonical order."""
        return PoolColumns.of(self.ordered)

    @cached_property
    def _suspects(self) -> ExclusionIndex:
        return ExclusionIndex(self.ordered)

    def prepare(self) -> None:
        """Make all that depends on the mentors alone now, rather than at the first question."""
        _ = (self.ordered, self.columns, self.columns.position_of, self._suspects)

    def card(self, person: Id) -> MentorCard | None:
        """Give the card of the mentor with this id, if there is one."""
        place = self.columns.position_of.get(person)
        return None if place is None else self.ordered[place]

    def with_changes(self, people: Collection[Id], cards: Iterable[MentorCard]) -> "Pool":
        """Give the pool without the mentors among `people` and with `cards`, what is prepared being used again.

        Costs a few copies of arrays, not a new preparation. This pool stays as it is. Raises
        DuplicateMentorError when a card has the id of a mentor who stays.
        """
        out = {place for person in people if (place := self.columns.position_of.get(person)) is not None}
        kept = [place for place in range(len(self.ordered)) if place not in out]
        new = Pool(tuple(cards))
        if not out and not new.mentors:
            return self
        texts = [str(self.ordered[place].id) for place in kept] + [str(card.id) for card in new.ordered]
        ranked = sorted(range(len(texts)), key=texts.__getitem__)
        for one, other in pairwise(ranked):
            if texts[one] == texts[other]:  # sorting is stable: the newcomer is second
                raise DuplicateMentorError(new.ordered[other - len(kept)].id)
        places = np.array(kept + [len(self.ordered) + place for place in range(len(new.ordered))], np.int64)
        columns = self.columns.merged(new.columns, places[ranked])
        suspects = self._suspects.with_changes([self.ordered[place] for place in out], new.ordered)
        return self._with(mentors=columns.mentors, ordered=columns.mentors, columns=columns, _suspects=suspects)

    def with_settings(self, rules: Rules, weights: Weights, waived: frozenset[tuple[Id, Id]]) -> "Pool":
        """Give the same mentors, as prepared, under other rules, weights and waivers."""
        return self._with(rules=rules, weights=weights, waived=waived)

    def _with(self, **fields: object) -> "Pool":
        """Give a copy without asking and preparing everything once more."""
        other = object.__new__(Pool)
        other.__dict__.update(self.__dict__, **fields)
        return other

    def excluded(self, mentee: MenteeCard) -> dict[int, Rule]:
        """Give the first rule that excludes each mentor who is excluded, by place in the canonical order."""
        found = {}
        for place in self._to_be_asked(mentee):
            mentor = self.ordered[place]
            rule = excluding_rule(mentee, mentor, self.rules, waived=self.is_waived(mentee, mentor))
            if rule is not None:
                found[place] = rule
        return found

    def _to_be_asked(self, mentee: MenteeCard) -> Iterable[int]:
        """Give the places of the mentors who might be excluded; nobody else can be."""
        if not mentee.employer_confirmed:
            return range(len(self.ordered))
        return [self.columns.position_of[person] for person in self._suspects.of(mentee)]

    def allowed(self, mentee: MenteeCard) -> Mask:
        """Say for each mentor, in canonical order, whether no rule excludes the pair. Shape (m,)."""
        allowed = np.ones(len(self.ordered), bool)
        allowed[list(self.excluded(mentee))] = False
        return allowed
