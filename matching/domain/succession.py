"""The next wish by itself: who comes next when a request or a first conversation came to nothing."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from cohorts.models import Enrolment
from common.errors import Refused
from common.models import Event
from common.sweeps import for_each
from common.transactions import atomically
from common.transitions import Actor
from matching.domain import independence, locks
from matching.domain.alerts import alert
from matching.domain.asking import check_may_ask, write_request
from matching.models import Request, Wish
from matching.models.alerts import AlertKind
from matching.models.requests import Origin
from outbox.domain.post import post


def owe(enrolment_id: UUID, now: datetime) -> None:
    """This mentee was let down: first in line from now on, and their next wish is to be asked."""
    Enrolment.objects.filter(pk=enrolment_id).update(
        next_wish_since=now, priority_since=Coalesce(F("priority_since"), now)
    )


def ask_owed(*, now: datetime) -> int:
    """Ask the next wishes that are owed and were not asked on the spot. How many mentees were seen to."""
    owed = Enrolment.objects.filter(next_wish_since__isnull=False).order_by("next_wish_since")
    return for_each(owed.values_list("pk", flat=True), partial(_next_wish, now=now))


def next_wish(*, enrolment_id: UUID, now: datetime) -> Request | None:
    """Ask the mentee's next wish, if one is owed; those who cannot be asked are skipped with a neutral line.

    When the list is empty, mentee and coordinators are told. Gives the request made, if any.
    """
    return _next_wish(enrolment_id, now=now)


@atomically
def _next_wish(enrolment_id: UUID, *, now: datetime) -> Request | None:
    mentee, wishes = _lock_list(enrolment_id)
    if mentee.next_wish_since is None:
        return None
    Enrolment.objects.filter(pk=mentee.pk).update(next_wish_since=None)
    try:
        check_may_ask(mentee, now)
    except Refused:
        return None
    for wish in wishes:
        if not independence.broken(mentee=mentee, mentor=wish.mentor, now=now):
            return _ask(mentee, wish.mentor, now)
        _skip(wish, now)
    _tell_list_empty(mentee, now)
    return None


def _lock_list(enrolment_id: UUID) -> tuple[Enrolment, list[Wish]]:
    """The mentee's enrolment and the wishes not used up, with everybody on them locked in order."""
    mentee = Enrolment.objects.get(pk=enrolment_id)
    locks.owners()
    locks.cohort(mentee.cohort_id)
    mentors = dict(_open_wishes(enrolment_id).values_list("mentor_id", "mentor__person_id"))
    locks.people({mentee.person_id, *mentors.values()})
    held = locks.enrolments({enrolment_id, *mentors})
    # A wish added since then is left for another time: its mentor is not locked.
    wishes = [wish for wish in _open_wishes(enrolment_id) if wish.mentor_id in held]
    for wish in wishes:
        wish.mentor = held[wish.mentor_id]
    return held[enrolment_id], wishes


def _open_wishes(enrolment_id: UUID) -> QuerySet[Wish]:
    return Wish.objects.filter(mentee=enrolment_id, asked_at=None, skipped_at=None).order_by("rank")


def _ask(mentee: Enrolment, mentor: Enrolment, now: datetime) -> Request:
    """Without a note: what was written to one mentor is not shown to another."""
    request = write_request(mentee, mentor, note="", origin=Origin.WISH, actor=Actor.SYSTEM, person=None, now=now)
    post(kind="request_moved_on", subject_id=request.pk, person=mentee.person, due_at=now)
    return request


def _skip(wish: Wish, now: datetime) -> None:
    wish.skipped_at = now
    wish.save(update_fields=["skipped_at"])
    Event.record(verb="skip", subject=wish, actor=Actor.SYSTEM, now=now, cohort_id=wish.mentor.cohort_id)


def _tell_list_empty(mentee: Enrolment, now: datetime) -> None:
    post(
        kind="list_empty",
        subject_id=mentee.pk,
        person=mentee.person,
        due_at=now,
        occasion=now.isoformat(timespec="seconds"),
    )
    alert(cohort=mentee.cohort, kind=AlertKind.LIST_EMPTY, subject_id=mentee.pk, now=now)
