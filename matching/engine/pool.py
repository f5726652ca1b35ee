"""The mentors of a cohort with its rules and weights, prepared once for any number of questions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from matching.engine.cards import Id, MenteeCard, MentorCard, Rules, Weights
from matching.engine.columns import Columns, Mask
from matching.engine.errors import DuplicateMentorError, EngineError
from matching.engine.rules import excluding_rule


class Suspects:
    """Looks up which mentors might break a rule with a mentee; everybody else breaks none.

    Every rule that concerns both sides compares ids of people, organisations or families: so it can only be
    broken by a mentor found here under an id the mentee's card carries, or by one whose own card is reason
    enough.
    """

    def __init__(self, mentors: Iterable[MentorCard]) -> None:
        self._by_person: dict[Id, list[int]] = defaultdict(list)
        self._by_organisation: dict[Id, list[int]] = defaultdict(list)
        self._by_family: dict[Id, list[int]] = defaultdict(list)
        self._unavailable: list[int] = []
        for place, mentor in enumerate(mentors):
            self._enter(place, mentor)

    def _enter(self, place: int, mentor: MentorCard) -> None:
        for person in {mentor.id} | mentor.never_with:
            self._by_person[person].append(place)
        for organisation in mentor.organisations:
            self._by_organisation[organisation].append(place)
        for family in _families(mentor):
            self._by_family[family].append(place)
        if mentor.open_places == 0 or mentor.away or not (mentor.available and mentor.employer_confirmed):
            self._unavailable.append(place)

    def of(self, mentee: MenteeCard) -> set[int]:
        """Give the places, in the pool's order, of the mentors that must be asked about one by one."""
        found = set(self._unavailable)
        for person in _people(mentee):
            found.update(self._by_person.get(person, ()))
        for organisation in mentee.organisations:
            found.update(self._by_organisation.get(organisation, ()))
        for family in _families(mentee):
            found.update(self._by_family.get(family, ()))
        return found


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
    def columns(self) -> Columns:
        """The mentors' columns, in canonical order."""
        return Columns(self.ordered)

    @cached_property
    def _suspects(self) -> Suspects:
        return Suspects(self.ordered)

    def prepare(self) -> None:
        """Make all that depends on the mentors alone now, rather than at the first question."""
        _ = (self.ordered, self.columns, self._suspects)

    def under(self, rules: Rules, weights: Weights, waived: frozenset[tuple[Id, Id]]) -> "Pool":
        """Give the same mentors, as prepared, under other rules, weights and waivers."""
        other = object.__new__(Pool)
        other.__dict__.update(self.__dict__, rules=rules, weights=weights, waived=waived)
        return other

    def suspects(self, mentee: MenteeCard) -> Iterable[int]:
        """Give the places of the mentors who might be excluded; nobody else can be."""
        return self._suspects.of(mentee) if mentee.employer_confirmed else range(len(self.ordered))

    def allowed(self, mentee: MenteeCard) -> Mask:
        """Say for each mentor, in canonical order, whether no rule excludes the pair. Shape (m,)."""
        allowed = np.ones(len(self.ordered), bool)
        for place in self.suspects(mentee):
            mentor = self.ordered[place]
            if excluding_rule(mentee, mentor, self.rules, waived=self.is_waived(mentee, mentor)):
                allowed[place] = False
        return allowed
