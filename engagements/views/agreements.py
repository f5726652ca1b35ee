"""Reading, changing and signing the agreement."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.clock import now as programme_now
from common.errors import Refused
from engagements import permissions
from engagements.cadence import Cadence
from engagements.domain import agreements
from engagements.domain.standing import Standing
from engagements.forms.agreements import AgreementForm
from engagements.models import Agreement
from engagements.views.fetch import person, standing_of
from matching.states import PairingState


@login_required
@never_cache
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The version that stands, who has signed it, and one's own next step."""
    standing = standing_of(request, pk, programme_now())
    writable = _writable(standing)
    if standing.agreement is None and writable:
        return redirect("engagements:change_agreement", pk=pk)
    context = {**_context(standing), "writable": writable}
    return render(request, "engagements/agreements/detail.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write the first version, or a new one over that which stands; its writer signs it by sending it."""
    now = programme_now()
    standing = standing_of(request, pk, now)
    if request.method != "POST":
        if not _writable(standing):
            return redirect("engagements:agreement", pk=pk)
        return _form_page(request, standing, AgreementForm(initial=_initial(standing), suggested=_suggested(standing)))
    form = AgreementForm(request.POST, suggested=_suggested(standing))
    if form.is_valid():
        try:
            agreements.propose(pairing=standing.pairing, user=standing.me, now=now, **form.cleaned_data)
        except Refused as error:
            standing = standing_of(request, pk, now)
            form.refuse(error)
            if error.code == "newer_version":
                form.rebase(standing.agreement)
        else:
            messages.success(
                request,
                _("Sent and signed. %(name)s is asked to sign too.") % {"name": standing.other.get_short_name()},
            )
            return redirect("engagements:agreement", pk=pk)
    return _form_page(request, standing, form)


@login_required
@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign exactly the version that was read."""
    agreement = get_object_or_404(Agreement.objects.visible_to(person(request)), pk=pk)
    try:
        agreements.sign(agreement=agreement, user=person(request), now=programme_now())
    except Refused as error:
        messages.warning(request, str(error.sentence))
        return redirect("engagements:agreement", pk=agreement.pairing_id)
    agreement.pairing.refresh_from_db()
    if agreement.pairing.state == PairingState.ACTIVE:
        messages.success(request, _("Signed by both: your pairing has begun."))
    else:
        messages.success(request, _("Signed. Your pairing begins with the other signature."))
    return redirect("engagements:pairing", pk=agreement.pairing_id)


def _writable(standing: Standing) -> bool:
    return bool(standing.pairing.state == PairingState.INTRODUCED and standing.both_go_ahead)


def _context(standing: Standing) -> dict[str, object]:
    agreement = standing.agreement
    readable = agreement is not None and permissions.may_read_amendments(standing.me, agreement)
    return {
        "standing": standing,
        "pairing": standing.pairing,
        "agreement": agreement,
        "amendments": agreement.read("amendments") if agreement is not None and readable else "",
        "signatures": _signatures(standing),
    }


def _signatures(standing: Standing) -> list[tuple[str, datetime | None]]:
    signed = {row.side: row.signed_at for row in standing.agreement.signatures.all()} if standing.agreement else {}
    pairing = standing.pairing
    return [
        (pairing.mentee.get_full_name(), signed.get("mentee")),
        (pairing.mentor.get_full_name(), signed.get("mentor")),
    ]


def _suggested(standing: Standing) -> Cadence:
    """The cadence of the version that stands, or else the cohort's."""
    return standing.agreement.cadence if standing.agreement else Cadence.weeks(standing.pairing.cohort.check_in_weeks)


def _initial(standing: Standing) -> dict[str, object]:
    agreement, suggested = standing.agreement, _suggested(standing)
    return {
        "meetings_a_month": agreement.meetings_a_month if agreement else 1,
        "cadence": suggested.code,
        "day": suggested.day,
        "planned_end": agreement.planned_end if agreement else standing.pairing.cohort.ends_on,
        "amendments": agreement.read("amendments") if agreement else "",
        "based_on": agreement.version if agreement else 0,
    }


def _form_page(request: HttpRequest, standing: Standing, form: AgreementForm) -> HttpResponse:
    return render(request, "engagements/agreements/form.html", {**_context(standing), "form": form})
