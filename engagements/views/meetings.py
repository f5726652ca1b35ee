"""Planning a meeting: proposing times, picking one, proposing others, calling it off, and where it is."""

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

from accounts.signed_in import signed_in_user
from common.clock import now as programme_now
from common.errors import Refused, WrongState
from engagements.domain import meeting_times, meetings
from engagements.domain.assisting import name_handlers
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.meetings import PlaceForm, ProposalForm, TimesForm
from engagements.models import Meeting
from engagements.states import MEETING, OPEN_MEETING_STATES, MeetingState
from engagements.views.fetch import pairing_status_of
from engagements.views.meeting_words import correctable, line, on_both_clocks, posted_time
from matching.states import PairingState

FIRST, USUAL = 30, 60  # minutes


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose up to three times to the other side, from those suggested or typed."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    if request.method != "POST":
        if waiting := next((each for each in status.meetings if each.state == MeetingState.PROPOSED), None):
            return redirect("engagements:meeting", pk=waiting.pk)
        if status.pairing.state not in MEETING:
            messages.info(request, str(WrongState().sentence))
            return redirect("engagements:pairing", pk=pk)
    minutes = usual_minutes(status)
    form = proposal_form(status, now, request.POST if request.method == "POST" else None, minutes=minutes)
    if request.method == "POST" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "based_on"}
        try:
            meetings.propose(pairing=status.pairing, user=status.me, now=now, **said)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("Sent. %(name)s is asked to pick one.") % {"name": status.other.get_short_name()}
            )
            return redirect("engagements:pairing", pk=pk)
    return render(
        request, "engagements/meetings/propose.html", {"status": status, "form": form, "first": _is_first(status)}
    )


def usual_minutes(status: PairingStatus) -> int:
    """How long a meeting is unless they say otherwise."""
    return FIRST if _is_first(status) else USUAL


def _is_first(status: PairingStatus) -> bool:
    return status.pairing.state == PairingState.INTRODUCED


def proposal_form(status: PairingStatus, now: datetime, data: Any = None, *, minutes: int) -> ProposalForm:
    """The form with times suggested for so many minutes."""
    return ProposalForm(
        data, suggested=_suggested(status, minutes, now), words=_words(status), initial={"minutes": minutes}
    )


def _words(status: PairingStatus) -> Any:
    return partial(on_both_clocks, me=status.me, other=status.other)


def _suggested(status: PairingStatus, minutes: int, now: datetime) -> list[tuple[datetime, str]]:
    found = meeting_times.suggest(pairing=status.pairing, user=status.me, minutes=minutes, now=now)
    return [(at, on_both_clocks(at, status.me, status.other)) for at in found.times]


def _fetch(request: HttpRequest, pk: UUID, now: datetime) -> tuple[Meeting, PairingStatus]:
    """A meeting of the signed-in person with its pairing; anybody else's is missing."""
    meeting = get_object_or_404(Meeting.objects.visible_to(signed_in_user(request)), pk=pk)
    status = pairing_status_of(request, meeting.pairing_id, now)
    meeting.pairing = status.pairing
    name_handlers([meeting])
    return meeting, status


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One meeting: the times to pick from, when and where it is, and what may be done with it."""
    now = programme_now()
    meeting, status = _fetch(request, pk, now)
    context = {
        "status": status,
        "line": line(meeting, status, now),
        "open": meeting.state in OPEN_MEETING_STATES and not meeting.has_begun(now),
        "correctable": correctable(meeting, now),
        "place_form": _place_form(meeting) if meeting.state in OPEN_MEETING_STATES else None,
    }
    return render(request, "engagements/meetings/detail.html", context)


@login_required
@require_POST
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Pick one of the times proposed, from the buttons beside them."""
    now = programme_now()
    meeting, status = _fetch(request, pk, now)
    at = posted_time(request)
    if at is None:
        return redirect("engagements:meeting", pk=pk)
    try:
        meetings.accept(meeting=meeting, user=status.me, starts_at=at, now=now)
    except Refused as refused:
        return _told(request, meeting, at, refused)
    words = on_both_clocks(at, status.me, status.other)
    messages.success(
        request,
        _("Agreed: %(when)s. The invitation goes to both of you, unless one of you has stopped these.")
        % {"when": words},
    )
    return redirect("engagements:pairing", pk=meeting.pairing_id)


def _told(request: HttpRequest, meeting: Meeting, at: datetime, refused: Refused) -> HttpResponse:
    """Why it was refused; nothing where it had been done already, by a second click or from another page."""
    meeting.refresh_from_db()
    if meeting.state != MeetingState.AGREED or meeting.starts_at != at:
        messages.warning(request, str(refused.sentence))
    return redirect("engagements:meeting", pk=meeting.pk)


@login_required
@require_POST
def keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Leave it at the time agreed on."""
    meeting, status = _fetch(request, pk, programme_now())
    try:
        meetings.keep(meeting=meeting, user=status.me, now=programme_now())
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    else:
        messages.success(request, _("It stays at the time agreed on."))
    return redirect("engagements:meeting", pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offer_others(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose other times in place of those that wait, or another one for a meeting that is agreed."""
    now = programme_now()
    meeting, status = _fetch(request, pk, now)
    if request.method != "POST" and (meeting.state not in OPEN_MEETING_STATES or meeting.has_begun(now)):
        messages.info(request, str(WrongState().sentence))
        return redirect("engagements:meeting", pk=pk)
    form = TimesForm(
        request.POST if request.method == "POST" else None,
        suggested=_suggested(status, meeting.minutes, now),
        words=_words(status),
        initial={"based_on": meeting.offers},
    )
    if request.method == "POST" and form.is_valid():
        try:
            meetings.offer_others(meeting=meeting, user=status.me, now=now, **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
            meeting.refresh_from_db()
        else:
            messages.success(
                request, _("Sent. %(name)s is asked to pick one.") % {"name": status.other.get_short_name()}
            )
            return redirect("engagements:meeting", pk=pk)
    context = {"status": status, "form": form, "line": line(meeting, status, now)}
    return render(request, "engagements/meetings/other_times.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask once more, then call it off. A second click finds it called off, and says nothing."""
    now = programme_now()
    meeting, status = _fetch(request, pk, now)
    if request.method == "POST":
        try:
            meetings.cancel(meeting=meeting, user=status.me, now=now)
        except Refused as refused:
            meeting.refresh_from_db()
            if meeting.state != MeetingState.CANCELLED:
                messages.warning(request, str(refused.sentence))
        else:
            messages.success(request, _("Called off."))
        return redirect("engagements:pairing", pk=meeting.pairing_id)
    if meeting.state not in OPEN_MEETING_STATES or meeting.has_begun(now):
        messages.info(request, str(WrongState().sentence))
        return redirect("engagements:meeting", pk=pk)
    return render(request, "engagements/meetings/cancel.html", {"status": status, "line": line(meeting, status, now)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say where the two meet, or by what link."""
    now = programme_now()
    meeting, status = _fetch(request, pk, now)
    if request.method != "POST":
        return redirect("engagements:meeting", pk=pk)
    form = _place_form(meeting, request.POST)
    if form.is_valid():
        try:
            meetings.set_place(meeting=meeting, user=status.me, now=now, **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. You both see it on this page."))
            return redirect("engagements:meeting", pk=pk)
    context = {"status": status, "form": form, "line": line(meeting, status, now)}
    return render(request, "engagements/meetings/place.html", context)


def _place_form(meeting: Meeting, data: Any = None) -> PlaceForm:
    stored = {"place": meeting.words_of("place", instead=""), "in_invitation": meeting.place_in_invitation}
    return PlaceForm(data, initial=stored)
