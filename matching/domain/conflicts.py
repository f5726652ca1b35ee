"""What binds people to organisations at a moment, read from the database in a fixed number of queries.

Facts only: which of them exclude a pair is said by the engine's table of rules, and nowhere else.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.choices import AffiliationKind
from accounts.domain.relations import OrganisationRelations, relations_on
from accounts.models import Affiliation, ListEntry, NeverWith
from accounts.models.private_lists import entries_of
from accounts.models.users import User
from common.content.keys import ContentTampered
from common.dates import day_in, day_of
from common.prepared import prepared
from common.queries import among
from common.zones import UTC_NAME
from matching.engine.facts.cards import MenteeCard, MentorCard, Rules
from matching.engine.facts.rules import NEVER_WITH

DAYS_A_MONTH = 30.4375


@dataclass(slots=True)
class ConflictFacts:
    """What may bring one person into a conflict of interest at a moment.

    Families are named by their ultimate parent's id; see the engine's `Card` for the words.
    """

    organisations: set[UUID] = field(default_factory=set)
    families: set[UUID] = field(default_factory=set)
    current_ties: set[UUID] = field(default_factory=set)
    former_families: set[UUID] = field(default_factory=set)
    competitor_families: set[UUID] = field(default_factory=set)
    industries: set[str] = field(default_factory=set)
    never_with: set[UUID] = field(default_factory=set)
    never_with_families: set[UUID] = field(default_factory=set)
    list_readable: bool = True
    employer_said: bool = False
    employer_unconfirmed: bool = False


def conflict_facts_of(
    people: Collection[UUID], *, now: datetime, lookback_months: int, relations: OrganisationRelations | None = None
) -> dict[UUID, ConflictFacts]:
    """The facts of each of these people at that moment. A tie that ended within the look-back is a former one.

    A tie counts from its first day to its last, as they are where the person is or for the programme: from whichever
    begins first until both are over, since the database's triggers know the programme's day alone.

    `relations` is that of the programme's day, for whoever has it already.
    """
    relations = relations or relations_on(day_of(now))
    found: dict[UUID, ConflictFacts] = defaultdict(ConflictFacts)
    day_somewhere = day_of(now) + timedelta(days=1)
    days_in = cache(partial(_days, now))
    for tie in _begun(people=people, by=day_somewhere):
        first, last = days_in(tie.person__profile__zone, tie.person__profile__country)
        if tie.starts_on <= last:
            _enter(found[tie.person_id], tie, relations, first, lookback_months)
    for entry in entries_of(people):
        _enter_private(found[entry.owner_id], entry, relations)
    for facts in found.values():
        facts.competitor_families = set().union(
            *(relations.competitors.get(each, ()) for each in facts.families | facts.current_ties)
        )
    return {person: found[person] for person in people}


_FACTS = (
    *("person_id", "person__profile__zone", "person__profile__country"),
    *("kind", "starts_on", "ends_on"),
    *("organisation_id", "organisation__industry", "organisation__confirmed_at"),
)


@prepared
def _begun(*, people: Collection[UUID], by: date) -> QuerySet[Affiliation, Any]:
    begun = Affiliation.objects.counted().filter(person__in=among(people), starts_on__lte=by).order_by()
    return begun.values_list(*_FACTS, named=True)


def _days(now: datetime, zone: str | None, country: str | None) -> tuple[date, date]:
    """The programme's day and that of a place, the earlier one first."""
    days = (day_of(now), day_in(zone or UTC_NAME, now, country=country or ""))
    return min(days), max(days)


def _enter(facts: ConflictFacts, tie: Any, relations: OrganisationRelations, on: date, lookback_months: int) -> None:
    """File one affiliation that has begun: as it is on that day, as a former tie, or not at all."""
    running = tie.ends_on is None or tie.ends_on > on
    if running and tie.kind == AffiliationKind.EMPLOYER:
        facts.employer_said = True
        if tie.organisation_id is not None:
            facts.organisations.add(tie.organisation_id)
            facts.families |= relations.families(tie.organisation_id)
            facts.industries.add(tie.organisation__industry)
            facts.employer_unconfirmed |= tie.organisation__confirmed_at is None
    elif running:
        facts.current_ties |= relations.families(tie.organisation_id)
    elif tie.organisation_id and _recent(tie.ends_on, on, lookback_months):
        facts.former_families |= relations.families(tie.organisation_id)


def _enter_private(facts: ConflictFacts, entry: ListEntry, relations: OrganisationRelations) -> None:
    facts.list_readable &= entry.readable
    if entry.person_id:
        facts.never_with.add(entry.person_id)
    elif entry.organisation_id:  # neither: an address that nobody here has
        facts.never_with_families |= relations.families(entry.organisation_id)


def _recent(ended: date | None, on: date, months: int) -> bool:
    return ended is not None and (on - ended).days < months * DAYS_A_MONTH


def hidden_from(user: User, *, now: datetime) -> set[UUID]:
    """The people who are simply absent for `user`, because one of the two never wants to meet the other.

    Looks only at those who could be meant: owners of lists on which is the user, or an organisation of theirs; people
    on the list of the user, and those of its organisations. While the key of lists cannot be read, everybody who has
    one is absent.
    """
    if not NeverWith.objects.exists():
        return set()
    relations = relations_on(day_of(now))
    mine = conflict_facts_of([user.pk], now=now, lookback_months=0, relations=relations)[user.pk]
    kin = relations.kin(mine.families | mine.current_ties)
    try:
        wary = set(NeverWith.objects.naming(people=[user.pk], organisations=kin).values_list("owner_id", flat=True))
    except ContentTampered:
        return set(NeverWith.objects.exclude(owner=user).values_list("owner_id", flat=True))
    suspects = (wary | mine.never_with | _people_of(relations.kin(mine.never_with_families), day_of(now))) - {user.pk}
    if not suspects:
        return set()
    facts = conflict_facts_of(suspects, now=now, lookback_months=0, relations=relations)
    card = MenteeCard(id=user.pk, **_private(mine))
    return {
        other for other in suspects if NEVER_WITH.broken(card, MentorCard(id=other, **_private(facts[other])), Rules())
    }


def _private(facts: ConflictFacts) -> dict[str, Any]:
    """What the rule of private lists asks for."""
    return {
        "families": frozenset(facts.families),
        "current_ties": frozenset(facts.current_ties),
        "never_with": frozenset(facts.never_with),
        "never_with_families": frozenset(facts.never_with_families),
    }


def _people_of(organisations: Collection[UUID], on: date) -> set[UUID]:
    """Everybody with a tie to one of these organisations on that day, as it is somewhere."""
    if not organisations:
        return set()
    tied = Affiliation.objects.around(on).filter(organisation__in=among(organisations)).order_by()
    return set(tied.values_list("person_id", flat=True))
