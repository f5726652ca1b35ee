"""The next entry by itself: who comes next when a request or a first conversation came to nothing."""

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
from matching.models import Request, ShortlistEntry
from matching.models.alerts import AlertKind
from matching.models.requests import Origin
from outbox.domain.post import post


def mark_let_down(enrolment_id: UUID, now: datetime) -> None:
    """This mentee was let down: first in line from now on, and their next entry is to be asked."""
    Enrolment.objects.filter(pk=enrolment_id).update(
        next_request_since=now, priority_since=Coalesce(F("priority_since"), now)
    )


def ask_all_next(*, now: datetime) -> int:
    """Ask the next entries that are owed and were not asked on the spot. How many mentees were seen to."""
    owed = Enrolment.objects.filter(next_request_since__isnull=False).order_by("next_request_since")
    return for_each(owed.values_list("pk", flat=True), partial(_ask_next_mentor, now=now))


def ask_next_mentor(*, enrolment_id: UUID, now: datetime) -> Request | None:
    """Ask the mentee's next entry, if one is owed; those who cannot be asked are skipped with a neutral line.

    When the list is empty, mentee and coordinators are told. Gives the request made, if any.
    """
    return _ask_next_mentor(enrolment_id, now=now)


@atomically
def _ask_next_mentor(enrolment_id: UUID, *, now: datetime) -> Request | None:
    mentee, entries = _lock_shortlist(enrolment_id)
    if mentee.next_request_since is None:
        return None
    Enrolment.objects.filter(pk=mentee.pk).update(next_request_since=None)
    try:
        check_may_ask(mentee, now)
    except Refused:
        return None
    for entry in entries:
        if not independence.broken(mentee=mentee, mentor=entry.mentor, now=now):
            return _ask(mentee, entry.mentor, now)
        _skip(entry, now)
    _tell_shortlist_empty(mentee, now)
    return None


def _lock_shortlist(enrolment_id: UUID) -> tuple[Enrolment, list[ShortlistEntry]]:
    """The mentee's enrolment and the entries not used up, with everybody on them locked in order."""
    mentee = Enrolment.objects.get(pk=enrolment_id)
    locks.owners()
    locks.cohort(mentee.cohort_id)
    mentors = dict(_open_entries(enrolment_id).values_list("mentor_id", "mentor__person_id"))
    locks.people({mentee.person_id, *mentors.values()})
    held = locks.enrolments({enrolment_id, *mentors})
    # A entry added since then is left for another time: its mentor is not locked.
    entries = [entry for entry in _open_entries(enrolment_id) if entry.mentor_id in held]
    for entry in entries:
        entry.mentor = held[entry.mentor_id]
    return held[enrolment_id], entries


def _open_entries(enrolment_id: UUID) -> QuerySet[ShortlistEntry]:
    return ShortlistEntry.objects.filter(mentee=enrolment_id).still_to_ask()


def _ask(mentee: Enrolment, mentor: Enrolment, now: datetime) -> Request:
    """Without a note: what was written to one mentor is not shown to another."""
    request = write_request(mentee, mentor, note="", origin=Origin.SHORTLIST, actor=Actor.SYSTEM, person=None, now=now)
    post(kind="request_moved_on", subject=request, person=mentee.person, due_at=now)
    return request


def _skip(entry: ShortlistEntry, now: datetime) -> None:
    entry.skipped_at = now
    entry.save(update_fields=["skipped_at"])
    Event.record(verb="skip", subject=entry, actor=Actor.SYSTEM, now=now, cohort_id=entry.mentor.cohort_id)


def _tell_shortlist_empty(mentee: Enrolment, now: datetime) -> None:
    post(
        kind="shortlist_empty",
        subject=mentee,
        person=mentee.person,
        due_at=now,
        occasion=now.isoformat(timespec="seconds"),
    )
    alert(cohort=mentee.cohort, kind=AlertKind.SHORTLIST_EMPTY, subject=mentee, now=now)
