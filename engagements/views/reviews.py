"""Looking back before the pairing is completed; corrected until it is."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.clock import now as programme_now
from common.errors import Refused
from common.given_back import give_back
from engagements.domain import reviews
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.reviews import ReviewForm, form_for
from engagements.models import Review
from engagements.views.closing import begun_line, ends_line
from engagements.views.consequences import called_off
from engagements.views.fetch import pairing_status_of
from matching.states import PairingState


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def look_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask this side while the pairing closes, or show what it said to be corrected. Nothing typed is lost."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    found = reviews.of_pairing(status.pairing)
    mine = found.get(status.me.pk)
    if mine is None:
        return redirect("engagements:pairing", pk=pk)
    data = request.POST if request.method == "POST" else None
    form = form_for(mine, other=status.other.get_short_name(), data=data)
    if request.method == "POST":
        return _receive(request, status, mine, form, now)
    if status.pairing.state != PairingState.CLOSING:
        return redirect("engagements:pairing", pk=pk)
    return _page(request, status, mine, form, now)


def _receive(
    request: HttpRequest, status: PairingStatus, mine: Review, form: ReviewForm, now: datetime
) -> HttpResponse:
    if status.pairing.state != PairingState.CLOSING:
        return _too_late(request, status, form)
    if not form.is_valid():
        return _page(request, status, mine, form, now)
    if mine.is_answered and "correct" not in request.POST:
        return _page(request, status, mine, form, now) if form.changed else _onward(request, status)
    do = reviews.correct if mine.is_answered else reviews.answer
    try:
        do(review=mine, user=status.me, said=form.said(), now=now)
    except Refused as error:
        form.refuse(error)
        return _page(request, status, mine, form, now)
    messages.success(request, _("Corrected.") if mine.is_answered else _("Thank you for looking back."))
    return _onward(request, status)


def _onward(request: HttpRequest, status: PairingStatus) -> HttpResponse:
    """The learning interview ends with the question whether one needs a mentor, too."""
    return redirect(
        "engagements:mentor_too" if status.side == "mentor" else "engagements:pairing", pk=status.pairing.pk
    )


def _too_late(request: HttpRequest, status: PairingStatus, form: ReviewForm) -> HttpResponse:
    return give_back(
        request,
        status=409,
        title=_("The pairing is over"),
        text=_("It ended before this was sent, so it was not kept. You can still write to each other."),
        words=form.typed(),
        onward=reverse("engagements:pairing", args=[status.pairing.pk]),
        onward_label=_("Look at the pairing"),
    )


def _page(request: HttpRequest, status: PairingStatus, mine: Review, form: ReviewForm, now: datetime) -> HttpResponse:
    others = reviews.of_pairing(status.pairing).get(status.other.pk)
    completes = not mine.is_answered and others is not None and others.is_answered
    context = {
        "form": form,
        "status": status,
        "correcting": mine.is_answered,
        "completes": completes,
        "begun": begun_line(status),
        "ends": "" if completes else ends_line(status),
        "called_off": called_off(status, PairingState.COMPLETED, now) if completes else [],
    }
    return render(request, "engagements/reviews/form.html", context)
