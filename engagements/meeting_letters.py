"""Letters about meetings: that times are proposed, and what calendars are told. None carries what is spoken about."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.calendar_file import Method, calendar_file
from common.reading import read_in
from engagements.calendar_entries import entry_of
from engagements.letters import NotNeeded, other_of
from engagements.models import Meeting
from engagements.states import MEETING, MeetingState
from matching.letters import pairing_is
from outbox.kinds import PAIR, Content, Item, LetterKind, Recipient, Scope, absolute_url, render_email, render_item
from outbox.models import Letter, LetterState
from outbox.reasons import LetterReason
from outbox.reasons import NotNeeded as Unwanted
from outbox.wire import CalendarPart

PROPOSED, INVITATION, CANCELLED = "meeting_proposed", "meeting_invitation", "meeting_cancelled"


def _meeting(letter: Letter) -> Meeting | None:
    found = Meeting.objects.select_related("pairing__mentee", "pairing__mentor", "pairing__key")
    return found.filter(pk=letter.subject_id).first()


def _still_offered(letter: Letter, now: datetime) -> LetterReason | None:
    meeting = _meeting(letter)
    if meeting is None:
        return NotNeeded.MEETING_GONE
    if meeting.pairing.state not in MEETING:
        return pairing_is(meeting.pairing.state)
    asked = letter.occasion == str(meeting.offers) and meeting.times_ahead(now)
    return None if asked else NotNeeded.MEETING_TIMES_CHANGED


def _still_agreed(letter: Letter, now: datetime) -> LetterReason | None:
    """Whether this is what calendars are to show, and it lies ahead."""
    meeting = _meeting(letter)
    if meeting is None:
        return NotNeeded.MEETING_GONE
    if meeting.state != MeetingState.AGREED or letter.occasion != str(meeting.sequence):
        return NotNeeded.MEETING_CHANGED
    return NotNeeded.MEETING_BEGUN if meeting.has_begun(now) else None


def _still_called_off(letter: Letter, _now: datetime) -> LetterReason | None:
    """Somebody hears that a meeting is off who may have heard of it, or wants no invitations."""
    invited = Letter.objects.filter(kind=INVITATION, subject_id=letter.subject_id, person_id=letter.person_id)
    told = Q(state__in=(LetterState.SENDING, LetterState.SENT)) | Q(doubts__gt=0) | Q(reason=Unwanted.UNSUBSCRIBED)
    return None if invited.filter(told).exists() else NotNeeded.NEVER_INVITED


def _words(letter: Letter) -> dict[str, object]:
    meeting = Meeting.objects.select_related("pairing__mentee", "pairing__mentor", "pairing__key").get(
        pk=letter.subject_id
    )
    return {
        "other": other_of(meeting.pairing, letter.person),
        "meeting": meeting,
        "times": meeting.offered,
        "moved": meeting.starts_at is not None,
        "again": meeting.sequence > 1,
        "ended": meeting.pairing.state not in MEETING,
        "action": absolute_url("engagements:meeting", pk=meeting.pk),
    }


def _render(letter: Letter, recipient: Recipient) -> Content:
    return render_email(letter.kind, _words(letter), recipient)


def _item(letter: Letter, recipient: Recipient) -> Item:
    return render_item(letter.kind, _words(letter), recipient)


def _render_for_calendars(letter: Letter, recipient: Recipient, method: Method) -> Content:
    words = _words(letter)
    meeting = words["meeting"]
    assert isinstance(meeting, Meeting)  # noqa: S101
    assert letter.person is not None  # noqa: S101 - it goes to one of the two
    with read_in(language=recipient.language, zone=recipient.zone):
        entry = entry_of(meeting, letter.person, invitation=True)
    part = CalendarPart(method.value, calendar_file([entry], zone=recipient.zone, method=method))
    return render_email(letter.kind, words, recipient, calendar=part)


def _render_invitation(letter: Letter, recipient: Recipient) -> Content:
    return _render_for_calendars(letter, recipient, Method.REQUEST)


def _render_cancelled(letter: Letter, recipient: Recipient) -> Content:
    return _render_for_calendars(letter, recipient, Method.CANCEL)


KINDS = (
    LetterKind(
        PROPOSED,
        _render,
        _still_offered,
        scope=Scope.PAIRING,
        readers=PAIR,
        title=_("Times proposed to you for a meeting"),
        item=_item,
    ),
    LetterKind(
        INVITATION,
        _render_invitation,
        _still_agreed,
        scope=Scope.PAIRING,
        readers=PAIR,
        title=_("Invitations for your calendar"),
    ),
    LetterKind(
        CANCELLED,
        _render_cancelled,
        _still_called_off,
        scope=Scope.PAIRING,
        readers=PAIR,
        contractual=True,
        title=_("A meeting in your calendar is called off"),
    ),
)
