"""Pausing, resuming, closing, ending: each asks once more on a page of its own, then does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from common.clock import now as programme_now
from common.errors import Refused, WrongState
from common.forms import RefusableForm
from common.given_back import give_back
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.pairings import ConfirmForm, EndForm, PauseForm
from engagements.views.consequences import called_off
from engagements.views.fetch import pairing_status_of
from matching.domain import pairings
from matching.domain.parties import part_of
from matching.models import Pairing
from matching.states import PAIRING_TRANSITIONS

Words = str | Promise


@dataclass(frozen=True, slots=True)
class PairingAction:
    """An action that the pairing may take: its address, its verb, what it does, its form, and its words."""

    name: str
    verb: str
    do: Callable[..., Any]
    form: type[RefusableForm]
    title: Words
    text: Words
    submit: Words
    done: Words
    tone: str = ""


ACTIONS = (
    PairingAction(
        "pause",
        "pause",
        pairings.pause,
        PauseForm,
        _("Pause the pairing"),
        _(
            "No check-in is due while it rests, and the planned end moves along. It resumes automatically, or sooner "
            "if one of you says so."
        ),
        _("Pause the pairing"),
        _("The pairing is resting."),
    ),
    PairingAction(
        "resume",
        "resume",
        pairings.resume,
        ConfirmForm,
        _("Resume the pairing"),
        _("Check-ins are planned anew from today, and the planned end moves by the days that it rested."),
        _("Resume the pairing"),
        _("The pairing is active again."),
    ),
    PairingAction(
        "close",
        "begin_closing",
        pairings.begin_closing,
        ConfirmForm,
        _("Begin the closing"),
        _(
            "Both of you are asked to look back, and no further check-ins are asked for. Your pairing ends once both "
            "have, and after thirty days at the latest. This cannot be taken back."
        ),
        _("Begin the closing"),
        _("The closing has begun."),
    ),
    PairingAction(
        "end",
        "end_early",
        pairings.end_early,
        EndForm,
        _("End the pairing, without fault"),
        _(
            "Either of you may end at any time. The other side is told that it has ended, never why. What you wrote "
            "stays here to be read, nothing is added any more, and the page no longer shows how to reach each other. "
            "This cannot be taken back."
        ),
        _("End the pairing"),
        _("The pairing has ended, without fault."),
        tone="end",
    ),
)


def actions_for(status: PairingStatus) -> list[PairingAction]:
    """The actions this side may take now: the page's buttons, from the state table."""
    verbs = status.verbs
    return [action for action in ACTIONS if action.verb in verbs]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, pk: UUID, action: PairingAction) -> HttpResponse:
    """Ask once more, then take the action. A second click finds it taken, and says nothing."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    if request.method == "POST":
        return _act(request, status, action, now)
    if action.verb not in status.verbs:
        messages.info(request, str(WrongState().sentence))
        return redirect("engagements:pairing", pk=pk)
    return _page(request, status, action, action.form(), now)


def _act(request: HttpRequest, status: PairingStatus, action: PairingAction, now: datetime) -> HttpResponse:
    form = action.form(request.POST)
    if not form.is_valid():
        return _page(request, status, action, form, now)
    pairing, user = status.pairing, status.me
    try:
        action.do(pairing=pairing, user=user, actor=part_of(pairing, user), now=now, **form.cleaned_data)
    except Refused as error:
        pairing.refresh_from_db()
        if pairing.state != PAIRING_TRANSITIONS[action.verb].target:
            form.refuse(error)
            return _page(request, status, action, form, now)
        words = form.cleaned_data.get("text", "").strip()
        if words and words != pairing.words_of("end_text", instead=""):
            return _given_back(request, pairing, words)
    else:
        messages.success(request, str(action.done))
    return redirect("engagements:pairing", pk=pairing.pk)


def _given_back(request: HttpRequest, pairing: Pairing, words: str) -> HttpResponse:
    return give_back(
        request,
        status=409,
        title=_("The pairing has ended already"),
        text=_("It was ended from another page, or by the other side. What you wrote to yourself here was not kept."),
        words=[words],
        onward=reverse("engagements:pairing", args=[pairing.pk]),
        onward_label=_("Look at the pairing"),
    )


def _page(
    request: HttpRequest, status: PairingStatus, action: PairingAction, form: RefusableForm, now: datetime
) -> HttpResponse:
    target = PAIRING_TRANSITIONS[action.verb].target
    context = {"status": status, "action": action, "form": form, "called_off": called_off(status, str(target), now)}
    return render(request, "engagements/pairings/action.html", context)
