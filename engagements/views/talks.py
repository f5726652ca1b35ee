"""Asking somebody outside the pairing to get in touch. No other page shows that it was asked, or what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.clock import now as programme_now
from common.errors import Refused
from engagements.domain import talks
from engagements.domain.pairing_status import PairingStatus
from engagements.domain.talks import Delivery, Whom
from engagements.forms.talks import TalkForm
from engagements.models import Talk
from engagements.views.fetch import pairing_status_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say who would be told what, ask, and afterwards say how it stands; in every state of a pairing."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    talk = talks.latest(pairing=status.pairing, user=status.me)
    whom = talks.whom(pairing=status.pairing, user=status.me)
    if request.method == "POST" and "act" in request.POST:
        return _end(request, status, talk, now)
    form = _form(status, whom, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            talks.ask(pairing=status.pairing, user=status.me, now=now, **_said(form))
        except Refused as error:
            form.refuse(error)
        else:
            return redirect("engagements:talk", pk=pk)
    return render(request, "engagements/talks/page.html", {**_context(status, talk, whom), "form": form})


def _form(status: PairingStatus, whom: Whom, data: Any) -> TalkForm:
    profile = getattr(status.me, "profile", None)
    to = whom.contact.email if whom.contact else ""
    return TalkForm(data, phone=profile.phone if profile else "", initial={"to": to})


def _said(form: TalkForm) -> dict[str, Any]:
    return {"with_phone": False, **form.cleaned_data}


def _end(request: HttpRequest, status: PairingStatus, talk: Talk | None, now: datetime) -> HttpResponse:
    """Take back exactly the one that was read, or have it done."""
    again = redirect("engagements:talk", pk=status.pairing.pk)
    if talk is None or str(talk.pk) != request.POST.get("talk"):
        messages.info(request, _("This is no longer asked for. What stands now is below."))
        return again
    try:
        messages.info(request, _ended(talk, status, request.POST["act"], now))
    except Refused as error:
        messages.info(request, str(error.sentence))
    return again


def _ended(talk: Talk, status: PairingStatus, act: str, now: datetime) -> str:
    if act == "settle":
        talks.settle(talk=talk, user=status.me, now=now)
        return _("Noted. Nobody is told.")
    if talks.take_back(talk=talk, user=status.me, now=now):
        return _("Taken back. %(name)s is told that you no longer ask.") % {"name": talk.contact_name}
    return _("Taken back. %(name)s has not heard of it.") % {"name": talk.contact_name}


def _context(status: PairingStatus, talk: Talk | None, whom: Whom) -> dict[str, Any]:
    asked = talk if talk is not None and talk.is_asked else None
    found = talks.delivery(asked) if asked else None
    return {
        "status": status,
        "pairing": status.pairing,
        "whom": whom,
        "talk": asked,
        "before": None if asked else talk,
        "waiting": found == Delivery.WAITING,
        "told": found == Delivery.TOLD,
        "failed": found == Delivery.FAILED,
    }
