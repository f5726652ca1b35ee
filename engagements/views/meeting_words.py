"""Meetings in words: moments on both clocks, and what a meeting waits for."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.calendars import calendar_of, local_day
from accounts.models import User
from common import dates
from common.zones import zone_named
from engagements.domain.meeting_outcomes import correctable_until, may_say
from engagements.domain.pairing_status import PairingStatus
from engagements.models import Meeting
from engagements.models.meetings import Absent
from engagements.states import OPEN_MEETING_STATES, MeetingState


def on_both_clocks(at: datetime, me: User, other: User) -> str:
    """ "Thursday 3 December, 14:00 (09:00 for Tomas)"; once where both clocks agree."""
    mine, theirs = (at.astimezone(zone_named(calendar_of(person).zone)) for person in (me, other))
    words = dates.moment(at)
    if mine.utcoffset() == theirs.utcoffset():
        return words
    there = theirs.replace(tzinfo=None)
    name = {"name": other.get_short_name()}
    if local_day(at, calendar_of(me)) == there.date():  # a line breaks before what stands in brackets, not within
        return _("%(mine)s (%(time)s\u00a0for\u00a0%(name)s)") % {"mine": words, "time": f"{there:%H:%M}", **name}
    theirs_in_words = dates.moment(there)
    return _("%(mine)s (%(theirs)s for %(name)s)") % {"mine": words, "theirs": theirs_in_words, **name}


def posted_time(request: HttpRequest) -> datetime | None:
    """The moment that a button beside a time sends; None for anything else."""
    try:
        found = parse_datetime(request.POST.get("starts_at", ""))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting as one of the two sees it: where it stands, its times, and what they may do with it now."""

    meeting: Meeting
    when: str
    offered: tuple[tuple[str, str], ...]
    offered_to_me: bool
    place: str
    ahead: bool
    may_say: bool
    outcome: str
    handled: str


def line(meeting: Meeting, status: PairingStatus, now: datetime) -> MeetingLine:
    """How it is shown to `status.me`."""
    meeting.pairing = status.pairing
    me, other = status.me, status.other
    times = meeting.times_ahead(now)
    return MeetingLine(
        meeting=meeting,
        when=on_both_clocks(meeting.starts_at, me, other) if meeting.starts_at else "",
        offered=tuple((at.isoformat(), on_both_clocks(at, me, other)) for at in times),
        offered_to_me=bool(times) and meeting.offered_by_id != me.pk,
        place=meeting.words_of("place"),
        ahead=meeting.state == MeetingState.AGREED and not meeting.has_begun(now),
        may_say=may_say(meeting, now),
        outcome=outcome(meeting, status),
        handled=handled(meeting, status),
    )


def handled(meeting: Meeting, status: PairingStatus) -> str:
    """That an assistant acted on it last, and for whom; empty where one of the two did. The names are read with the
    meetings, or by `assisting.name_handlers`.
    """
    assistant = meeting.handled if meeting.state in {*OPEN_MEETING_STATES, MeetingState.CANCELLED} else None
    if assistant is None:
        return ""
    if meeting.state == MeetingState.CANCELLED:
        for_me, for_other = _("Called off by %(name)s for you"), _("Called off by %(name)s for %(leader)s")
    elif meeting.offered:
        for_me, for_other = _("Proposed by %(name)s for you"), _("Proposed by %(name)s for %(leader)s")
    else:
        for_me, for_other = _("Arranged by %(name)s for you"), _("Arranged by %(name)s for %(leader)s")
    words = for_me if assistant.leader_id == status.me.pk else for_other
    return words % {"name": assistant.shown_name, "leader": assistant.leader.get_short_name()}


def outcome(meeting: Meeting, status: PairingStatus) -> str:
    """What was said of it, and by whom; empty while nothing was."""
    by_me = meeting.noted_by_id == status.me.pk
    name = status.other.get_short_name()
    if meeting.state == MeetingState.HELD:
        return _("You met, as you noted") if by_me else _("You met, as %(name)s noted") % {"name": name}
    if meeting.state == MeetingState.MISSED:
        sentence = _absent(meeting, status) % {"name": name}
        by = _("as you noted") if by_me else _("as %(name)s noted") % {"name": name}
        return _("%(sentence)s, %(by)s") % {"sentence": sentence, "by": by}
    if meeting.state == MeetingState.PASSED:
        return _("Nobody noted whether you met")
    return ""


def _absent(meeting: Meeting, status: PairingStatus) -> str:
    if meeting.absent == Absent.BOTH:
        return _("It suited neither of you that day")
    if meeting.absent == status.side.value:
        return _("You could not be there")
    return _("%(name)s could not be there")


def correctable(meeting: Meeting, now: datetime) -> datetime | None:
    """Until when what was said may still be corrected; None when it may not."""
    until = correctable_until(meeting)
    return until if until is not None and now <= until else None
