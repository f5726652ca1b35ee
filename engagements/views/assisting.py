"""What an assistant sees: whom their leaders are to meet and when, and what may be done with those times."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.signed_in import signed_in_user
from common.clock import now as programme_now
from common.errors import Refused, WrongState
from engagements.domain import assistants, assisting, meeting_times, meetings
from engagements.forms.meetings import AssistedProposalForm, TimesForm
from engagements.letters import other_of
from engagements.models import Assistant, Meeting
from engagements.states import OPEN_MEETING_STATES, MeetingState
from engagements.views.meeting_words import on_both_clocks, posted_time
from matching.models import Pairing

USUAL = 60  # minutes


@dataclass(frozen=True, slots=True)
class Conversation:
    """Whom a leader meets, as their assistant sees it: two names, and the times."""

    assistant: Assistant
    pairing: Pairing
    meetings: "list[TimesLine]" = field(default_factory=list)

    @property
    def leader(self) -> User:
        return self.assistant.leader

    @property
    def other(self) -> User:
        return other_of(self.pairing, self.assistant.leader)

    @property
    def may_propose(self) -> bool:
        """Whether no times are proposed already."""
        return not any(each.meeting.state == MeetingState.PROPOSED for each in self.meetings)


@dataclass(frozen=True, slots=True)
class TimesLine:
    """A meeting on the assistant's clock, with the leader's beside it."""

    meeting: Meeting
    when: str
    offered: tuple[tuple[str, str], ...]
    to_pick: bool
    open: bool


def _line(meeting: Meeting, leader: User, me: User, now: datetime) -> TimesLine:
    words = partial(on_both_clocks, me=me, other=leader)
    times = meeting.times_ahead(now)
    return TimesLine(
        meeting=meeting,
        when=words(meeting.starts_at) if meeting.starts_at else "",
        offered=tuple((at.isoformat(), words(at)) for at in times),
        to_pick=bool(times) and meeting.offered_by_id != leader.pk,
        open=meeting.state in OPEN_MEETING_STATES and not meeting.has_begun(now),
    )


def _mine(request: HttpRequest, pk: UUID) -> Assistant:
    """As whose assistant the signed-in person acts; once that is over, it is as missing as one that never was."""
    rows = Assistant.objects.visible_to(signed_in_user(request)).select_related("leader__profile")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """For each leader: what waits for a time, what is agreed, and whom times can be proposed to."""
    user, now = signed_in_user(request), programme_now()
    serving = list(Assistant.objects.visible_to(user).select_related("leader__profile"))
    found = list(assisting.pairings_for(serving))
    by_pairing: dict[UUID, list[Meeting]] = {pairing.pk: [] for pairing in found}
    for meeting in assisting.open_meetings(found):
        if not meeting.has_begun(now):
            by_pairing[meeting.pairing_id].append(meeting)
    leaders = [
        {
            "assistant": row,
            "conversations": [
                Conversation(row, each, [_line(meeting, row.leader, user, now) for meeting in by_pairing[each.pk]])
                for each in found
                if assisting.is_assisted(row, each)
            ],
        }
        for row in serving
    ]
    return render(request, "engagements/assisting/index.html", {"leaders": leaders})


@login_required
@require_POST
def leave(request: HttpRequest, assistant: UUID) -> HttpResponse:
    """Handle this leader's times no longer."""
    row = _mine(request, assistant)
    try:
        assistants.end(assistant=row, user=signed_in_user(request), now=programme_now())
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    else:
        messages.success(
            request, _("You no longer handle the meeting times of %(name)s.") % {"name": row.leader.get_full_name()}
        )
    return redirect("engagements:assisting")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, assistant: UUID, pk: UUID) -> HttpResponse:
    """Propose up to three times in the leader's name."""
    row, now = _mine(request, assistant), programme_now()
    talk = Conversation(row, get_object_or_404(assisting.pairings_for([row]), pk=pk))
    if request.method != "POST" and (waiting := _proposed(talk)):
        return redirect("engagements:assisted_meeting", assistant=row.pk, pk=waiting.pk)
    suggested = _suggested(request, talk, USUAL, now)
    form = AssistedProposalForm(
        request.POST if request.method == "POST" else None, **suggested, initial={"minutes": USUAL}
    )
    if request.method == "POST" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "based_on"}
        user = signed_in_user(request)
        if _done(form, partial(meetings.propose, pairing=talk.pairing, user=user, assistant=row, now=now, **said)):
            return _sent(request, talk)
    return render(request, "engagements/assisting/propose.html", {"talk": talk, "form": form})


def _proposed(talk: Conversation) -> Meeting | None:
    return assisting.open_meetings([talk.pairing]).filter(state=MeetingState.PROPOSED).first()


def _suggested(request: HttpRequest, talk: Conversation, minutes: int, now: datetime) -> dict[str, Any]:
    words = partial(on_both_clocks, me=signed_in_user(request), other=talk.leader)
    found = meeting_times.suggest(pairing=talk.pairing, user=talk.leader, minutes=minutes, now=now)
    return {"suggested": [(at, words(at)) for at in found.times], "words": words}


def _done(form: TimesForm, act: Callable[[], object]) -> bool:
    try:
        act()
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


def _sent(request: HttpRequest, talk: Conversation) -> HttpResponse:
    messages.success(request, _("Sent. %(name)s is asked to pick one.") % {"name": talk.other.get_full_name()})
    return redirect("engagements:assisting")


def _fetch(request: HttpRequest, assistant: UUID, pk: UUID) -> tuple[Meeting, Conversation]:
    row = _mine(request, assistant)
    meeting = get_object_or_404(assisting.meetings_for(row), pk=pk)
    return meeting, Conversation(row, meeting.pairing)


@login_required
@require_safe
def detail(request: HttpRequest, assistant: UUID, pk: UUID) -> HttpResponse:
    """One meeting: its times, and what may be done with them."""
    meeting, talk = _fetch(request, assistant, pk)
    line = _line(meeting, talk.leader, signed_in_user(request), programme_now())
    return render(request, "engagements/assisting/meeting.html", {"talk": talk, "line": line})


@login_required
@require_POST
def accept(request: HttpRequest, assistant: UUID, pk: UUID) -> HttpResponse:
    """Pick one of the times proposed to the leader."""
    meeting, talk = _fetch(request, assistant, pk)
    at, user = posted_time(request), signed_in_user(request)
    if at is None:
        return redirect("engagements:assisted_meeting", assistant=assistant, pk=pk)
    try:
        meetings.accept(meeting=meeting, user=user, assistant=talk.assistant, starts_at=at, now=programme_now())
    except Refused as refused:
        meeting.refresh_from_db(fields=["state", "starts_at"])
        if meeting.state != MeetingState.AGREED or meeting.starts_at != at:
            messages.warning(request, str(refused.sentence))
    else:
        when = on_both_clocks(at, user, talk.leader)
        messages.success(
            request,
            _("Agreed: %(when)s. Both get an invitation by e-mail, unless they have stopped these.") % {"when": when},
        )
    return redirect("engagements:assisted_meeting", assistant=assistant, pk=pk)


@login_required
@require_POST
def keep(request: HttpRequest, assistant: UUID, pk: UUID) -> HttpResponse:
    """Leave it at the time agreed on."""
    meeting, talk = _fetch(request, assistant, pk)
    try:
        meetings.keep(meeting=meeting, user=signed_in_user(request), assistant=talk.assistant, now=programme_now())
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    else:
        messages.success(request, _("It stays at the time agreed on."))
    return redirect("engagements:assisted_meeting", assistant=assistant, pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offer_others(request: HttpRequest, assistant: UUID, pk: UUID) -> HttpResponse:
    """Propose other times in the leader's name, also for a meeting that is agreed."""
    (meeting, talk), now = _fetch(request, assistant, pk), programme_now()
    user = signed_in_user(request)
    line = _line(meeting, talk.leader, user, now)
    if request.method != "POST" and not line.open:
        return _not_any_more(request, assistant, pk)
    form = TimesForm(
        request.POST if request.method == "POST" else None,
        **_suggested(request, talk, meeting.minutes, now),
        initial={"based_on": meeting.offers},
    )
    if request.method == "POST" and form.is_valid():
        act = partial(meetings.offer_others, meeting=meeting, user=user, assistant=talk.assistant, now=now)
        if _done(form, partial(act, **form.cleaned_data)):
            return _sent(request, talk)
    return render(request, "engagements/assisting/other_times.html", {"talk": talk, "form": form, "line": line})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, assistant: UUID, pk: UUID) -> HttpResponse:
    """Ask once more, then call it off in the leader's name."""
    (meeting, talk), now = _fetch(request, assistant, pk), programme_now()
    user = signed_in_user(request)
    line = _line(meeting, talk.leader, user, now)
    if request.method == "POST":
        try:
            meetings.cancel(meeting=meeting, user=user, assistant=talk.assistant, now=now)
        except Refused as refused:
            meeting.refresh_from_db(fields=["state"])
            if meeting.state != MeetingState.CANCELLED:
                messages.warning(request, str(refused.sentence))
        else:
            messages.success(request, _("Called off."))
        return redirect("engagements:assisting")
    if not line.open:
        return _not_any_more(request, assistant, pk)
    return render(request, "engagements/assisting/cancel.html", {"talk": talk, "line": line})


def _not_any_more(request: HttpRequest, assistant: UUID, pk: UUID) -> HttpResponse:
    messages.info(request, str(WrongState().sentence))
    return redirect("engagements:assisted_meeting", assistant=assistant, pk=pk)
