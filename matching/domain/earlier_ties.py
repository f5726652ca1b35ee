"""Ties of the two of a pair that ended so long ago that no rule counts them: told, never a reason to exclude."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.choices import AffiliationKind
from accounts.domain.relations import OrganisationRelations
from accounts.models import Affiliation
from accounts.models.users import User
from common.dates import day_of
from common.prepared import prepared
from common.queries import among


def earlier_ties(one: User, other: User, *, now: datetime, relations: OrganisationRelations) -> list[Affiliation]:
    """Ended ties of each to a family of organisations for which the other works today, the latest first. `relations` is
    that of the day.
    """
    today = day_of(now)
    begun = _begun(people=[one.pk, other.pk], by=today)
    running = {tie.pk for tie in begun if tie.ends_on is None or tie.ends_on > today}
    families = relations.families
    works_for: dict[object, set[object]] = {one.pk: set(), other.pk: set()}
    for tie in begun:
        if tie.pk in running and tie.kind == AffiliationKind.EMPLOYER:
            works_for[tie.person_id] |= families(tie.organisation_id)
    of_the_other = {one.pk: works_for[other.pk], other.pk: works_for[one.pk]}
    return [
        tie for tie in begun if tie.pk not in running and families(tie.organisation_id) & of_the_other[tie.person_id]
    ]


@prepared
def _begun(*, people: Collection[UUID], by: date) -> QuerySet[Affiliation]:
    ties = Affiliation.objects.counted().filter(person__in=among(people), organisation__isnull=False)
    return ties.filter(starts_on__lte=by).select_related("organisation", "person").order_by("-ends_on", "pk")
