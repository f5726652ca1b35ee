"""After the end: would I work with this person again? Told to the other side only when both say so."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.clock import now as programme_now
from common.errors import Refused
from engagements.domain.pairing_status import PairingStatus
from engagements.views.fetch import pairing_status_of
from matching.domain.pairings import pair_again, who_would_pair_again

YES, NOT_YET, BOTH = "yes", "not yet", "both"


@login_required
@require_POST
def say(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say it, or take it back (`wanted` empty)."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    wanted = bool(request.POST.get("wanted"))
    try:
        pair_again(pairing=status.pairing, user=status.me, wanted=wanted, now=now)
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    else:
        messages.success(request, _("Noted.") if wanted else _("Taken back."))
    return redirect("engagements:pairing", pk=pk)


def said(status: PairingStatus) -> str:
    """For the pairing's page: whether I have said so, or both of us have; empty while the pairing is open."""
    if status.pairing.is_open:
        return ""
    people = who_would_pair_again(pairing=status.pairing)
    if status.me.pk not in people:
        return NOT_YET
    return BOTH if status.other.pk in people else YES
