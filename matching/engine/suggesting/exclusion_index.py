"""A quick first test of a mentee against all mentors: nearly all of them can break no rule."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from matching.engine.facts.cards import Id, MenteeCard, MentorCard

Key: TypeAlias = tuple[str, Id]  # the kind of id, and the id


class ExclusionIndex:
    """Looks up the mentors who might break a rule with a mentee; all others break none.

    Every rule that concerns both sides compares ids of people, organisations or families. So it can only be
    broken by a mentor who carries an id that the mentee's card carries too. Whose own card is reason enough (full,
    away, not available) stands in the pool's columns.
    """

    def __init__(self, mentors: Iterable[MentorCard]) -> None:
        self._mentors_with: dict[Key, frozenset[Id]] = {}
        self._add(mentors)

    def with_changes(self, removed: Iterable[MentorCard], added: Iterable[MentorCard]) -> "ExclusionIndex":
        """Give the index without the `removed` mentors and with the `added` ones. This one stays as it is."""
        other = object.__new__(ExclusionIndex)
        other._mentors_with = dict(self._mentors_with)
        for key, mentors in _mentors_by_key(removed).items():
            other._mentors_with[key] -= mentors
        other._add(added)
        return other

    def _add(self, mentors: Iterable[MentorCard]) -> None:
        for key, found in _mentors_by_key(mentors).items():
            self._mentors_with[key] = self._mentors_with.get(key, frozenset()) | found

    def possible_exclusions(self, mentee: MenteeCard) -> frozenset[Id]:
        """Give the ids of the mentors for whom the table of rules must be asked."""
        keys = [
            *(("person", person) for person in _people_named_by(mentee)),
            *(("organisation", organisation) for organisation in mentee.organisations),
            *(("family", family) for family in _families_of(mentee)),
        ]
        return frozenset().union(*(self._mentors_with[key] for key in keys if key in self._mentors_with))


def _mentors_by_key(mentors: Iterable[MentorCard]) -> dict[Key, set[Id]]:
    found: dict[Key, set[Id]] = defaultdict(set)
    for mentor in mentors:
        for key in _keys_of(mentor):
            found[key].add(mentor.id)
    return found


def _keys_of(mentor: MentorCard) -> Iterator[Key]:
    yield "person", mentor.id
    yield from (("person", person) for person in mentor.never_with)
    yield from (("organisation", organisation) for organisation in mentor.organisations)
    yield from (("family", family) for family in _families_of(mentor))


def _people_named_by(mentee: MenteeCard) -> frozenset[Id]:
    own = frozenset({mentee.id})
    return own.union(
        mentee.never_with,
        mentee.declined_by,
        mentee.asked,
        mentee.paired_with,
        mentee.mentors_now,
        mentee.paired_before,
    )


def _families_of(card: MenteeCard | MentorCard) -> frozenset[Id]:
    return card.families.union(
        card.current_ties, card.former_families, card.competitor_families, card.never_with_families
    )
