"""Who takes part in a cohort, and as what."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, MenteeProfile, MentorProfile, User
from cohorts.domain import locks
from cohorts.models import Cohort, Enrolment, EnrolmentOffer
from cohorts.permissions import coordinates
from cohorts.signals import enrolment_withdrawing, enrolment_withdrawn
from cohorts.states import ENROLMENT_TRANSITIONS, EnrolmentState, Role
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor, next_state
from outbox.domain.post import post


@atomically
def enrol(
    *, cohort: Cohort, person: User, role: str, user: User, now: datetime, capacity: int | None = None
) -> Enrolment:
    """Enrol somebody, to be approved by a coordinator. People enrol themselves; coordinators enrol anybody.

    Raises `NotPermitted`, or `Refused` when they have that role in the cohort already.
    """
    coordinator = coordinates(user, cohort)
    if user.pk != person.pk and not coordinator:
        raise NotPermitted
    actor = Actor.COORDINATOR if coordinator else Actor(role)
    return _enrol(cohort, person, role, actor, user, now, capacity)


def _enrol(
    cohort: Cohort, person: User, role: str, actor: Actor, user: User, now: datetime, capacity: int | None
) -> Enrolment:
    # Either role needs its profile: a mentor without one has no places.
    profile = MentorProfile if role == Role.MENTOR else MenteeProfile
    profile.objects.get_or_create(person=person)
    made: Enrolment = Enrolment.objects.create(cohort=cohort, person=person, role=role, capacity=capacity)
    Event.record(verb="enrol", subject=made, actor=actor, now=now, user=user)
    return made


@atomically
def approve(*, enrolment: Enrolment, user: User, now: datetime) -> Enrolment:
    """Let somebody take part; they are told. Another coordinator approves a coordinator's own enrolment.

    Raises `NotPermitted` or `WrongState`.
    """
    held = _lock(enrolment.pk)
    if held.person_id == user.pk or not coordinates(user, held.cohort):
        raise NotPermitted
    return _enter(held, "approve", Actor.COORDINATOR, user, now)


@atomically
def withdraw_enrolment(*, enrolment: Enrolment, user: User, now: datetime) -> Enrolment:
    """Stop taking part. Requests that wait for an answer lapse; open pairings go on until ended.

    Raises `NotPermitted` or `WrongState`.
    """
    held = _lock(enrolment.pk, withdrawing=True)
    if held.person_id == user.pk:
        actor = Actor(held.role)
    elif coordinates(user, held.cohort):
        actor = Actor.COORDINATOR
    else:
        raise NotPermitted
    _enter(held, "withdraw", actor, user, now)
    enrolment_withdrawn.send(sender=Enrolment, enrolment=held, now=now)
    return held


@atomically
def set_capacity(*, enrolment: Enrolment, capacity: int | None, user: User, now: datetime) -> Enrolment:
    """How many pairings a mentor carries in this cohort; None leaves it to the profile, which is the limit anyhow.

    Raises `NotPermitted` for anybody but a coordinator, `Refused` below what is open.
    """
    held = _lock(enrolment.pk)
    if not coordinates(user, held.cohort):
        raise NotPermitted
    if capacity is not None and capacity < held.open_pairings:
        raise Refused(_("There are more open pairings than that."), field="capacity", code="open_pairings")
    held.capacity = capacity
    held.save(update_fields=["capacity"])
    Event.record(verb="set_capacity", subject=held, actor=Actor.COORDINATOR, now=now, user=user)
    return held


def _lock(enrolment_id: UUID, *, withdrawing: bool = False) -> Enrolment:
    """An enrolment under lock; `withdrawing`, together with the others that its withdrawal will touch."""
    found = Enrolment.objects.filter(pk=enrolment_id).first()
    if found is None:
        raise WrongState
    locks.cohort(found.cohort_id)
    locks.people([found.person_id])
    ids = {enrolment_id}
    if withdrawing:
        for _receiver, others in enrolment_withdrawing.send(sender=Enrolment, enrolment=found):
            ids.update(others)  # type: ignore[arg-type]  # what our receivers give
    return locks.enrolments(ids)[enrolment_id]


def _enter(enrolment: Enrolment, verb: str, actor: Actor, user: User, now: datetime) -> Enrolment:
    enrolment.state = next_state(ENROLMENT_TRANSITIONS, verb, enrolment.state, actor)
    enrolment.save(update_fields=["state"])
    Event.record(verb=verb, subject=enrolment, actor=actor, now=now, user=user)
    if verb == "approve":
        occasion = now.isoformat(timespec="seconds")
        post(kind="enrolment_approved", subject=enrolment, person=enrolment.person, due_at=now, occasion=occasion)
    return enrolment


@atomically
def accept_offers(*, invitation: Invitation, user: User, now: datetime) -> list[Enrolment]:
    """An invited person has come: the roles that the invitation offers are theirs, approved by having been invited."""
    taken = []
    for offer in EnrolmentOffer.objects.filter(invitation=invitation).select_related("cohort"):
        enrolment = Enrolment.objects.filter(cohort=offer.cohort, person=user, role=offer.role).first()
        if enrolment is None:
            enrolment = _enrol(offer.cohort, user, offer.role, Actor(offer.role), user, now, None)
        if enrolment.state == EnrolmentState.PENDING:
            enrolment.state = EnrolmentState.APPROVED
            enrolment.save(update_fields=["state"])
            taken.append(enrolment)
    return taken
