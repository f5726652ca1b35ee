"""Whether a meeting took place, said by either side; with check-ins after each meeting, that plans the next one."""

from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.calendars import calendar_with_absences, local_day, today_of
from accounts.models import User
from common.errors import Refused, WrongState
from common.models import Event
from common.prepared import prepared
from common.sweeps import for_each
from common.transactions import atomically
from common.transitions import Actor, next_state
from engagements.cadence import Unit
from engagements.domain import check_in_planning, meetings
from engagements.models import CheckIn, Meeting
from engagements.models.meetings import Absent
from engagements.states import ASKING, MEETING_TRANSITIONS, CheckInState, MeetingState
from matching.domain import locks
from matching.domain.parties import part_of
from matching.models import Pairing
from matching.states import PairingState

# Two who remember different days mean the same conversation.
THE_SAME = timedelta(days=3)
# A slip of the finger is noticed soon; what is older has become history.
TAKEN_BACK_WITHIN = timedelta(days=1)
CORRECTABLE_FOR = timedelta(days=7)  # after it was said whether it took place
SAID_WITHIN = timedelta(days=14)  # after its time; then it counts as passed


@atomically
def hold(*, meeting: Meeting, user: User, now: datetime) -> Meeting:
    """The agreed meeting took place. Either side says so, and may correct what was said for a week.

    Raises `NotPermitted`, `WrongState`, and `Refused` before its time and when it is too late.
    """
    actor, row = _locked(meeting, user, now)
    row.state = next_state(MEETING_TRANSITIONS, "hold", row.state, actor)
    _note(row, user, now, held_on=local_day(row.span()[0], calendar_with_absences(row.pairing.mentee)))
    _record("hold", row, actor, user, now)
    _plan_from(row, now)
    return row


@atomically
def miss(*, meeting: Meeting, user: User, absent: str, now: datetime) -> Meeting:
    """The agreed meeting did not take place; `absent` says who was not there.

    Raises `NotPermitted`, `WrongState`, and `Refused` before its time and when it is too late.
    """
    actor, row = _locked(meeting, user, now)
    if absent not in Absent.values:
        raise Refused(_("Please say who could not be there."), field="outcome", code="absent")
    was_news = row.state == MeetingState.HELD and _is_news(row.pairing, row) and not _asked_since(row, now)
    row.state = next_state(MEETING_TRANSITIONS, "miss", row.state, actor)
    _note(row, user, now, absent=absent)
    _record("miss", row, actor, user, now)
    if was_news:
        _plan_anew(row.pairing, now)
    return row


@atomically
def note(*, pairing: Pairing, user: User, held_on: date, now: datetime) -> Meeting:
    """Note that the two met on `held_on`; noting the same day twice is once, and one agreed for that day was held.

    With check-ins after each meeting, both sides are asked on the next morning, and what was planned before is taken
    back. Raises `NotPermitted`, `WrongState` unless the pairing is at work, `Refused` for a day outside it.
    """
    locked = locks.pairing(pairing.pk)
    actor = part_of(locked, user)
    if locked.state not in ASKING:
        raise WrongState
    _check_day(locked, held_on, today_of(user, now))
    if held := locked.meetings.filter(held_on=held_on).first():
        return held
    if agreed := _agreed_for(locked, held_on, now):
        return hold(meeting=agreed, user=user, now=now)
    meeting = Meeting(pairing=locked, state=MeetingState.HELD, changed_at=now)
    _note(meeting, user, now, held_on=held_on)
    _record("note", meeting, actor, user, now)
    _plan_from(meeting, now)
    return meeting


def _agreed_for(pairing: Pairing, day: date, now: datetime) -> Meeting | None:
    where = calendar_with_absences(pairing.mentee)
    begun = pairing.meetings.filter(state=MeetingState.AGREED, starts_at__lte=now)
    return next((meeting for meeting in begun if local_day(meeting.span()[0], where) == day), None)


def retractable(*, pairing: Pairing, user: User, now: datetime) -> list[Meeting]:
    """What `user` may still take back: noted within a day, and no check-in has been asked for since."""
    if pairing.state not in ASKING:
        return []
    return _noted(pairing=pairing.pk, user=user.pk, since=now - TAKEN_BACK_WITHIN, now=now)


@prepared
def _noted(*, pairing: UUID, user: UUID, since: datetime, now: datetime) -> QuerySet[Meeting]:
    """Noted by `user` since then, before any check-in that has been asked for by now."""
    noted = Meeting.objects.filter(pairing=pairing, state=MeetingState.HELD, starts_at__isnull=True, noted_by=user)
    return noted.filter(~Exists(_asked(now)), noted_at__gt=since)


def _asked(now: datetime) -> QuerySet[CheckIn]:
    return CheckIn.objects.exclude(state=CheckInState.CANCELLED).filter(
        pairing=OuterRef("pairing"), due_at__gt=OuterRef("noted_at"), due_at__lte=now
    )


def _asked_since(meeting: Meeting, now: datetime) -> bool:
    return Meeting.objects.filter(Exists(_asked(now)), pk=meeting.pk).exists()


@atomically
def take_back(*, meeting: Meeting, user: User, now: datetime) -> None:
    """The two did not meet then. What was planned from it is planned anew, from today, as without that meeting.

    Raises `NotPermitted`, or `WrongState` for what is not `retractable` any more.
    """
    locked = locks.pairing(meeting.pairing_id)
    actor = part_of(locked, user)
    mine = retractable(pairing=locked, user=user, now=now)
    row = next((each for each in mine if each.pk == meeting.pk), None)
    if row is None:
        raise WrongState
    row.pairing = locked
    was_news = _is_news(locked, row)
    row.state, row.held_on = next_state(MEETING_TRANSITIONS, "take_back", row.state, actor), None
    row.save()
    _record("take_back", row, actor, user, now)
    if was_news:
        _plan_anew(locked, now)


def correctable_until(meeting: Meeting) -> datetime | None:
    """Until when what was said of an agreed meeting may be corrected; None for any other."""
    if meeting.state not in {MeetingState.HELD, MeetingState.MISSED} or not meeting.starts_at or not meeting.noted_at:
        return None
    return meeting.noted_at + CORRECTABLE_FOR


def may_say(meeting: Meeting, now: datetime) -> bool:
    """Whether it can be said now whether the meeting took place, for the first time or as a correction."""
    if not meeting.has_begun(now) or not meeting.pairing.is_open:
        return False
    until = correctable_until(meeting)
    return meeting.state in {MeetingState.AGREED, MeetingState.PASSED} or (until is not None and now <= until)


def sweep(*, now: datetime) -> None:
    """What nobody spoke of has passed, and a proposal whose times are all over is taken off."""
    silent = Meeting.objects.filter(state=MeetingState.AGREED, starts_at__lte=now - SAID_WITHIN)
    proposed = Meeting.objects.filter(state=MeetingState.PROPOSED)
    over = {pk for pk, offered in proposed.values_list("pk", "offered") if max(offered) <= now}
    for_each([*silent.values_list("pk", flat=True), *over], partial(_close, now=now))


def _close(meeting_id: UUID, now: datetime) -> None:
    pairing_id = Meeting.objects.values_list("pairing", flat=True).get(pk=meeting_id)
    with transaction.atomic():
        pairing = locks.pairing(pairing_id)
        row = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_id)
        row.pairing = pairing
        if row.state == MeetingState.AGREED and row.span()[0] <= now - SAID_WITHIN:
            meetings.pass_by(row, Actor.CLOCK, now)
        elif row.state == MeetingState.PROPOSED and not row.times_ahead(now):
            meetings.lapse(row, now)


def _locked(meeting: Meeting, user: User, now: datetime) -> tuple[Actor, Meeting]:
    pairing = locks.pairing(meeting.pairing_id)
    actor = part_of(pairing, user)
    row = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    row.pairing = pairing
    if not pairing.is_open or row.starts_at is None:
        raise WrongState
    if not row.has_begun(now):
        raise Refused(_("This meeting is still ahead."), code="ahead")
    until = correctable_until(row)
    if until is not None and now > until:
        raise Refused(_("What was said of a meeting can be corrected for a week."), code="too_late")
    return actor, row


def _note(meeting: Meeting, user: User, now: datetime, *, held_on: date | None = None, absent: str = "") -> None:
    meeting.offered, meeting.offered_by = [], None
    meeting.held_on, meeting.absent = held_on, absent
    meeting.noted_by, meeting.noted_at = user, now
    meeting.save()


def _check_day(pairing: Pairing, held_on: date, today: date) -> None:
    if held_on > today:
        raise Refused(_("This day is still ahead. Note the meeting once you have met."), field="held_on", code="ahead")
    if pairing.activated_at is None or held_on < pairing.activated_at.date() - timedelta(days=1):
        raise Refused(_("Your pairing had not begun by then."), field="held_on", code="before")


def _is_news(pairing: Pairing, meeting: Meeting) -> bool:
    """Whether a check-in follows from it."""
    if meeting.held_on is None or pairing.state != PairingState.ACTIVE:
        return False
    if check_in_planning.cadence_of(pairing).unit != Unit.MEETING:
        return False
    noted = pairing.meetings.exclude(pk=meeting.pk).filter(held_on__gte=meeting.held_on - THE_SAME)
    return not noted.exists()


def _plan_from(meeting: Meeting, now: datetime) -> None:
    if _is_news(meeting.pairing, meeting):
        check_in_planning.cancel_future(pairing=meeting.pairing, now=now)
        check_in_planning.plan(pairing=meeting.pairing, met=meeting.held_on, now=now)


def _plan_anew(pairing: Pairing, now: datetime) -> None:
    check_in_planning.cancel_future(pairing=pairing, now=now)
    check_in_planning.plan(pairing=pairing, now=now)


def _record(verb: str, meeting: Meeting, actor: Actor, user: User, now: datetime) -> None:
    Event.record(verb=verb, subject=meeting, actor=actor, now=now, user=user)


def held_since_last_answer(check_in: CheckIn) -> bool:
    """Whether a meeting has taken place since the same side last answered a check-in."""
    answered = CheckIn.objects.filter(
        pairing=check_in.pairing_id, side=check_in.side, round__lt=check_in.round, state=CheckInState.ANSWERED
    )
    last = answered.order_by("-round").values("day")[:1]
    held = Meeting.objects.held().filter(pairing=check_in.pairing_id)
    return held.filter(Q(held_on__gte=Subquery(last)) | ~Exists(answered)).exists()
