"""A mentee's list of up to three mentors, in the order in which they are asked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Enrolment
from common.errors import NotPermitted, Refused
from common.sentences import refused_by
from common.transactions import atomically
from matching.domain import independence, locks, notes
from matching.models import Request, ShortlistEntry
from matching.models.requests import SHORTLIST_SIZE


def add(*, mentee_enrolment: Enrolment, mentor_enrolment: Enrolment, user: User, now: datetime) -> ShortlistEntry:
    """Put a mentor at the end of the list; one asked or skipped before is put there anew.

    Raises `NotPermitted`, `NotIndependent` when a rule excludes the pair for good (who is merely full or away may be
    shortlisted: it is looked at again when their turn comes), and `Refused` when the list is full.
    """
    _check_own(mentee_enrolment, user)
    return _add(mentee_enrolment.pk, mentor_enrolment.pk, now)


@atomically
def _add(mentee_id: UUID, mentor_id: UUID, now: datetime) -> ShortlistEntry:
    mentee = _lock_shortlist(mentee_id)
    mentor = Enrolment.objects.select_related("person").get(pk=mentor_id)
    for rule in independence.broken(mentee=mentee, mentor=mentor, now=now):
        if rule.key not in independence.PASSES_FOR_SHORTLIST:
            raise independence.NotIndependent(rule)
    listed = list(ShortlistEntry.objects.filter(mentee=mentee).select_related("mentee", "key").order_by("rank"))
    kept = [entry for entry in listed if entry.mentor_id != mentor_id or _is_open(entry)]
    if any(entry.mentor_id == mentor_id for entry in kept):
        raise refused_by("shortlist_mentor_once")
    if len(kept) >= SHORTLIST_SIZE:
        used = next((entry for entry in kept if not _is_open(entry)), None)
        if used is None:
            raise Refused(_("Your shortlist is full. Take somebody off it first."), code="shortlist_full")
        kept.remove(used)
    note = next((entry.words_of("note", instead="") for entry in listed if entry.mentor_id == mentor_id), "")
    _delete(ShortlistEntry.objects.filter(mentee=mentee).exclude(pk__in=[entry.pk for entry in kept]))
    _number(kept)
    added = ShortlistEntry.objects.create(mentee=mentee, mentor=mentor, rank=len(kept) + 1)
    notes.write(added, note)
    return added


def remove(*, mentee_enrolment: Enrolment, entry_id: UUID, user: User) -> None:
    """Take a mentor off the list; the others close up. One not there any more is gone already."""
    _check_own(mentee_enrolment, user)
    _remove(mentee_enrolment.pk, entry_id)


@atomically
def _remove(mentee_id: UUID, entry_id: UUID) -> None:
    _lock_shortlist(mentee_id)
    _delete(ShortlistEntry.objects.filter(mentee=mentee_id, pk=entry_id))
    _number(list(ShortlistEntry.objects.filter(mentee=mentee_id).order_by("rank")))


def move(*, mentee_enrolment: Enrolment, entry_id: UUID, up: bool, user: User) -> None:
    """Change places with the neighbour above or below; at the end of the list nothing happens."""
    _check_own(mentee_enrolment, user)
    _shift(mentee_enrolment.pk, entry_id, -1 if up else 1)


@atomically
def _shift(mentee_id: UUID, entry_id: UUID, by: int) -> None:
    _lock_shortlist(mentee_id)
    listed = list(ShortlistEntry.objects.filter(mentee=mentee_id).order_by("rank"))
    place = next((place for place, entry in enumerate(listed) if entry.pk == entry_id), None)
    if place is None or not 0 <= place + by < len(listed):
        return
    listed[place], listed[place + by] = listed[place + by], listed[place]
    _number(listed)


def _check_own(mentee_enrolment: Enrolment, user: User) -> None:
    if user.pk != mentee_enrolment.person_id:
        raise NotPermitted


def _lock_shortlist(mentee_id: UUID) -> Enrolment:
    """The mentee's person and enrolment: whoever changes the list, or asks from it, waits for us."""
    found = Enrolment.objects.get(pk=mentee_id)
    locks.people([found.person_id])
    return locks.enrolments([mentee_id])[mentee_id]


def _is_open(entry: ShortlistEntry) -> bool:
    """Whether the entry still waits for its turn, or for an answer."""
    if entry.skipped_at is not None:
        return False
    asked = Request.objects.pending().filter(mentee_enrolment=entry.mentee_id, mentor_enrolment=entry.mentor_id)
    return entry.asked_at is None or asked.exists()


def _delete(entries: QuerySet[ShortlistEntry]) -> None:
    """With their notes."""
    notes.forget(entries)
    entries.delete()


def _number(entries: Sequence[ShortlistEntry]) -> None:
    """Ranks from 1 on in this order; the unique constraint waits for the end of the transaction."""
    for rank, entry in enumerate(entries, start=1):
        if entry.rank != rank:
            ShortlistEntry.objects.filter(pk=entry.pk).update(rank=rank)
