"""An accepted request becomes a pairing: the two are introduced."""

from datetime import datetime

from accounts.calendars import MORNING, after_working_days, calendar_of
from accounts.models import User
from cohorts.models import Enrolment
from common.models import Event
from common.transitions import Actor
from matching.domain import independence
from matching.domain.alerts import alert
from matching.models import Pairing, Request
from matching.models.alerts import AlertKind
from matching.signals import pairing_changed
from outbox.domain.post import post

IDLE_REMINDERS = (5, 10)  # working days after the introduction, where each of the two is
IDLE_ALERT = 15


def introduce(
    *, request: Request, mentee: Enrolment, mentor: Enrolment, actor: Actor, user: User, now: datetime
) -> Pairing:
    """Make the pairing of a request just accepted, with its letters. The caller holds the locks and has checked."""
    flagged = independence.flagged(mentee=mentee, mentor=mentor, now=now)
    pairing = Pairing.objects.create(
        request=request,
        cohort=request.cohort,
        mentee_enrolment=mentee,
        mentor_enrolment=mentor,
        mentee=request.mentee,
        mentor=request.mentor,
        introduced_at=now,
        planned_end=request.cohort.ends_on,
        key=request.key,
    )
    Enrolment.objects.filter(pk=mentee.pk).update(priority_since=None, next_request_since=None)
    Event.record(verb="introduce", subject=pairing, actor=actor, now=now, user=user)
    _write(pairing, now)
    if flagged:
        alert(
            cohort=pairing.cohort,
            kind=AlertKind.COMPETITORS,
            subject=pairing,
            facts={"rules": [rule.public_key for rule in flagged]},
            now=now,
        )
    pairing_changed.send(sender=Pairing, pairing=pairing, verb="introduce", now=now)
    return pairing


def _write(pairing: Pairing, now: datetime) -> None:
    post(kind="request_accepted", subject=pairing, person=pairing.mentee, due_at=now)
    for person in (pairing.mentee, pairing.mentor):
        for days in IDLE_REMINDERS:
            due_at = after_working_days(now, days, MORNING, calendar_of(person))
            post(kind="introduced_idle", subject=pairing, person=person, due_at=due_at, occasion=str(days))
