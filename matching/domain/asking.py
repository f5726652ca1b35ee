"""Asking a mentor: what has to hold, the request itself, its deadline and its letters."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState, Role
from common.dates import day_of
from common.errors import NotPermitted, Refused, WrongState
from common.models import ContentKey, Event
from common.transactions import atomically
from common.transitions import Actor
from matching.domain import independence, locks
from matching.domain.alerts import settle_automatically
from matching.domain.deadlines import answer_by, last_call, remind_at
from matching.engine import OTHER
from matching.models import Pairing, Request, ShortlistEntry
from matching.models.alerts import AlertKind
from matching.models.requests import TEXT_LENGTH, Origin
from matching.sentences import RULES
from outbox.domain.post import post


def ask(
    *,
    mentee_enrolment: Enrolment,
    mentor_enrolment: Enrolment,
    note: str = "",
    user: User,
    now: datetime,
    origin: Origin = Origin.SHORTLIST,
) -> Request:
    """A mentee asks a mentor, with a note that only the two will read.

    Raises `NotPermitted` unless it is the mentee who asks, `NotIndependent` when a rule excludes the pair, and
    `Refused` when somebody was asked already (a double click, for one), is paired, or the cohort is over.
    """
    if user.pk != mentee_enrolment.person_id:
        raise NotPermitted
    return _ask(mentee_enrolment.pk, mentor_enrolment.pk, note.strip(), origin, user, now)


@atomically
def _ask(mentee_id: UUID, mentor_id: UUID, note: str, origin: Origin, person: User, now: datetime) -> Request:
    mentee, mentor = _lock_pair(mentee_id, mentor_id)
    if len(note) > TEXT_LENGTH:
        raise Refused(_("Please shorten the note to %(limit)s characters.") % {"limit": TEXT_LENGTH}, field="note")
    check_may_ask(mentee, now)
    independence.check(mentee=mentee, mentor=mentor, now=now)
    return write_request(mentee, mentor, note=note, origin=origin, actor=Actor.MENTEE, person=person, now=now)


def _lock_pair(mentee_id: UUID, mentor_id: UUID) -> tuple[Enrolment, Enrolment]:
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
    if mentee.cohort.ends_on < day_of(now):
        raise Refused(_("This cohort has ended, so nobody can be asked in it any more."), code="cohort_over")
    if Pairing.objects.open().filter(cohort=mentee.cohort, mentee=mentee.person).exists():
        raise Refused(_("You already have a mentor in this cohort."), code="pairing_one_open_per_mentee")
    waiting = Request.objects.pending().filter(mentee_enrolment=mentee).select_related("mentor").first()
    if waiting is not None:
        name = waiting.mentor.name
        sentence = _("You have already asked %(name)s, and the answer is still open.") % {"name": name}
        raise Refused(sentence, code="request_one_pending")


def write_request(
    mentee: Enrolment, mentor: Enrolment, *, note: str, origin: Origin, actor: Actor, person: User | None, now: datetime
) -> Request:
    """The row, its key and its letters. The caller holds the locks and has checked."""
    days = mentee.cohort.answer_days
    request = Request(
        cohort=mentee.cohort,
        mentee_enrolment=mentee,
        mentor_enrolment=mentor,
        mentee=mentee.person,
        mentor=mentor.person,
        origin=origin,
        asked_at=now,
        deadline=answer_by(mentor.person, now, days),
        key=ContentKey.make(),
    )
    request.write("note", note)
    request.save(force_insert=True)
    ShortlistEntry.objects.filter(mentee=mentee, mentor=mentor).update(asked_at=now, skipped_at=None)
    Enrolment.objects.filter(pk=mentee.pk).update(next_request_since=None)
    settle_automatically(kind=AlertKind.SHORTLIST_EMPTY, subject_id=mentee.pk, now=now)
    Event.record(verb="ask", subject=request, actor=actor, now=now, person=person, cohort_id=request.cohort_id)
    post(kind="request_asked", subject=request, person=request.mentor, due_at=now)
    post(kind="request_waiting", subject=request, person=request.mentor, due_at=remind_at(mentor.person, now, days))
    post(
        kind="request_expiring",
        subject=request,
        person=request.mentee,
        due_at=last_call(mentor.person, now, days),
    )
    return request
