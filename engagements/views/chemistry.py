"""The private answer after the first conversation."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.clock import now as programme_now
from common.errors import Refused
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.pairings import ChemistryForm
from engagements.views.consequences import called_off
from engagements.views.fetch import pairing_status_of
from matching.domain import pairings
from matching.states import PairingState


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the answer; a yes can be changed until both have said it. Later the pairing's page says how it stands."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    if status.both_go_ahead or status.pairing.state != PairingState.INTRODUCED:
        return redirect("engagements:pairing", pk=pk)
    given = {"go_ahead": "yes"} if status.chemistry else None
    form = ChemistryForm(request.POST if request.method == "POST" else None, initial=given)
    if request.method == "POST" and form.is_valid():
        if status.chemistry and form.cleaned_data["go_ahead"]:  # said already
            return redirect("engagements:pairing", pk=pk)
        try:
            pairings.answer_chemistry(
                pairing=status.pairing, user=status.me, go_ahead=form.cleaned_data["go_ahead"], now=now
            )
        except Refused as error:
            form.refuse(error)
        else:
            _tell(request, status, go_ahead=form.cleaned_data["go_ahead"])
            return redirect("engagements:pairing", pk=pk)
    context = {
        "status": status,
        "form": form,
        "contact": status.pairing.cohort.contact_for(status.me),
        "called_off": called_off(status, PairingState.ENDED_EARLY, now),
    }
    return render(request, "engagements/pairings/chemistry.html", context)


def _tell(request: HttpRequest, status: PairingStatus, *, go_ahead: bool) -> None:
    if go_ahead:
        messages.success(request, _("Your answer is noted. You both hear the joint result."))
    else:
        messages.success(
            request,
            _("Your answer is noted. The pairing ends without fault; %(name)s learns only that it does not go on.")
            % {"name": status.other.get_short_name()},
        )
