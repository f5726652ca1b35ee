"""Places that requests which wait for an answer may take: neither a match run nor a publishing gives them away again.

A mentee who asks by themselves is told that others wait, and may ask all the same.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from accounts.models import MentorProfile
from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from common.queries import among
from matching.domain.cards import open_places
from matching.engine import Pool
from matching.models import Request


class Promised(NamedTuple):
    """How many requests wait for each mentor: in all cohorts by person, and in one by enrolment."""

    by_person: Counter[UUID]
    by_enrolment: Counter[UUID]

    def add(self, mentor: Enrolment) -> None:
        """One more."""
        self.by_person[mentor.person_id] += 1
        self.by_enrolment[mentor.pk] += 1

    def places_left(self, mentor: Enrolment, offer: MentorProfile | None) -> int:
        """The open places that none of these requests may take."""
        taken = self.by_person[mentor.person_id], self.by_enrolment[mentor.pk]
        return open_places(mentor, offer, promised=taken)


def promised(mentors: Collection[UUID]) -> Promised:
    """What is promised by these people."""
    rows = Request.objects.pending().filter(mentor__in=among(mentors)).order_by()
    waiting = list(rows.values_list("mentor_id", "mentor_enrolment_id"))
    return Promised(Counter(person for person, _ in waiting), Counter(enrolment for _, enrolment in waiting))


def without_promised(pool: Pool, cohort: Cohort) -> Pool:
    """A cohort's pool with the places alone that no waiting request may take."""
    cards: dict[Any, Any] = {card.id: card for card in pool.mentors}
    given = promised(cards)
    rows = list(Enrolment.objects.filter(cohort=cohort, role=Role.MENTOR, person__in=among(given.by_person)))
    offers: dict[UUID, MentorProfile] = MentorProfile.objects.in_bulk([row.person_id for row in rows])
    changed = [
        replace(card, open_places=min(card.open_places, given.places_left(row, offers.get(row.person_id))))
        for row in rows
        if (card := cards.get(row.person_id)) is not None
    ]
    return pool.with_changes({card.id for card in changed}, changed)
