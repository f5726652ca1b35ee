"""Requests that wait longer than they were to: held while an employer is missing, or moved past days of leave.

What a fact does to a waiting request, and who is told, is said by `WAITING_REQUESTS` and nowhere else.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from accounts.calendars import calendar_with_leave
from accounts.models import User
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor
from matching.domain import locks
from matching.domain.deadlines import answer_by, held_until, post_reminders
from matching.letters import NotNeeded
from matching.models import Request
from matching.states import WAITING_REQUESTS, Fact, RequestState
from outbox.domain.post import cancel, post
from outbox.models import Letter, LetterState

TOLD_AFTER = timedelta(hours=1)  # who ends a job and then enters the next one troubles nobody
WORTH_TELLING = timedelta(hours=12)  # a deadline that moves by less stays on its day


@atomically
def follow(*, facts: Mapping[UUID, Fact | None], now: datetime) -> None:
    """Hold the waiting requests against which a fact stands, and let those go on against which none does any more."""
    for asked in locks.requests(facts).values():
        fact = facts[asked.pk]
        if asked.state != RequestState.PENDING or asked.held_for == (fact or ""):
            continue
        if fact is None:
            _resume(asked, now)
        else:
            _hold(asked, fact, now)


def _hold(asked: Request, fact: Fact, now: datetime) -> None:
    """One that is held already, for another fact, is held no longer than it was to be."""
    newly = asked.held_until is None
    asked.held_for = fact
    asked.held_until = asked.held_until or held_until(calendar_with_leave(asked.mentor), now)
    asked.save(update_fields=["held_for", "held_until"])
    if newly:
        cancel(subject_id=asked.pk, reason=NotNeeded.REQUEST_HELD)
        Event.record(verb="hold", subject=asked, actor=Actor.SYSTEM, now=now)
        _tell(asked, fact, now, due_at=now + TOLD_AFTER)


def _resume(asked: Request, now: datetime) -> None:
    """The mentor has the whole time to answer again. Those who never heard that it was held hear nothing now."""
    fact = Fact(asked.held_for)
    fresh = answer_by(calendar_with_leave(asked.mentor), now, asked.cohort.answer_days)
    asked.held_for, asked.held_until, asked.resumed_at = "", None, now
    asked.deadline = max(asked.deadline, fresh)
    asked.save(update_fields=["held_for", "held_until", "resumed_at", "deadline"])
    Event.record(verb="go_on", subject=asked, actor=Actor.SYSTEM, now=now)
    _announce(asked, now)
    post_reminders(asked, now)
    if not cancel(subject_id=asked.pk, reason=NotNeeded.REQUEST_MOVED_SINCE, kinds=["request_rescheduled"]):
        _tell(asked, fact, now, due_at=now)


def _announce(asked: Request, now: datetime) -> None:
    """The mentor still has to hear of it, if it was held before the e-mail had left."""
    kept_back = Letter.objects.filter(kind="request_asked", subject_id=asked.pk, state=LetterState.CANCELLED)
    if kept_back.exists():
        post(kind="request_asked", subject=asked, person=asked.mentor, due_at=now)


@atomically
def follow_calendar(*, mentor: User, now: datetime) -> None:
    """Where a mentor is, or when they are away, has changed: the deadlines of what waits for them follow.

    Days of leave are not counted. A deadline that comes nearer still leaves a working day, and none moves further
    away for that.
    """
    waiting = Request.objects.pending().filter(mentor=mentor).values_list("pk", flat=True)
    found = locks.requests(waiting)
    calendar = calendar_with_leave(User.objects.select_related("profile").get(pk=mentor.pk)) if found else None
    for asked in found.values():
        if asked.state != RequestState.PENDING or calendar is None:
            continue
        fresh = answer_by(calendar, asked.counted_from, asked.cohort.answer_days)
        if fresh < asked.deadline:
            fresh = min(asked.deadline, max(fresh, answer_by(calendar, now, 1)))
        _move_deadline(asked, fresh, now)


def _move_deadline(asked: Request, deadline: datetime, now: datetime) -> None:
    moved = abs(deadline - asked.deadline)
    if not moved:
        return
    asked.deadline = deadline
    asked.save(update_fields=["deadline"])
    if asked.held_until is not None:
        return
    post_reminders(asked, now)
    if moved >= WORTH_TELLING:
        Event.record(verb="move_deadline", subject=asked, actor=Actor.SYSTEM, now=now)
        _tell(asked, Fact.AWAY, now, due_at=now)


def _tell(asked: Request, fact: Fact, now: datetime, due_at: datetime) -> None:
    people = {Actor.MENTEE: asked.mentee, Actor.MENTOR: asked.mentor}
    for part in sorted(WAITING_REQUESTS[fact].told):
        post(
            kind="request_rescheduled", subject=asked, person=people[part], due_at=due_at, occasion=asked.occasion(now)
        )
