"""Letters to assistants about the times of a leader's meetings, never the place, and to both about who handles them."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from engagements.letters import NotNeeded, other_of
from engagements.models import Assistant, Meeting
from engagements.states import MEETING, AssistantState, MeetingState
from matching.letters import pairing_is
from outbox.kinds import (
    Content,
    Item,
    LetterKind,
    Reader,
    Recipient,
    Scope,
    absolute_url,
    render_email,
    render_item,
)
from outbox.models import Letter, LetterState
from outbox.reasons import LetterReason

ASKED, TOLD = "assistant_asked", "assistant_told"
TAKEN_UP, ENDED = "assistant_taken_up", "assistant_ended"


def _meeting(letter: Letter) -> Meeting | None:
    found = Meeting.objects.select_related("pairing__mentee", "pairing__mentor").defer("place")
    return found.filter(pk=letter.subject_id).first()


def _assistant(letter: Letter, meeting: Meeting) -> Assistant | None:
    """As whose assistant the recipient gets it now: of whoever is asked, else of either; None once it is over."""
    pairing = meeting.pairing
    if letter.person_id in (pairing.mentee_id, pairing.mentor_id):
        return None
    leaders = {pairing.mentee_id, pairing.mentor_id}
    if letter.kind == ASKED:
        leaders -= {meeting.offered_by_id}
    serving = Assistant.objects.serving().filter(person=letter.person_id, leader__in=leaders, emails=True)
    return serving.select_related("leader").order_by("pk").first()


def _still_to_pick(letter: Letter, now: datetime) -> LetterReason | None:
    meeting = _meeting(letter)
    if meeting is None:
        return NotNeeded.MEETING_GONE
    if meeting.pairing.state not in MEETING:
        return pairing_is(meeting.pairing.state)
    if letter.occasion != str(meeting.offers) or not meeting.times_ahead(now):
        return NotNeeded.MEETING_TIMES_CHANGED
    return None if _assistant(letter, meeting) else NotNeeded.ASSISTANT_NO_MORE


def _still_so(letter: Letter, now: datetime) -> LetterReason | None:
    """Whether it is agreed as it was when this was written, or called off after they had been told of it."""
    meeting = _meeting(letter)
    if meeting is None:
        return NotNeeded.MEETING_GONE
    if letter.occasion != str(meeting.sequence):
        return NotNeeded.MEETING_CHANGED
    if meeting.has_begun(now):
        return NotNeeded.MEETING_BEGUN
    if _assistant(letter, meeting) is None:
        return NotNeeded.ASSISTANT_NO_MORE
    if meeting.state == MeetingState.CANCELLED:
        return None if _told_before(letter) else NotNeeded.NEVER_INVITED
    return None if meeting.state == MeetingState.AGREED else NotNeeded.MEETING_CHANGED


def _told_before(letter: Letter) -> bool:
    earlier = Letter.objects.filter(kind=TOLD, subject_id=letter.subject_id, person_id=letter.person_id)
    told = Q(state__in=(LetterState.SENDING, LetterState.SENT)) | Q(doubts__gt=0)
    return earlier.exclude(pk=letter.pk).filter(told).exists()


def _words(letter: Letter) -> dict[str, object]:
    meeting = _meeting(letter)
    assistant = _assistant(letter, meeting) if meeting else None
    assert meeting is not None and assistant is not None  # noqa: S101, PT018 - `still_due` has found both
    return {
        "leader": assistant.leader,
        "other": other_of(meeting.pairing, assistant.leader),
        "meeting": meeting,
        "times": meeting.offered,
        "moved": meeting.starts_at is not None,
        "again": meeting.sequence > 1,
        "ended": meeting.state == MeetingState.CANCELLED,
        "action": absolute_url("engagements:assisted_meeting", assistant=assistant.pk, pk=meeting.pk),
    }


def _render(letter: Letter, recipient: Recipient) -> Content:
    return render_email(letter.kind, _words(letter), recipient)


def _item(letter: Letter, recipient: Recipient) -> Item:
    return render_item(letter.kind, _words(letter), recipient)


def _row(letter: Letter) -> Assistant | None:
    return Assistant.objects.select_related("leader", "person").filter(pk=letter.subject_id).first()


def _still_serves(letter: Letter, _now: datetime) -> LetterReason | None:
    row = _row(letter)
    return None if row and row.state == AssistantState.SERVING else NotNeeded.ASSISTANT_NO_MORE


def _still_over(letter: Letter, _now: datetime) -> LetterReason | None:
    """Unless the same two have begun anew meanwhile."""
    row = _row(letter)
    if row is None:
        return NotNeeded.ASSISTANT_NO_MORE
    anew = Assistant.objects.serving().filter(leader=row.leader_id, person=row.person_id)
    return NotNeeded.ASSISTANT_ANEW if anew.exists() else None


def _render_row(letter: Letter, recipient: Recipient) -> Content:
    row = _row(letter)
    assert row is not None  # noqa: S101 - `still_due` has found it
    for_leader = letter.person_id == row.leader_id
    page = "engagements:assistants" if for_leader else "engagements:assisting"
    other: User | None = row.person if for_leader else row.leader
    context = {"other": other, "mine": for_leader, "since": letter.due_at, "action": absolute_url(page)}
    return render_email(letter.kind, context, recipient)


ASSISTANT = frozenset({Reader.ASSISTANT})
KINDS = (
    LetterKind(
        ASKED,
        _render,
        _still_to_pick,
        scope=Scope.PAIRING,
        readers=ASSISTANT,
        title=_("Times proposed to a leader whom you assist"),
        item=_item,
    ),
    LetterKind(
        TOLD,
        _render,
        _still_so,
        scope=Scope.PAIRING,
        readers=ASSISTANT,
        title=_("Meetings agreed or called off, of a leader whom you assist"),
        item=_item,
    ),
    LetterKind(
        TAKEN_UP,
        _render_row,
        _still_serves,
        scope=Scope.ACCOUNT,
        readers=frozenset({Reader.ANYBODY}),
        contractual=True,
        title=_("Somebody handles your meeting times"),
    ),
    LetterKind(
        ENDED,
        _render_row,
        _still_over,
        scope=Scope.ACCOUNT,
        readers=frozenset({Reader.ANYBODY}),
        contractual=True,
        title=_("Somebody no longer handles your meeting times, or you those of a leader"),
    ),
)
