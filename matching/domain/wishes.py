"""A mentee's list of up to three mentors, in the order in which they are asked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Enrolment
from common.errors import NotPermitted, Refused
from common.transactions import atomically
from matching.domain import independence, locks
from matching.models import Request, Wish
from matching.models.requests import WISHES


def add(*, mentee_enrolment: Enrolment, mentor_enrolment: Enrolment, user: User, now: datetime) -> Wish:
    """Put a mentor at the end of the list; one asked or skipped before is put there anew.

    Raises `NotPermitted`, `NotIndependent` when a rule excludes the pair for good (who is merely full or away may be
    wished for: it is looked at again when their turn comes), and `Refused` when the list is full.
    """
    _check_own(mentee_enrolment, user)
    return _add(mentee_enrolment.pk, mentor_enrolment.pk, now)


@atomically
def _add(mentee_id: UUID, mentor_id: UUID, now: datetime) -> Wish:
    mentee = _lock_list(mentee_id)
    mentor = Enrolment.objects.select_related("person").get(pk=mentor_id)
    for rule in independence.broken(mentee=mentee, mentor=mentor, now=now):
        if rule.key not in PASSING:
            raise independence.NotIndependent(rule)
    listed = list(Wish.objects.filter(mentee=mentee).order_by("rank"))
    kept = [wish for wish in listed if wish.mentor_id != mentor_id or _is_open(wish)]
    if any(wish.mentor_id == mentor_id for wish in kept):
        raise Refused(_("This mentor is already on your list."), code="wish_mentor_once")
    if len(kept) >= WISHES:
        used = next((wish for wish in kept if not _is_open(wish)), None)
        if used is None:
            raise Refused(_("Your list is full. Take somebody off it first."), code="list_full")
        kept.remove(used)
    Wish.objects.filter(mentee=mentee).exclude(pk__in=[wish.pk for wish in kept]).delete()
    _number(kept)
    return Wish.objects.create(mentee=mentee, mentor=mentor, rank=len(kept) + 1)


PASSING = frozenset({"full", "away", "asked_already", "mentee_unconfirmed"})


def remove(*, mentee_enrolment: Enrolment, wish_id: UUID, user: User) -> None:
    """Take a mentor off the list; the others close up. One not there any more is gone already."""
    _check_own(mentee_enrolment, user)
    _remove(mentee_enrolment.pk, wish_id)


@atomically
def _remove(mentee_id: UUID, wish_id: UUID) -> None:
    _lock_list(mentee_id)
    Wish.objects.filter(mentee=mentee_id, pk=wish_id).delete()
    _number(list(Wish.objects.filter(mentee=mentee_id).order_by("rank")))


def move(*, mentee_enrolment: Enrolment, wish_id: UUID, up: bool, user: User) -> None:
    """Change places with the neighbour above or below; at the end of the list nothing happens."""
    _check_own(mentee_enrolment, user)
    _shift(mentee_enrolment.pk, wish_id, -1 if up else 1)


@atomically
def _shift(mentee_id: UUID, wish_id: UUID, by: int) -> None:
    _lock_list(mentee_id)
    listed = list(Wish.objects.filter(mentee=mentee_id).order_by("rank"))
    place = next((place for place, wish in enumerate(listed) if wish.pk == wish_id), None)
    if place is None or not 0 <= place + by < len(listed):
        return
    listed[place], listed[place + by] = listed[place + by], listed[place]
    _number(listed)


def _check_own(mentee_enrolment: Enrolment, user: User) -> None:
    if user.pk != mentee_enrolment.person_id:
        raise NotPermitted


def _lock_list(mentee_id: UUID) -> Enrolment:
    """The mentee's person and enrolment: whoever changes the list, or asks from it, waits for us."""
    found = Enrolment.objects.get(pk=mentee_id)
    locks.people([found.person_id])
    return locks.enrolments([mentee_id])[mentee_id]


def _is_open(wish: Wish) -> bool:
    """Whether the wish still waits for its turn, or for an answer."""
    if wish.skipped_at is not None:
        return False
    asked = Request.objects.pending().filter(mentee_enrolment=wish.mentee_id, mentor_enrolment=wish.mentor_id)
    return wish.asked_at is None or asked.exists()


def _number(wishes: Sequence[Wish]) -> None:
    """Ranks from 1 on in this order; the unique constraint waits for the end of the transaction."""
    for rank, wish in enumerate(wishes, start=1):
        if wish.rank != rank:
            Wish.objects.filter(pk=wish.pk).update(rank=rank)
