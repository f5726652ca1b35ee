"""Whom to be in the demo: one person for each part there is to play, found by where they stand when it begins."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState, Role
from engagements.models import Assistant
from matching.models import Pairing, Request
from matching.states import OPEN_PAIRING_STATES, PairingState, RequestState
from mentorship.demo.models import CastMember

# Where each of them stands when the demo begins; what they do then is yours.
PARTS = {
    "looking": _("Mentee, at first looking for a mentor"),
    "asked": _("Mentor, at first asked and not yet answered"),
    "mentee": _("Mentee, at first in an active pairing"),
    "mentor": _("Mentor, at first in an active pairing"),
    "coordinator": _("Coordinator"),
    "assistant": _("Assistant, who handles a mentee’s meeting times"),
}


@dataclass(frozen=True, slots=True)
class SignIn:
    """A part and somebody who plays it."""

    part: Promise
    person: User


def sign_ins() -> list[SignIn]:
    """A mentee, a mentor, a pair at work, a coordinator and an assistant, as far as the demo has them; nobody twice."""
    cast = {each.part: each.person for each in CastMember.objects.select_related("person")} or _found()
    return [SignIn(words, cast[part]) for part, words in PARTS.items() if part in cast]


def choose_cast() -> None:
    """Keep who plays which part today, for as long as the demo lasts."""
    CastMember.objects.bulk_create(CastMember(part=part, person=person) for part, person in _found().items())


def _found() -> dict[str, User]:
    found: dict[str, User] = {}
    candidates = {
        "looking": _looking(),
        "asked": _asked(),
        "mentee": _in_pairing("mentee_id"),
        "mentor": _in_pairing("mentor_id"),
        "coordinator": User.objects.filter(coordinated_cohorts__isnull=False),
        "assistant": User.objects.filter(pk__in=Assistant.objects.serving().values("person")),
    }
    for part, people in candidates.items():
        taken = [person.pk for person in found.values()]
        person = people.filter(is_active=True).exclude(pk__in=taken).order_by("name", "pk").first()
        if person is not None:
            found[part] = person
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
