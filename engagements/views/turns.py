"""Pausing, resuming, closing, completing, ending: each asks once more on a page of its own, then does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.clock import now as programme_now
from common.errors import Refused, WrongState
from common.forms import RefusableForm
from engagements.domain.standing import Standing
from engagements.forms.pairings import ConfirmForm, EndForm, PauseForm
from engagements.views.fetch import standing_of
from matching.domain import pairings
from matching.domain.parties import part_of
from matching.states import PAIRING_TRANSITIONS

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn the pairing may take: its address, its verb, what it does, its form, and its words."""

    name: str
    verb: str
    do: Callable[..., Any]
    form: type[RefusableForm]
    title: Words
    text: Words
    submit: Words
    done: Words
    tone: str = ""


TURNS = (
    Turn(
        "pause",
        "pause",
        pairings.pause,
        PauseForm,
        _("Pause the pairing"),
        _(
            "Nothing is due while it rests; the planned end moves along. "
            "It resumes by itself, or sooner if one of you says so."
        ),
        _("Pause the pairing"),
        _("The pairing is resting."),
    ),
    Turn(
        "resume",
        "resume",
        pairings.resume,
        ConfirmForm,
        _("Resume the pairing"),
        _("Check-ins are planned anew from today."),
        _("Resume the pairing"),
        _("The pairing is active again."),
    ),
    Turn(
        "close",
        "begin_closing",
        pairings.begin_closing,
        ConfirmForm,
        _("Begin the closing"),
        _("You look back together, and no further check-ins are asked for. This cannot be taken back."),
        _("Begin the closing"),
        _("The closing has begun."),
    ),
    Turn(
        "complete",
        "complete",
        pairings.complete,
        ConfirmForm,
        _("Complete the pairing"),
        _("Your pairing comes to its planned end for both of you. This cannot be taken back."),
        _("Complete the pairing"),
        _("The pairing is completed. Thank you both."),
    ),
    Turn(
        "end",
        "end_early",
        pairings.end_early,
        EndForm,
        _("End the pairing, without fault"),
        _(
            "Either of you may end at any time. The other side is told that it has ended, never why. "
            "This cannot be taken back."
        ),
        _("End the pairing"),
        _("The pairing has ended, without fault."),
        tone="end",
    ),
)


def turns_for(standing: Standing) -> list[Turn]:
    """The turns this side may take now: the page's buttons, from the state table."""
    verbs = standing.verbs
    return [turn for turn in TURNS if turn.verb in verbs]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, pk: UUID, turn: Turn) -> HttpResponse:
    """Ask once more, then take the turn. A second click finds it taken, and says nothing."""
    now = programme_now()
    standing = standing_of(request, pk, now)
    if request.method == "POST":
        return _act(request, standing, turn, now)
    if turn.verb not in standing.verbs:
        messages.info(request, str(WrongState().sentence))
        return redirect("engagements:pairing", pk=pk)
    return _page(request, standing, turn, turn.form())


def _act(request: HttpRequest, standing: Standing, turn: Turn, now: datetime) -> HttpResponse:
    form = turn.form(request.POST)
    if not form.is_valid():
        return _page(request, standing, turn, form)
    pairing, user = standing.pairing, standing.me
    try:
        turn.do(pairing=pairing, user=user, actor=part_of(pairing, user), now=now, **form.cleaned_data)
    except Refused as error:
        pairing.refresh_from_db(fields=["state"])
        if pairing.state != PAIRING_TRANSITIONS[turn.verb].target:
            form.refuse(error)
            return _page(request, standing, turn, form)
    else:
        messages.success(request, str(turn.done))
    return redirect("engagements:pairing", pk=pairing.pk)


def _page(request: HttpRequest, standing: Standing, turn: Turn, form: RefusableForm) -> HttpResponse:
    return render(request, "engagements/pairings/turn.html", {"standing": standing, "turn": turn, "form": form})
