"""Who takes part in a cohort, and as what."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.calendars import today_of
from accounts.domain import invitations, people
from accounts.models import User
from accounts.signals import gathered
from cohorts.domain import locks
from cohorts.models import Cohort, Enrolment, RoleOffer
from cohorts.permissions import coordinates
from cohorts.signals import enrolment_withdrawal_foreseen, enrolment_withdrawing, enrolment_withdrawn
from cohorts.states import ENROLMENT_TRANSITIONS, EnrolmentState
from common.dates import day_of, day_with_year
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor, next_state
from outbox.domain.post import post

# What a coordinator's verb tells the person.
TOLD = {"approve": "enrolment_approved", "withdraw": "enrolment_withdrawn"}


@atomically
def enrol(
    *, cohort: Cohort, person: User, role: str, user: User, now: datetime, capacity: int | None = None
) -> Enrolment:
    """Enrol somebody, to be approved by a coordinator. People enrol themselves; coordinators enrol anybody.

    Raises `NotPermitted`, or `Refused` when they have that role in the cohort already or the cohort is over.
    """
    coordinator = coordinates(user, cohort)
    if user.pk != person.pk and not coordinator:
        raise NotPermitted
    refuse_once_over(cohort, person, now)
    actor = Actor.COORDINATOR if coordinator else Actor(role)
    return _enrol(cohort, person, role, actor, user, now, capacity)


def _enrol(
    cohort: Cohort, person: User, role: str, actor: Actor, user: User, now: datetime, capacity: int | None
) -> Enrolment:
    people.BECOME[role](person)  # either role needs its profile: a mentor without one has no places
    made: Enrolment = Enrolment.objects.create(cohort=cohort, person=person, role=role, capacity=capacity)
    Event.record(verb="enrol", subject=made, actor=actor, now=now, user=user)
    return made


@atomically
def approve(*, enrolment: Enrolment, user: User, now: datetime) -> Enrolment:
    """Let somebody take part, also who was withdrawn; they are told. Another coordinator approves a coordinator's own.

    Raises `NotPermitted`, `WrongState`, or `Refused` once the cohort is over.
    """
    held = _lock(enrolment.pk)
    if held.person_id == user.pk or not coordinates(user, held.cohort):
        raise NotPermitted
    refuse_once_over(held.cohort, held.person, now)
    return _enter(held, "approve", Actor.COORDINATOR, user, now)


def foreseen(enrolment: Enrolment, now: datetime) -> list[str]:
    """What withdrawing it would do to others, a sentence each."""
    return gathered(enrolment_withdrawal_foreseen.send(sender=Enrolment, enrolment=enrolment, now=now))


@atomically
def withdraw_enrolment(*, enrolment: Enrolment, user: User, now: datetime) -> Enrolment:
    """Stop taking part. Requests that wait for an answer lapse; open pairings go on until ended. Whom a coordinator
    withdraws is told, and no invitation that is still open leads back.

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
    if actor == Actor.COORDINATOR:
        _take_back_offers(held, user, now)
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


def _take_back_offers(enrolment: Enrolment, user: User, now: datetime) -> None:
    """Open invitations offer this role no longer; one that offers nothing else is revoked."""
    offers = RoleOffer.objects.filter(
        cohort=enrolment.cohort,
        role=enrolment.role,
        invitation__email=enrolment.person.email,
        invitation__completed_at=None,
        invitation__revoked_at=None,
    )
    for offer in offers.select_related("invitation"):
        offer.delete()
        if not offer.invitation.offers.exists():
            invitations.revoke(invitation=offer.invitation, user=user, now=now)


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
    if actor == Actor.COORDINATOR:
        occasion = now.isoformat(timespec="seconds")
        post(kind=TOLD[verb], subject=enrolment, person=enrolment.person, due_at=now, occasion=occasion)
    return enrolment


@atomically
def join(*, cohort: Cohort, person: User, role: str, now: datetime) -> Enrolment:
    """Somebody whom a coordinator has invited takes part, approved by having been invited; who had left is back.

    Raises `Refused` once the cohort is over.
    """
    refuse_once_over(cohort, person, now)
    found = Enrolment.objects.filter(cohort=cohort, person=person, role=role).first()
    if found is None:
        found = _enrol(cohort, person, role, Actor(role), person, now, None)
    held = _lock(found.pk)
    return held if held.state == EnrolmentState.APPROVED else _enter(held, "join", Actor(role), person, now)


def refuse_once_over(cohort: Cohort, person: User, now: datetime) -> None:
    """Nobody joins a cohort after its last day, where they are. Raises `Refused`."""
    if is_over(cohort, person, now):
        raise Refused(over_line(cohort), field="cohort", code="cohort_over")


def over_line(cohort: Cohort) -> str:
    """That the cohort is over, in words."""
    words = {"cohort": cohort.name, "day": day_with_year(cohort.ends_on)}
    return gettext("%(cohort)s ended on %(day)s; nobody can join it any more.") % words


def is_over(cohort: Cohort, person: User | None, now: datetime) -> bool:
    """Whether the last day of the cohort has passed, where that person is."""
    return cohort.ends_on < (today_of(person, now) if person else day_of(now))
