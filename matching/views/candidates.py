"""Everybody a mentee might ask, looked at once a page."""

from dataclasses import replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.http import Http404

from cohorts.models import Enrolment
from matching.domain.independence import build_pool
from matching.domain.pools import others
from matching.engine import Explanation, Funnel, MentorCard, explain, suggest
from matching.engine.arrays import Mask
from matching.models import Pairing, Request, ShortlistEntry


class Candidates:
    """The mentors of a cohort for one mentee at one moment."""

    def __init__(self, mentee: Enrolment, at: datetime) -> None:
        self.mentee, self.at = mentee, at
        self.pool, card = build_pool(mentee.cohort, mentee, now=at)
        # Shortlisting somebody must not reorder the page under one's hand: here entries are no reason.
        self.card = replace(card, shortlist=())

    @cached_property
    def allowed(self) -> Mask:
        """Who may be asked now, in the pool's order."""
        return self.pool.allowed(self.card)

    def may_ask(self, person: UUID) -> bool:
        """Whether this mentor may be asked now."""
        place = self.pool.columns.position_of.get(person)
        return place is not None and bool(self.allowed[place])

    def of(self, person: UUID) -> MentorCard:
        """The card of a mentor of the cohort. Raises `Http404` for anybody else, who may have left a moment ago."""
        card = self.pool.card(person)
        if card is None:
            raise Http404
        return card

    @cached_property
    def funnel(self) -> Funnel:
        """Why the others cannot be asked."""
        return others(self.pool, self.card, as_mentee=True)

    @cached_property
    def shortlist(self) -> list[ShortlistEntry]:
        """The mentee's shortlist, in order."""
        rows = self.mentee.shortlist.select_related("mentor__person__profile", "mentor__person__mentor_profile")
        return list(rows.order_by("rank"))

    @cached_property
    def waiting(self) -> Request | None:
        """The mentee's request that waits for an answer."""
        found: Request | None = (
            Request.objects.pending()
            .filter(mentee_enrolment=self.mentee)
            .select_related("cohort", "mentor__profile")
            .first()
        )
        return found

    @cached_property
    def pairing(self) -> Pairing | None:
        """The mentee's open pairing in this cohort."""
        found: Pairing | None = (
            Pairing.objects.open()
            .filter(cohort=self.mentee.cohort, mentee=self.mentee.person)
            .select_related("mentor")
            .first()
        )
        return found

    def best(self, count: int) -> list[Explanation]:
        """The best `count` who may be asked, best first."""
        return list(suggest(self.pool, self.card, count))

    def explain(self, person: UUID) -> Explanation:
        """Everything the engine can say about this mentee and one mentor."""
        return explain(self.pool, self.card, self.of(person))
