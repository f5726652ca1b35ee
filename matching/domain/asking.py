"""Asking a mentor, and asking the next one when a request or a first conversation came to nothing."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.calendars import today_of
from accounts.models import User
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState, Role
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.sweeps import for_each
from common.transactions import atomically
from common.transitions import Actor
from matching.domain import independence, locks, notes
from matching.domain.alerts import alert
from matching.domain.new_requests import NewRequest, write_requests
from matching.engine import OTHER
from matching.engine.facts.rules import LIST_UNREADABLE
from matching.models import Pairing, Request, ShortlistEntry
from matching.models.alerts import AlertKind
from matching.models.requests import Origin
from matching.sentences import COHORT_OVER, RULES, paired_line
from matching.states import RequestState
from outbox.domain.post import post

ASKED_BY_YOU = _("You have already asked %(name)s, and the answer is still open.")
ASKED_FOR_YOU = _("%(name)s has been asked for you, and the answer is still open.")
CLOSED_UNTOLD = (RequestState.DECLINED, RequestState.LAPSED)  # an expired one is told of when it expires


def ask(
    *,
    mentee_enrolment: Enrolment,
    mentor_enrolment: Enrolment,
    note: str = "",
    user: User,
    now: datetime,
) -> Request:
    """A mentee asks a mentor, with a note that only the two will read.

    Raises `NotPermitted` unless it is the mentee who asks, `NotIndependent` when a rule excludes the pair, and
    `Refused` when somebody was asked already (a double click, for one), is paired, or the cohort is over.
    """
    if user.pk != mentee_enrolment.person_id:
        raise NotPermitted
    return _ask(mentee_enrolment.pk, mentor_enrolment.pk, note.strip(), user, now)


@atomically
def _ask(mentee_id: UUID, mentor_id: UUID, note: str, user: User, now: datetime) -> Request:
    mentee, mentor = lock_pair(mentee_id, mentor_id)
    notes.check_length(note)
    check_may_ask(mentee, now)
    independence.check(mentee=mentee, mentor=mentor, now=now)
    new = NewRequest(mentee, mentor, note)
    return write_requests([new], origin=Origin.SHORTLIST, actor=Actor.MENTEE, user=user, now=now)[0]


def lock_pair(mentee_id: UUID, mentor_id: UUID) -> tuple[Enrolment, Enrolment]:
    """Both enrolments, locked with their cohort and people. Raises `Refused` unless they fit."""
    found = {row.pk: row for row in Enrolment.objects.filter(pk__in=[mentee_id, mentor_id])}
    if len(found) != len({mentee_id, mentor_id}):
        raise WrongState
    locks.owners()
    locks.cohort(found[mentee_id].cohort_id)
    locks.people(row.person_id for row in found.values())
    held = locks.enrolments(found)
    mentee, mentor = held[mentee_id], held[mentor_id]
    if mentee.cohort_id != mentor.cohort_id or (mentee.role, mentor.role) != (Role.MENTEE, Role.MENTOR):
        raise Refused(RULES[OTHER].refusal, code=OTHER)
    return mentee, mentor


def check_may_ask(mentee: Enrolment, now: datetime) -> None:
    """Raise `Refused` unless this mentee may ask anybody now: approved, unpaired, no answer outstanding."""
    if mentee.state != EnrolmentState.APPROVED:
        raise Refused(_("You can ask a mentor once a coordinator has approved your place."), code="not_approved")
    if mentee.cohort.ends_on < today_of(mentee.person, now):
        raise Refused(COHORT_OVER, code="cohort_over")
    paired = Pairing.objects.open().filter(cohort=mentee.cohort, mentee=mentee.person).select_related("mentor").first()
    if paired is not None:
        raise Refused(paired_line(paired.state, paired.mentor.name), code="pairing_one_open_per_mentee")
    waiting = Request.objects.pending().filter(mentee_enrolment=mentee).select_related("mentor").first()
    if waiting is not None:
        sentence = ASKED_FOR_YOU if waiting.proposed else ASKED_BY_YOU
        raise Refused(sentence % {"name": waiting.mentor.name}, code="request_one_pending")


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
        _tell_of_the_last(mentee, now)
        return None
    for entry in entries:
        broken = independence.broken(mentee=mentee, mentor=entry.mentor, now=now)
        if not broken:
            return _ask_from_shortlist(mentee, entry, now)
        if LIST_UNREADABLE in broken:  # nobody can say who comes next: the next sweep looks again
            Enrolment.objects.filter(pk=mentee.pk).update(next_request_since=mentee.next_request_since)
            return None
        _skip(entry, now)
    _tell_shortlist_empty(mentee, now)
    return None


def _tell_of_the_last(mentee: Enrolment, now: datetime) -> None:
    """Nobody else is asked, so no other e-mail tells the mentee that the request before came to nothing."""
    last = Request.objects.filter(mentee_enrolment=mentee).select_related("mentee").order_by("-asked_at").first()
    if last is not None and last.state in CLOSED_UNTOLD:
        post(kind="request_lapsed", subject=last, person=last.mentee, due_at=now)


def _lock_shortlist(enrolment_id: UUID) -> tuple[Enrolment, list[ShortlistEntry]]:
    """The mentee's enrolment and the entries not used up, with everybody on them locked in order."""
    mentee = Enrolment.objects.get(pk=enrolment_id)
    locks.owners()
    locks.cohort(mentee.cohort_id)
    mentors = dict(_open_entries(enrolment_id).values_list("mentor_id", "mentor__person_id"))
    locks.people({mentee.person_id, *mentors.values()})
    held = locks.enrolments({enrolment_id, *mentors})
    # An entry added since then is left for another time: its mentor is not locked.
    entries = [entry for entry in _open_entries(enrolment_id) if entry.mentor_id in held]
    for entry in entries:
        entry.mentee, entry.mentor = held[enrolment_id], held[entry.mentor_id]
    return held[enrolment_id], entries


def _open_entries(enrolment_id: UUID) -> QuerySet[ShortlistEntry]:
    return ShortlistEntry.objects.filter(mentee=enrolment_id).still_to_ask()


def _ask_from_shortlist(mentee: Enrolment, entry: ShortlistEntry, now: datetime) -> Request:
    """With the note left for this very mentor, if one was: what was written to another is not shown to them."""
    words, mentor = entry.words_of("note", instead=""), entry.mentor
    new = NewRequest(mentee, mentor, words)
    (request,) = write_requests([new], origin=Origin.SHORTLIST, actor=Actor.SYSTEM, user=None, now=now)
    post(kind="request_moved_on", subject=request, person=mentee.person, due_at=now)
    return request


def _skip(entry: ShortlistEntry, now: datetime) -> None:
    entry.skipped_at = now
    entry.save(update_fields=["skipped_at"])
    Event.record(verb="skip", subject=entry, actor=Actor.SYSTEM, now=now)


def _tell_shortlist_empty(mentee: Enrolment, now: datetime) -> None:
    post(
        kind="shortlist_empty",
        subject=mentee,
        person=mentee.person,
        due_at=now,
        occasion=now.isoformat(timespec="seconds"),
    )
    alert(kind=AlertKind.SHORTLIST_EMPTY, subject=mentee, now=now)
