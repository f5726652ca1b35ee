"""The locks of cohorts, and after them those of requests and of a pairing, each by id."""

from collections.abc import Iterable
from uuid import UUID

from cohorts.domain.locks import cohort, cohort_alone, enrolments, owners, people
from common.errors import WrongState
from matching.models import Pairing, Request

__all__ = ["cohort", "cohort_alone", "enrolments", "owners", "pairing", "people", "requests"]


def requests(ids: Iterable[UUID]) -> dict[UUID, Request]:
    """Lock requests."""
    rows = Request.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=set(ids))
    return {row.pk: row for row in rows.select_related("mentee", "mentor", "cohort", "key").order_by("pk")}


def pairing(pairing_id: UUID) -> Pairing:
    """Lock a pairing. Raises `WrongState` when it is gone."""
    rows = Pairing.objects.select_for_update(no_key=True, of=("self",))
    found: Pairing | None = rows.select_related("mentee", "mentor", "cohort", "key").filter(pk=pairing_id).first()
    if found is None:
        raise WrongState
    return found
