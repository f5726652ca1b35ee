"""Noting that the two have met, or taking that back; with check-ins after each meeting, that plans the next one."""

from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.calendars import calendar_with_absences, local_day
from accounts.models import User
from common.errors import Refused, WrongState
from common.models import Event
from common.transactions import atomically
from engagements.cadence import Unit
from engagements.domain import check_in_planning
from engagements.models import CheckIn, Meeting
from engagements.states import ASKING, CheckInState
from matching.domain import locks
from matching.domain.parties import part_of
from matching.models import Pairing
from matching.states import PairingState

# Two who remember different days mean the same conversation.
THE_SAME = timedelta(days=3)
# A slip of the finger is noticed soon; what is older has become history.
TAKEN_BACK_WITHIN = timedelta(days=1)


@atomically
def note(*, pairing: Pairing, user: User, held_on: date, now: datetime) -> Meeting:
    """Note that the two met on `held_on`; noting the same day twice is once.

    With check-ins after each meeting, both sides are asked on the next morning, and what was planned before is taken
    back. Raises `NotPermitted`, `WrongState` unless the pairing is at work, `Refused` for a day outside it.
    """
    locked = locks.pairing(pairing.pk)
    actor = part_of(locked, user)
    if locked.state not in ASKING:
        raise WrongState
    _check_day(locked, held_on, local_day(now, calendar_with_absences(user)))
    meeting, made = Meeting.objects.get_or_create(
        pairing=locked, held_on=held_on, defaults={"noted_by": user, "noted_at": now}
    )
    if made:
        Event.record(verb="note_meeting", subject=locked, actor=actor, now=now, user=user)
        if _is_news(locked, meeting):
            check_in_planning.cancel_future(pairing=locked, now=now)
            check_in_planning.plan(pairing=locked, met=held_on, now=now)
    return meeting


def retractable(*, pairing: Pairing, user: User, now: datetime) -> QuerySet[Meeting]:
    """What `user` may still take back: noted within a day, and no check-in has been asked for since."""
    asked = CheckIn.objects.exclude(state=CheckInState.CANCELLED).filter(
        pairing=OuterRef("pairing"), due_at__gt=OuterRef("noted_at"), due_at__lte=now
    )
    mine = pairing.meetings.filter(~Exists(asked), noted_by=user, noted_at__gt=now - TAKEN_BACK_WITHIN)
    return mine if pairing.state in ASKING else mine.none()


@atomically
def take_back(*, meeting: Meeting, user: User, now: datetime) -> None:
    """The two did not meet then. What was planned from it is planned anew, from today, as without that meeting.

    Raises `NotPermitted`, or `WrongState` for what is not `retractable` any more.
    """
    locked = locks.pairing(meeting.pairing_id)
    actor = part_of(locked, user)
    row = retractable(pairing=locked, user=user, now=now).filter(pk=meeting.pk).first()
    if row is None:
        raise WrongState
    was_news = _is_news(locked, row)
    row.delete()
    Event.record(verb="take_back_meeting", subject=locked, actor=actor, now=now, user=user)
    if was_news:
        check_in_planning.cancel_future(pairing=locked, now=now)
        check_in_planning.plan(pairing=locked, now=now)


def _check_day(pairing: Pairing, held_on: date, today: date) -> None:
    if held_on > today:
        raise Refused(_("This day is still ahead. Note the meeting once you have met."), field="held_on", code="ahead")
    if pairing.activated_at is None or held_on < pairing.activated_at.date() - timedelta(days=1):
        raise Refused(_("Your pairing had not begun by then."), field="held_on", code="before")


def _is_news(pairing: Pairing, meeting: Meeting) -> bool:
    """Whether a check-in follows from it."""
    if pairing.state != PairingState.ACTIVE or check_in_planning.cadence_of(pairing).unit != Unit.MEETING:
        return False
    noted = pairing.meetings.exclude(pk=meeting.pk).filter(held_on__gte=meeting.held_on - THE_SAME)
    return not noted.exists()
