"""Telling coordinators of values that cannot be read: what stands in for them keeps everybody else going meanwhile."""

from datetime import datetime
from uuid import UUID

from accounts.domain import never_with
from accounts.models import NeverWith, Profile
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState
from common.queries import among
from common.subjects import Subject, subject_of
from common.zones import is_known
from matching.alert_sentences import Facts
from matching.domain.alerts import alert_all, settle_automatically
from matching.models import Alert, Pairing
from matching.models.alerts import AlertKind

TOLD: Facts = {"told": True}


def tell_of_words(*, about: Pairing | Enrolment, now: datetime) -> None:
    """Words of a pairing, or of a request that this enrolment made, cannot be read: said once, settled or not."""
    kind = AlertKind.WORDS_UNREADABLE if isinstance(about, Pairing) else AlertKind.NOTE_UNREADABLE
    if not Alert.objects.filter(kind=kind, subject_id=about.pk).exists():
        alert_all(kind=kind, found={subject_of(about): TOLD}, now=now)


def watch_zones(*, now: datetime) -> int:
    """Alerts about the people of running cohorts whose zone this machine does not know; how many there are."""
    zones = Profile.objects.order_by().values_list("zone", flat=True).distinct()
    unknown = [zone for zone in zones if not is_known(zone)]
    enrolments = Enrolment.objects.filter(person__profile__zone__in=unknown, cohort__ends_on__gte=now.date())
    found: dict[Subject, Facts] = {
        subject_of(row): {"zone": row.person.profile.zone, "instead": row.person.profile.known_zone}
        for row in enrolments.exclude(state=EnrolmentState.WITHDRAWN).select_related("person__profile")
    }
    _settle_others(AlertKind.ZONE_UNKNOWN, {about.subject_id for about in found}, now)
    alert_all(kind=AlertKind.ZONE_UNKNOWN, found=found, now=now)
    return len(found)


def watch_lists(*, now: datetime) -> int:
    """Alerts for the running cohorts in which somebody's private list cannot be read, and so nobody is suggested to
    them; how many cohorts. They name nobody: that somebody keeps a list is not told. Lists that can be read recognise
    those who have joined meanwhile.
    """
    entries = NeverWith.objects.all().opened()
    never_with.recognise_known(entries)
    owners = {entry.owner_id for entry in entries if not entry.readable}
    places = Enrolment.objects.filter(person__in=among(owners)).exclude(state=EnrolmentState.WITHDRAWN)
    cohorts = Cohort.objects.filter(pk__in=places.values("cohort"), ends_on__gte=now.date())
    found: dict[Subject, Facts] = {subject_of(cohort): TOLD for cohort in cohorts} if owners else {}
    _settle_others(AlertKind.UNDECIDABLE, {about.subject_id for about in found}, now)
    alert_all(kind=AlertKind.UNDECIDABLE, found=found, now=now)
    return len(found)


def _settle_others(kind: str, still: set[UUID], now: datetime) -> None:
    told = Alert.objects.lasting().filter(kind=kind).values_list("subject_id", flat=True)
    settle_automatically(kind=kind, subject_ids=set(told) - still, now=now)
