"""Another length of a running pairing: to propose one, and to answer the one that is proposed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.clock import now as programme_now
from common.dates import day_with_year
from common.errors import Refused
from common.prepared import prepared
from engagements.domain import lengths
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.pairings import LengthForm
from engagements.models import LengthProposal
from engagements.states import PAIR_LASTS, LengthProposalState
from engagements.views.fetch import pairing_status_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose another planned end, or answer what is proposed; away from a pairing that no longer lasts."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    if status.pairing.state not in PAIR_LASTS:
        if request.method == "POST":
            messages.info(request, _("This pairing no longer lasts: its length is not changed any more."))
        return redirect("engagements:pairing", pk=pk)
    if request.method == "POST" and "act" in request.POST:
        return _answer(request, status, now)
    form = LengthForm(
        request.POST if request.method == "POST" else None, initial={"planned_end": status.pairing.planned_end}
    )
    if request.method == "POST" and form.is_valid():
        try:
            lengths.propose(pairing=status.pairing, user=status.me, now=now, **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("Proposed. %(name)s is asked.") % {"name": status.other.get_short_name()})
            return redirect("engagements:pairing", pk=pk)
    return render(request, "engagements/lengths/page.html", {**_context(status), "form": form})


def _answer(request: HttpRequest, status: PairingStatus, now: datetime) -> HttpResponse:
    """Agree to exactly the proposal that was read, or leave the length as it is."""
    proposal = open_proposal(status)
    if proposal is None or str(proposal.pk) != request.POST.get("proposal"):
        messages.info(request, _("This proposal is no longer open. What stands now is below."))
        return redirect("engagements:length", pk=status.pairing.pk)
    agrees = request.POST["act"] == "agree"
    try:
        row = (lengths.agree if agrees else lengths.decline)(proposal=proposal, user=status.me, now=now)
    except Refused as error:
        messages.warning(request, str(error.sentence))
        return redirect("engagements:length", pk=status.pairing.pk)
    messages.success(request, _told(row) % {"day": day_with_year(row.planned_end), "name": status.other})
    return redirect("engagements:pairing", pk=status.pairing.pk)


def _told(row: LengthProposal) -> str:
    return {
        LengthProposalState.AGREED.value: _("Agreed by both: your pairing is planned until %(day)s."),
        LengthProposalState.OPEN.value: _("Noted. Your pairing moves once %(name)s has agreed, too."),
        LengthProposalState.WITHDRAWN.value: _("Taken back. Your pairing stays as it is planned."),
    }.get(row.state, _("Your pairing stays as it is planned."))


def open_proposal(status: PairingStatus) -> LengthProposal | None:
    """The one that waits, if any."""
    for row in _open(pairing=status.pairing.pk):
        row.pairing = status.pairing
        return row
    return None


@prepared
def _open(*, pairing: UUID) -> QuerySet[LengthProposal]:
    return LengthProposal.objects.filter(pairing=pairing, state=LengthProposalState.OPEN)


def _context(status: PairingStatus) -> dict[str, Any]:
    proposal = open_proposal(status)
    return {
        "status": status,
        "pairing": status.pairing,
        "proposal": proposal,
        "i_agreed": proposal is not None and status.side in proposal.agreed_sides(),
        "by_other": proposal is not None and proposal.proposed_by_id == status.other.pk,
        "by_cohort": proposal is not None and proposal.proposed_by_id is None,
    }
