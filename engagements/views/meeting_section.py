"""The meetings on the pairing's page."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from engagements.domain import meeting_outcomes
from engagements.domain.pairing_status import PairingStatus
from engagements.models import Meeting
from engagements.states import ASKING, MEETING, OPEN_MEETING_STATES, MeetingState
from engagements.views.meeting_words import MeetingLine, correctable, line, outcome
from engagements.views.meetings import proposal_form, usual_minutes
from engagements.views.timeline import at_noon
from matching.states import PairingState


def section(status: PairingStatus, meetings: list[Meeting], now: datetime) -> dict[str, Any]:
    """What the section shows: what waits for an answer, what is agreed, what is to be noted, and what may be done."""
    spoken_of = [meeting for meeting in meetings if meeting.state in OPEN_MEETING_STATES or correctable(meeting, now)]
    lines = [line(meeting, status, now) for meeting in spoken_of]
    asking = status.pairing.state in MEETING
    waiting = [each for each in lines if each.meeting.state == MeetingState.PROPOSED]
    return {
        "offered": [each for each in lines if each.offered_to_me],
        "waiting": [each for each in lines if each.offered and not each.offered_to_me],
        "agreed": [each for each in lines if each.ahead],
        "to_note": [each for each in lines if each.meeting.state == MeetingState.AGREED and each.may_say],
        "correctable": [each for each in lines if _lately_noted(each)],
        "may_propose": asking and not waiting,
        "may_note": status.pairing.state in ASKING,
        "retractable": meeting_outcomes.retractable(pairing=status.pairing, user=status.me, now=now),
        "first": _first(status, meetings, now),
    }


def _lately_noted(each: MeetingLine) -> bool:
    return each.may_say and each.meeting.state in {MeetingState.HELD, MeetingState.MISSED}


def _first(status: PairingStatus, meetings: list[Meeting], now: datetime) -> Any:
    """A form that proposes times for the first conversation at once; None where there is nothing to propose."""
    if status.pairing.state != PairingState.INTRODUCED or any(_counts(meeting) for meeting in meetings):
        return None
    minutes = usual_minutes(status)
    form = proposal_form(status, now, minutes=minutes)
    if "times" not in form.fields:
        return None
    form.fields["times"].required = True  # there is nothing else to fill in here
    return {"form": form, "minutes": minutes}


def _counts(meeting: Meeting) -> bool:
    return meeting.state != MeetingState.CANCELLED


def coming_lines(status: PairingStatus, now: datetime) -> list[dict[str, Any]]:
    """The meetings agreed on, as lines of a timeline."""
    text = _("You speak with %(name)s") % {"name": status.other.get_short_name()}
    return [
        {"when": meeting.starts_at, "text": text, "tone": "ahead"}
        for meeting in status.meetings
        if meeting.state == MeetingState.AGREED and not meeting.has_begun(now)
    ]


def _when(meeting: Meeting) -> datetime:
    """Its time, or the day it was noted for."""
    return at_noon(meeting.held_on) if meeting.starts_at is None and meeting.held_on else meeting.span()[0]


def _address(meeting: Meeting) -> str:
    """The page of one that was agreed; one that was only noted has nothing more to say."""
    return reverse("engagements:meeting", args=[meeting.pk]) if meeting.starts_at else ""


def past_lines(status: PairingStatus, meetings: list[Meeting]) -> list[dict[str, Any]]:
    """What was said of meetings, each at its time or on its day."""
    return [
        {"when": _when(meeting), "text": words, "href": _address(meeting)}
        for meeting in meetings
        if (words := outcome(meeting, status))
    ]
