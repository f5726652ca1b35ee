"""Whether people have changed since a run was made: what it has proven holds for them as they were then."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from cohorts.models import Enrolment
from common.models import Event
from common.queries import among
from matching.domain.pools import REMEMBERED
from matching.models import MatchRun, PoolChange
from matching.models.changes import Line


def place_in_log() -> dict[str, Any]:
    """Where the log of changes stands, to be kept with a run: taken before its people are read."""
    horizon = PoolChange.objects.horizon()
    return {"horizon": horizon, "seen": sorted(PoolChange.objects.since(horizon))}


def changed_since(run: MatchRun) -> int | None:
    """How many people of the cohort have changed since the run, as far as the log and the history tell.

    None when the log does not reach back so far.
    """
    if MatchRun.objects.filter(pk=run.pk, kept_at__lt=Now() - REMEMBERED).exists():
        return None
    return changed_people(run.cohort_id, run.log, run.made_at)


def changed_people(cohort_id: UUID, place: dict[str, Any], since: datetime) -> int:
    """How many people of a cohort have changed since that place in the log, or by themselves since that moment."""
    lines = [line for pk, line in PoolChange.objects.since(place["horizon"]).items() if pk not in set(place["seen"])]
    changed = _named_by(lines) | Q(person__in=_edited_since(since))
    return Enrolment.objects.filter(changed, cohort=cohort_id).values("person").distinct().count()


def _named_by(lines: list[Line]) -> Q:
    if any(line.about_anybody for line in lines):
        return Q(pk__isnull=False)
    people = {line.person for line in lines if line.person}
    organisations = {line.organisation for line in lines if line.organisation}
    return Q(person__in=among(people)) | Q(person__affiliations__organisation__in=among(organisations))


def _edited_since(made_at: datetime) -> Any:
    """Whoever has changed their own words, aims among them: no mentor's card is made of these, so the log has none."""
    return Event.objects.filter(subject_type="user", verb="edit_profile", at__gt=made_at).values("subject_id")
