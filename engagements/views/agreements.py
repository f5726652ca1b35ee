"""Reading, changing and signing the agreement."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.calendars import calendar_of
from accounts.signed_in import signed_in_user
from common.cldr import week_of
from common.clock import now as programme_now
from common.errors import Refused
from common.working_days import working_week
from engagements import permissions
from engagements.cadence import Cadence
from engagements.domain import agreements
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.agreements import AgreementForm
from engagements.models import Agreement
from engagements.views.fetch import pairing_status_of
from matching.states import PairingState


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The version that stands, who has signed it, and one's own next step."""
    status = pairing_status_of(request, pk, programme_now())
    writable = _writable(status)
    if status.agreement is None and writable:
        return redirect("engagements:change_agreement", pk=pk)
    context = {**_context(status), "writable": writable}
    return render(request, "engagements/agreements/detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write the first version, or a new one over that which stands; its writer signs it by sending it."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    if request.method != "POST":
        if not _writable(status):
            return redirect("engagements:agreement", pk=pk)
        return _form_page(request, status, _form(status, initial=_initial(status)))
    form = _form(status, request.POST)
    if form.is_valid():
        try:
            agreements.propose(pairing=status.pairing, user=status.me, now=now, **form.cleaned_data)
        except Refused as error:
            status = pairing_status_of(request, pk, now)
            form.refuse(error)
            if error.code == "newer_version":
                form.rebase(status.agreement)
        else:
            messages.success(
                request,
                _("Sent and signed. %(name)s is asked to sign too.") % {"name": status.other.get_short_name()},
            )
            return redirect("engagements:agreement", pk=pk)
    return _form_page(request, status, form)


@login_required
@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign exactly the version that was read."""
    agreement = get_object_or_404(Agreement.objects.visible_to(signed_in_user(request)), pk=pk)
    try:
        agreements.sign(agreement=agreement, user=signed_in_user(request), now=programme_now())
    except Refused as error:
        messages.warning(request, str(error.sentence))
        return redirect("engagements:agreement", pk=agreement.pairing_id)
    agreement.pairing.refresh_from_db()
    if agreement.pairing.state == PairingState.ACTIVE:
        messages.success(request, _("Signed by both: your pairing has begun."))
    else:
        messages.success(request, _("Signed. Your pairing begins with the other signature."))
    return redirect("engagements:pairing", pk=agreement.pairing_id)


def _writable(status: PairingStatus) -> bool:
    return bool(status.pairing.state == PairingState.INTRODUCED and status.both_go_ahead)


def _context(status: PairingStatus) -> dict[str, object]:
    agreement = status.agreement
    readable = agreement is not None and permissions.may_read_amendments(status.me, agreement)
    return {
        "status": status,
        "pairing": status.pairing,
        "agreement": agreement,
        "amendments": agreement.words_from().words_of("amendments") if agreement is not None and readable else "",
        "signatures": _signatures(status),
    }


def _signatures(status: PairingStatus) -> list[tuple[str, datetime | None]]:
    signed = {row.side: row.signed_at for row in status.agreement.signatures.all()} if status.agreement else {}
    pairing = status.pairing
    return [
        (pairing.mentee.get_full_name(), signed.get("mentee")),
        (pairing.mentor.get_full_name(), signed.get("mentor")),
    ]


def _suggested(status: PairingStatus) -> Cadence:
    """The cadence of the version that stands, or else the cohort's."""
    return status.agreement.cadence if status.agreement else Cadence.weeks(status.pairing.cohort.check_in_weeks)


def _form(status: PairingStatus, data: QueryDict | None = None, **words: Any) -> AgreementForm:
    """The form, with the days of the week that either of the two works where they are, and one agreed on before.

    They stand in the order of the reader's week.
    """
    suggested, year = _suggested(status), programme_now().year
    worked = [working_week(calendar_of(each).country, year) for each in (status.pairing.mentee, status.pairing.mentor)]
    agreed = [] if suggested.weekday is None else [suggested.weekday]
    offered = frozenset().union(*worked, agreed)
    weekdays = [day for day in week_of(calendar_of(status.me).country) if day in offered]
    return AgreementForm(data, suggested=suggested, weekdays=weekdays, **words)


def _initial(status: PairingStatus) -> dict[str, object]:
    agreement, suggested = status.agreement, _suggested(status)
    return {
        "meetings_a_month": agreement.meetings_a_month if agreement else 1,
        "cadence": suggested.code,
        "day": suggested.day,
        "planned_end": agreement.planned_end if agreement else status.pairing.cohort.ends_on,
        "amendments": agreement.words_from().words_of("amendments", instead="") if agreement else "",
        "based_on": agreement.version if agreement else 0,
    }


def _form_page(request: HttpRequest, status: PairingStatus, form: AgreementForm) -> HttpResponse:
    return render(request, "engagements/agreements/form.html", {**_context(status), "form": form})
