"""Requests: that somebody was asked, by when they answer, how it ended. Never the note, nor a reason's words."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import badge_of, by_relation, coordinator
from accounts.admin.verbs import Verb, VerbAdmin
from accounts.models import User
from common.clock import now
from common.transitions import Actor, allowed_verbs
from matching.admin.history import History
from matching.domain import reminding, requests
from matching.models import Request
from matching.states import REQUEST_TRANSITIONS, RequestState


class WithdrawForm(forms.Form):
    """Whether the next mentor on the shortlist is to be asked."""

    ask_next = forms.BooleanField(
        label=_("Ask the next mentor on the mentee’s shortlist"), required=False, initial=True
    )


def _withdraw(request: Request, user: User, said: dict[str, Any]) -> None:
    requests.withdraw(request=request, user=user, actor=Actor.COORDINATOR, ask_next=said["ask_next"], now=now())


def _lift(request: Request, user: User, said: dict[str, Any]) -> None:
    requests.lift_decline(request=request, user=user, now=now())


@admin.register(Request)
class RequestAdmin(History[Request], VerbAdmin[Request]):
    """Read-only, with three verbs."""

    list_display = ("mentee", "mentor", "cohort", "state_badge", "asked_at", "deadline")
    list_display_links = ("mentee",)
    exported_too = ("origin", "answered_at", "decline_class")
    list_select_related = ("mentee", "mentor", "cohort")
    list_filter = ("state", by_relation("cohort"), "asked_at")
    search_fields = ("mentee__name", "mentor__name")
    fields = (
        "cohort",
        "mentee",
        "mentor",
        "state_badge",
        "origin",
        "asked_at",
        "deadline",
        "held_for",
        "held_until",
        "answered_at",
        "decline_class",
        "history",
    )
    readonly_fields = fields
    verbs = (
        Verb(
            name="remind",
            label=_("Remind the mentor now"),
            explanation=_(
                "The one reminder of this request leaves within a minute, instead of on the day it was planned for. "
                "No other one follows."
            ),
            repair=_("An e-mail that has left cannot be taken back; the request stays as it is."),
            do=lambda request, user, said: reminding.remind_now(request=request, user=user, now=now()),
            open_to=lambda request: request.state == RequestState.PENDING and not request.held_for,
        ),
        Verb(
            name="withdraw",
            label=_("Withdraw"),
            explanation=_("The mentor no longer has to answer. Mentee and mentor are told."),
            repair=_("The mentee can ask again."),
            do=_withdraw,
            open_to=lambda request: "withdraw" in allowed_verbs(REQUEST_TRANSITIONS, request.state, Actor.COORDINATOR),
            form=WithdrawForm,
            ends=True,
        ),
        Verb(
            name="lift_decline",
            label=_("Let them ask again"),
            explanation=_("This mentor declined. From now on the mentee may ask once more."),
            repair=_("The mentor may decline once more."),
            do=_lift,
            open_to=lambda request: request.state == RequestState.DECLINED and not hasattr(request, "lift"),
        ),
    )

    def scoped(self, request: HttpRequest) -> QuerySet[Request]:
        return Request.objects.as_coordinator(coordinator(request))

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, request: Request) -> str:
        return badge_of(RequestState, request.state)
