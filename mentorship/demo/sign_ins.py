"""Whom to be in the demo: one person for each part there is to play, found by where they stand today."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState, Role
from matching.models import Pairing, Request
from matching.states import OPEN_PAIRING_STATES, PairingState, RequestState


@dataclass(frozen=True, slots=True)
class SignIn:
    """A part and somebody who plays it."""

    part: Promise
    person: User


def sign_ins() -> list[SignIn]:
    """A mentee, a mentor, a pair at work and a coordinator, as far as the demo has them; nobody twice."""
    parts = (
        (_("Mentee, looking for a mentor"), _looking()),
        (_("Mentor, asked and not yet answered"), _asked()),
        (_("Mentee, in an active pairing"), _in_pairing("mentee_id")),
        (_("Mentor, in an active pairing"), _in_pairing("mentor_id")),
        (_("Coordinator"), User.objects.filter(coordinated_cohorts__isnull=False)),
    )
    found: list[SignIn] = []
    for part, people in parts:
        taken = [sign_in.person.pk for sign_in in found]
        person = people.filter(is_active=True).exclude(pk__in=taken).order_by("name", "pk").first()
        if person is not None:
            found.append(SignIn(part, person))
    return found


def _looking() -> QuerySet[User]:
    """Approved mentees without an open pairing or an open request."""
    mentees = Enrolment.objects.filter(role=Role.MENTEE, state=EnrolmentState.APPROVED)
    paired = Pairing.objects.filter(state__in=OPEN_PAIRING_STATES).values("mentee_id")
    asking = Request.objects.filter(state=RequestState.PENDING).values("mentee_id")
    return (
        User.objects.filter(pk__in=mentees.values("person_id"), is_staff=False)
        .exclude(pk__in=paired)
        .exclude(pk__in=asking)
    )


def _asked() -> QuerySet[User]:
    waiting = Request.objects.filter(state=RequestState.PENDING).values("mentor_id")
    return User.objects.filter(pk__in=waiting, is_staff=False)


def _in_pairing(side: str) -> QuerySet[User]:
    active = Pairing.objects.filter(state=PairingState.ACTIVE).values(side)
    return User.objects.filter(pk__in=active, is_staff=False)
