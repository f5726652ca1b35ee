"""Erasing what is held of a person, once it is due: one person a transaction, table by table as `erasure` says."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext

from accounts.account_letters import ERASED, KIND_OF_SHAPE, LETTERS, enclosed, lasts
from accounts.domain import invitations
from accounts.domain.conflict_changes import people_changed
from accounts.models import Erasure, Invitation, User
from cohorts.domain import enrolments
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState
from common.clock import real_now
from common.errors import WrongState
from common.models import Event
from common.sweeps import for_each
from common.transitions import Actor
from matching.domain import locks, pairings
from matching.models import Pairing
from mentorship.own_data.erasure import ANSWERS, Empty, Leaving
from mentorship.own_data.registry import KEPT
from outbox.domain import enclosures
from outbox.kinds import recipient_for


@dataclass(frozen=True, slots=True)
class Touched:
    """What there is of somebody, by title: what goes, what stays without their words, and what stays."""

    goes: list[str] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)


def touched(person: User) -> Touched:
    """What erasing this person does to what they could take along, from the answers by which it is done."""
    found = Touched()
    for kept in KEPT:
        steps = ANSWERS[kept.model._meta.label]  # noqa: SLF001 - documented, for all its underscore
        becomes = found.stays
        if isinstance(steps, tuple):
            becomes = found.emptied if isinstance(steps[0], Empty) and not steps[0].alone else found.goes
        if kept.rows(person).exists():
            becomes.append(str(kept.title))
    if person.never_with.exists():
        found.goes.append(gettext("Your private list"))
    return found


def carry_out_due(*, now: datetime) -> int:
    """Erase whoever was to be erased by `now`; how many. Whom something stands against is tried again next time."""
    due = Erasure.objects.waiting().filter(due_at__lte=now).order_by("due_at", "pk")
    return for_each(due.values_list("pk", flat=True), partial(_carry_out, now=now))


def _carry_out(pk: UUID, *, now: datetime) -> None:
    """Raises `WrongState` when it was undone, or done, meanwhile."""
    person = _lock(Erasure.objects.get(pk=pk).person_id)
    erasure = Erasure.objects.select_for_update().get(pk=pk)
    if not erasure.is_waiting:
        raise WrongState
    leaving = Leaving.of(person)
    _say_goodbye(person, now)
    _leave(person, leaving, now)
    erasure.done_at = now
    erasure.save(update_fields=["done_at"])
    wipe(leaving)
    Event.record(verb="erase", subject=person, actor=Actor.CLOCK, now=now)
    people_changed({person.pk}, now=now)


def _lock(person_id: UUID) -> User:
    """All that is changed on the way out, in the order in which everybody locks."""
    pairs = Pairing.objects.open().as_participant(User(pk=person_id)).values_list("mentee_id", "mentor_id")
    for cohort in Enrolment.objects.filter(person=person_id).order_by("cohort").values_list("cohort", flat=True):
        locks.cohort(cohort)
    return locks.people({person_id, *(each for pair in pairs for each in pair)})[person_id]


def _say_goodbye(person: User, now: datetime) -> None:
    """The last e-mail: it carries its address itself, for it leaves when nobody knows that any more."""
    enclosures.post_enclosed(
        kind=KIND_OF_SHAPE[LETTERS[ERASED].shape],
        words=enclosed(ERASED, {}, recipient_for(person, person.email)),
        person=None,
        occasion="erased",
        expires_at=real_now() + lasts(ERASED),
        due_at=now,
    )


def _leave(person: User, leaving: Leaving, now: datetime) -> None:
    """What others wait for ends by the very verbs by which people leave, while there still is a name to tell them."""
    taking_part = Enrolment.objects.filter(person=person).exclude(state=EnrolmentState.WITHDRAWN).order_by("pk")
    for enrolment in taking_part:
        enrolments.withdraw_enrolment(enrolment=enrolment, user=person, now=now)
    pairings.end_for_erased(person=person, now=now)
    for invitation in Invitation.objects.filter(email__in=leaving.addresses, completed_at=None, revoked_at=None):
        invitations.revoke(invitation=invitation, user=None, now=now)


def wipe(leaving: Leaving) -> None:
    """Every table, in the order of its answers."""
    for steps in ANSWERS.values():
        for step in steps if isinstance(steps, tuple) else ():
            step.carry_out(leaving)
