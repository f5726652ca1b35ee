"""Whether the two have met: said of an agreed meeting, or noted afterwards, and taken back."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import signed_in_user
from common.clock import now as programme_now
from common.dates import long_day
from common.errors import Refused, WrongState
from engagements.cadence import Unit
from engagements.domain import meeting_outcomes
from engagements.domain.assisting import name_handlers
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.meetings import MeetingForm, OutcomeForm
from engagements.models import Meeting
from engagements.states import ASKING, MeetingState
from engagements.views.fetch import pairing_status_of
from engagements.views.meeting_words import line


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask whether an agreed meeting took place, and who could not be there."""
    now = programme_now()
    meeting = get_object_or_404(Meeting.objects.visible_to(signed_in_user(request)), pk=pk)
    status = pairing_status_of(request, meeting.pairing_id, now)
    meeting.pairing = status.pairing
    name_handlers([meeting])
    if request.method != "POST" and not meeting_outcomes.may_say(meeting, now):
        messages.info(request, str(WrongState().sentence))
        return redirect("engagements:meeting", pk=pk)
    said = {MeetingState.HELD.value: OutcomeForm.HELD}.get(meeting.state, meeting.absent)
    form = OutcomeForm(
        request.POST if request.method == "POST" else None,
        mine=status.side.value,
        name=status.other.get_short_name(),
        initial={"outcome": said},
    )
    if request.method == "POST" and form.is_valid():
        try:
            _say(meeting, status, form.cleaned_data["outcome"])
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _noted(pairing_status_of(request, meeting.pairing_id, now)))
            return redirect("engagements:pairing", pk=meeting.pairing_id)
    context = {"status": status, "form": form, "line": line(meeting, status, now)}
    return render(request, "engagements/meetings/outcome.html", context)


def _say(meeting: Meeting, status: PairingStatus, outcome: str) -> None:
    if outcome == OutcomeForm.HELD:
        meeting_outcomes.hold(meeting=meeting, user=status.me, now=programme_now())
    else:
        meeting_outcomes.miss(meeting=meeting, user=status.me, absent=outcome, now=programme_now())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the day, today at first; afterwards the pairing's page shows it."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    if request.method != "POST":
        if status.pairing.state not in ASKING:
            messages.info(request, str(WrongState().sentence))
            return redirect("engagements:pairing", pk=pk)
        return _page(request, status, MeetingForm(initial={"held_on": timezone.localtime(now).date()}))
    form = MeetingForm(request.POST)
    if form.is_valid():
        try:
            meeting_outcomes.note(pairing=status.pairing, user=status.me, now=now, **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _noted(pairing_status_of(request, pk, now)))
            return redirect("engagements:pairing", pk=pk)
    return _page(request, status, form)


@login_required
@require_POST
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back what I have noted myself; anything else is missing."""
    user = signed_in_user(request)
    meeting = get_object_or_404(Meeting, pk=pk, noted_by=user)
    try:
        meeting_outcomes.take_back(meeting=meeting, user=user, now=programme_now())
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    else:
        messages.success(request, _("Taken back."))
    return redirect("engagements:pairing", pk=meeting.pairing_id)


def _noted(status: PairingStatus) -> str:
    if after_each(status) and status.coming:
        return _("Noted. You are both asked how it goes on %(day)s.") % {"day": long_day(status.coming.due_at)}
    return _("Noted.")


def after_each(status: PairingStatus) -> bool:
    """Whether a check-in follows each meeting."""
    return status.agreement is not None and status.agreement.cadence.unit == Unit.MEETING


def _page(request: HttpRequest, status: PairingStatus, form: MeetingForm) -> HttpResponse:
    context = {"status": status, "form": form, "after_each": after_each(status)}
    return render(request, "engagements/meetings/note.html", context)
