"""Everybody a mentee might ask, looked at once a page."""

from dataclasses import replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from cohorts.models import Enrolment
from common.prepared import prepared
from matching.domain.independence import card_of
from matching.domain.pools import others, pool_and_relations
from matching.engine import Explanation, Funnel, MentorCard, explain, suggest
from matching.engine.arrays import Mask
from matching.models import Pairing, Request, ShortlistEntry


class Candidates:
    """The mentors of a cohort for one mentee at one moment."""

    def __init__(self, mentee: Enrolment, at: datetime) -> None:
        self.mentee, self.at = mentee, at
        self.pool, self.relations = pool_and_relations(mentee.cohort, now=at)
        card = card_of(mentee, now=at, relations=self.relations)
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
        return _shortlist(mentee=self.mentee.pk)

    @cached_property
    def waiting(self) -> Request | None:
        """The mentee's request that waits for an answer."""
        return next(iter(_waiting(mentee=self.mentee.pk)), None)

    @cached_property
    def pairing(self) -> Pairing | None:
        """The mentee's open pairing in this cohort."""
        return next(iter(_open_pairing(cohort=self.mentee.cohort_id, mentee=self.mentee.person_id)), None)

    def best(self, count: int) -> list[Explanation]:
        """The best `count` who may be asked, best first."""
        return list(suggest(self.pool, self.card, count))

    def explain(self, person: UUID) -> Explanation:
        """Everything the engine can say about this mentee and one mentor."""
        return explain(self.pool, self.card, self.of(person))


@prepared
def _shortlist(*, mentee: UUID) -> QuerySet[ShortlistEntry]:
    rows = ShortlistEntry.objects.filter(mentee=mentee).order_by("rank")
    return rows.select_related("mentor__person__profile", "mentor__person__mentor_profile")


@prepared
def _waiting(*, mentee: UUID) -> QuerySet[Request]:
    return Request.objects.pending().filter(mentee_enrolment=mentee).select_related("cohort", "mentor__profile")[:1]


@prepared
def _open_pairing(*, cohort: UUID, mentee: UUID) -> QuerySet[Pairing]:
    return Pairing.objects.open().filter(cohort=cohort, mentee=mentee).select_related("mentor")[:1]
