"""Who takes part in a cohort, and as what."""

from datetime import datetime
from uuid import UUID

from accounts.models import Invitation, MenteeProfile, MentorProfile, User
from common.models import Event
from common.steps import Actor, NotYours, WrongState, next_state
from matching.domain import locks
from matching.domain.parties import coordinates
from matching.domain.requests import lapse, next_wish
from matching.models import Cohort, Enrolment, EnrolmentOffer, Request
from matching.models.cohorts import EnrolmentState, Role
from matching.querysets import RequestQuerySet
from matching.states import ENROLMENT_STEPS
from outbox.domain.post import post


@locks.atomically
def enrol(
    *, cohort: Cohort, person: User, role: str, user: User, now: datetime, capacity: int | None = None
) -> Enrolment:
    """Enrol somebody, to be approved by a coordinator. People enrol themselves; coordinators enrol anybody.

    Raises `NotYours`, or `Refused` when they have that role in the cohort already.
    """
    coordinator = coordinates(user, cohort)
    if user.pk != person.pk and not coordinator:
        raise NotYours
    actor = Actor.COORDINATOR if coordinator else Actor(role)
    return _enrol(cohort, person, role, actor, user, now, capacity)


def _enrol(
    cohort: Cohort, person: User, role: str, actor: Actor, user: User, now: datetime, capacity: int | None
) -> Enrolment:
    # Either role needs its profile: a mentor without one has no places.
    profile = MentorProfile if role == Role.MENTOR else MenteeProfile
    profile.objects.get_or_create(person=person)
    made: Enrolment = Enrolment.objects.create(cohort=cohort, person=person, role=role, capacity=capacity)
    Event.record(verb="enrol", subject=made, actor=actor, now=now, person=user, cohort_id=cohort.pk)
    return made


@locks.atomically
def approve(*, enrolment: Enrolment, user: User, now: datetime) -> Enrolment:
    """Let somebody take part; they are told. Another coordinator approves a coordinator's own enrolment.

    Raises `NotYours` or `WrongState`.
    """
    held = _lock(enrolment.pk)
    if held.person_id == user.pk or not coordinates(user, held.cohort):
        raise NotYours
    return _enter(held, "approve", Actor.COORDINATOR, user, now)


def withdraw_enrolment(*, enrolment: Enrolment, user: User, now: datetime) -> Enrolment:
    """Stop taking part. Requests that wait for an answer lapse; open pairings go on until ended.

    Raises `NotYours` or `WrongState`.
    """
    withdrawn, let_down = _withdraw(enrolment.pk, user, now)
    for each in let_down:
        next_wish(enrolment_id=each, now=now)
    return withdrawn


@locks.atomically
def _withdraw(enrolment_id: UUID, user: User, now: datetime) -> tuple[Enrolment, list[UUID]]:
    held = _lock(enrolment_id, with_requests=True)
    if held.person_id == user.pk:
        actor = Actor(held.role)
    elif coordinates(user, held.cohort):
        actor = Actor.COORDINATOR
    else:
        raise NotYours
    _enter(held, "withdraw", actor, user, now)
    return held, lapse(request_ids=_waiting(held).values_list("pk", flat=True), now=now)


@locks.atomically
def set_capacity(*, enrolment: Enrolment, capacity: int | None, user: User, now: datetime) -> Enrolment:
    """How many pairings a mentor carries in this cohort; None leaves it to the profile, which is the limit anyhow.

    Raises `NotYours` for anybody but a coordinator, `Refused` below what is open.
    """
    held = _lock(enrolment.pk)
    if not coordinates(user, held.cohort):
        raise NotYours
    held.capacity = capacity
    held.save(update_fields=["capacity"])
    Event.record(
        verb="set_capacity", subject=held, actor=Actor.COORDINATOR, now=now, person=user, cohort_id=held.cohort_id
    )
    return held


def _lock(enrolment_id: UUID, *, with_requests: bool = False) -> Enrolment:
    """An enrolment under lock; `with_requests`, also the enrolments of mentees whose waiting request is part of it."""
    found = Enrolment.objects.filter(pk=enrolment_id).first()
    if found is None:
        raise WrongState
    locks.cohort(found.cohort_id)
    locks.people([found.person_id])
    others = _waiting(found).values_list("mentee_enrolment_id", flat=True) if with_requests else ()
    return locks.enrolments({enrolment_id, *others})[enrolment_id]


def _waiting(enrolment: Enrolment) -> RequestQuerySet:
    """The requests that wait for an answer, made or received by this enrolment."""
    side = "mentee_enrolment" if enrolment.role == Role.MENTEE else "mentor_enrolment"
    found: RequestQuerySet = Request.objects.pending().filter(**{side: enrolment})
    return found


def _enter(enrolment: Enrolment, verb: str, actor: Actor, user: User, now: datetime) -> Enrolment:
    enrolment.state = next_state(ENROLMENT_STEPS, verb, enrolment.state, actor)
    enrolment.save(update_fields=["state"])
    Event.record(verb=verb, subject=enrolment, actor=actor, now=now, person=user, cohort_id=enrolment.cohort_id)
    if verb == "approve":
        occasion = now.isoformat(timespec="seconds")
        post(kind="enrolment_approved", subject_id=enrolment.pk, person=enrolment.person, due_at=now, occasion=occasion)
    return enrolment


@locks.atomically
def take_up_offers(*, invitation: Invitation, user: User, now: datetime) -> list[Enrolment]:
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
