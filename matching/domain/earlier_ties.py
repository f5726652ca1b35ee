"""Ties of the two of a pair that ended so long ago that no rule counts them: told, never a reason to exclude."""

from datetime import datetime

from accounts.choices import AffiliationKind
from accounts.domain.relations import relations_on
from accounts.models import Affiliation
from accounts.models.users import User
from common.dates import day_of


def earlier_ties(one: User, other: User, *, now: datetime) -> list[Affiliation]:
    """Ended ties of each to a family of organisations for which the other works today, the latest first."""
    today = day_of(now)
    ties = Affiliation.objects.counted().filter(person__in=[one, other], organisation__isnull=False)
    begun = list(ties.filter(starts_on__lte=today).select_related("organisation", "person").order_by("-ends_on", "pk"))
    running = {tie.pk for tie in begun if tie.ends_on is None or tie.ends_on > today}
    families = relations_on(today).families
    works_for: dict[object, set[object]] = {one.pk: set(), other.pk: set()}
    for tie in begun:
        if tie.pk in running and tie.kind == AffiliationKind.EMPLOYER:
            works_for[tie.person_id] |= families(tie.organisation_id)
    of_the_other = {one.pk: works_for[other.pk], other.pk: works_for[one.pk]}
    return [
        tie for tie in begun if tie.pk not in running and families(tie.organisation_id) & of_the_other[tie.person_id]
    ]
