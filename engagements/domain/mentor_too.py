"""A mentor who has looked back asks for a mentor, too: as a mentee of an open cohort, or on the coordinators' list."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.domain import people
from accounts.models import User
from cohorts.domain import enrolments
from cohorts.domain.parts import open_to
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState, Role
from common.errors import NotPermitted, Refused, WrongState
from common.transactions import atomically
from common.transitions import Actor
from matching.domain import locks
from matching.domain.alerts import alert, settle_automatically
from matching.domain.parties import part_of
from matching.models import Alert, Pairing
from matching.models.alerts import AlertKind, AlertQuerySet
from matching.states import PairingState


def may_ask(pairing: Pairing, user: User) -> bool:
    """Whether this is the mentor of a pairing that comes to its end, or came to it as planned."""
    is_mentor = part_of(pairing, user) is Actor.MENTOR
    return is_mentor and pairing.state in {PairingState.CLOSING, PairingState.COMPLETED}


def open_cohorts(*, person: User, now: datetime) -> list[Cohort]:
    """Those in which this person may ask to be mentored, the one that begins last first."""
    return open_to(person=person, role=Role.MENTEE, now=now)


def as_mentee(*, person: User, now: datetime) -> Enrolment | None:
    """The person's own place as a mentee in a cohort that is not over, granted or waiting for approval."""
    own = Enrolment.objects.filter(person=person, role=Role.MENTEE).exclude(state=EnrolmentState.WITHDRAWN)
    rows: Iterable[Enrolment] = own.select_related("cohort").order_by("-cohort__starts_on")
    return next((row for row in rows if not enrolments.is_over(row.cohort, person, now)), None)


def waits(person: User) -> bool:
    """Whether coordinators have been asked for a mentor, and have not settled it yet."""
    return _asked_of(person).exists()


@atomically
def ask(*, pairing: Pairing, user: User, cohort_id: UUID | None, now: datetime) -> Enrolment | None:
    """Ask to be mentored in an open cohort, whose coordinators approve it; without one, its own coordinators are told.

    What the person offers as a mentor stands where they describe themselves as a mentee, until they change it. Raises
    `NotPermitted` for the mentee, `WrongState` before the closing, `Refused` for a cohort that is not open to them.
    """
    locked = locks.pairing(pairing.pk)
    if part_of(locked, user) is not Actor.MENTOR:
        raise NotPermitted
    if not may_ask(locked, user):
        raise WrongState
    cohorts = {cohort.pk: cohort for cohort in open_cohorts(person=user, now=now)}
    if cohort_id is None and not cohorts:
        alert(kind=AlertKind.MENTOR_WANTED, subject=locked.mentor_enrolment, now=now)
        return None
    if cohort_id not in cohorts:
        raise Refused(_("Please choose a cohort that is open to you."), field="cohort", code="not_open")
    made = enrolments.enrol(cohort=cohorts[cohort_id], person=user, role=Role.MENTEE, user=user, now=now)
    _describe(user)
    take_back(person=user, now=now)
    return made


@atomically
def take_back(*, person: User, now: datetime) -> None:
    """Coordinators need not look for a cohort any more."""
    settle_automatically(
        kind=AlertKind.MENTOR_WANTED, subject_ids=_asked_of(person).values_list("subject_id", flat=True), now=now
    )


def _asked_of(person: User) -> AlertQuerySet:
    places = Enrolment.objects.filter(person=person).values("pk")
    found: AlertQuerySet = Alert.objects.open().filter(kind=AlertKind.MENTOR_WANTED, subject_id__in=places)
    return found


def _describe(person: User) -> None:
    """Begin the mentee's description with the mentor's, where there is none yet."""
    intake, offer = people.become_mentee(person), people.become_mentor(person)
    if not intake.about and offer.about:
        intake.about = offer.about
        intake.save(update_fields=["about"])
