"""How a board treats groups of mentees as it stands: who is matched, and how well. Groups under five are not told."""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from accounts.choices import AffiliationKind
from accounts.models import Affiliation, Profile
from common.queries import among
from matching.domain.fairness import Share, shares
from matching.models import MatchRun, Pairing, Proposal, Unmatched

FIRST_TIME, BEFORE = "first", "before"


@dataclass(frozen=True)
class Groups:
    """The shares of each way to group mentees, the largest group first."""

    region: list[Share]
    industry: list[Share]
    function: list[Share]
    first_time: list[Share]


def groups_of(run: MatchRun, *, on: date) -> Groups:
    """By part of the world, industry of the employer, function, and whether they have had a mentor here before."""
    scores: dict[Any, int] = dict(Proposal.objects.filter(run=run).order_by().values_list("mentee_id", "score"))
    alone = Unmatched.objects.filter(run=run).order_by().values_list("mentee_id", flat=True)
    people: set[UUID] = {*scores, *alone}
    regions, functions = _said(people)
    ways = (regions, _industries(people, on), functions, _first_time(people))
    return Groups(*(shares(_members(values), scores) for values in ways))


def _members(values: dict[UUID, Any]) -> dict[Hashable, list[Any]]:
    members: dict[Hashable, list[Any]] = defaultdict(list)
    for person, value in values.items():
        members[value].append(person)
    return members


def _said(people: set[UUID]) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """The part of the world by the name of the time zone, and the function; of those who have said it."""
    rows = list(Profile.objects.filter(person__in=among(people)).values_list("person_id", "zone", "function"))
    regions = {person: zone.partition("/")[0] for person, zone, _function in rows if "/" in zone}
    return regions, {person: function for person, _zone, function in rows if function}


def _industries(people: set[UUID], on: date) -> dict[UUID, str]:
    """The industry of the employer, of those who have one."""
    ties = Affiliation.objects.filter(
        person__in=among(people), kind=AffiliationKind.EMPLOYER, starts_on__lte=on, organisation__isnull=False
    )
    held: dict[UUID, set[str]] = defaultdict(set)
    for person, industry, ends_on in ties.order_by().values_list("person_id", "organisation__industry", "ends_on"):
        if industry and (ends_on is None or ends_on > on):
            held[person].add(industry)
    return {person: industries.pop() for person, industries in held.items() if len(industries) == 1}


def _first_time(people: set[UUID]) -> dict[UUID, str]:
    before = set(Pairing.objects.filter(mentee__in=among(people)).order_by().values_list("mentee_id", flat=True))
    return {person: BEFORE if person in before else FIRST_TIME for person in people}
