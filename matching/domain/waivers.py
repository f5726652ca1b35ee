"""Waivers: a coordinator lets one pair through despite an affiliation that excludes it."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Cohort
from cohorts.permissions import coordinates
from common.dates import day_of
from common.errors import NotPermitted, Refused
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor
from matching.domain.alerts import settle_automatically
from matching.models import Pairing, Waiver
from matching.models.alerts import AlertKind


@atomically
def waive(*, cohort: Cohort, mentee: User, mentor: User, user: User, why: str, until: date, now: datetime) -> Waiver:
    """A coordinator lets one pair through despite a tie, until the end of that day.

    Raises `NotPermitted` for anybody else and for one's own pair, `Refused` for a day that is over, no reason, or
    oneself.
    """
    if user.pk in (mentee.pk, mentor.pk) or not coordinates(user, cohort):
        raise NotPermitted
    if mentee.pk == mentor.pk:
        raise Refused(_("Nobody can be their own mentor; this cannot be waived."), field="mentor")
    if until < day_of(now):
        raise Refused(_("Choose a day that is not over."), field="until", code="past")
    if not why.strip():
        raise Refused(_("Say why."), field="why")
    waiver: Waiver = Waiver.objects.create(
        cohort=cohort, mentee=mentee, mentor=mentor, given_by=user, why=why.strip(), until=until, given_at=now
    )
    Event.record(verb="waive", subject=waiver, actor=Actor.COORDINATOR, now=now, user=user)
    waived = Pairing.objects.open().filter(cohort=cohort, mentee=mentee, mentor=mentor).values_list("pk", flat=True)
    settle_automatically(kind=AlertKind.INDEPENDENCE, subject_ids=waived, now=now)
    return waiver
