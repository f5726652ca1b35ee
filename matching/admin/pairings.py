"""Pairings: who, since when, in which state. What the two of them say is not here and cannot be."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import badge_of, by_relation, coordinator
from accounts.admin.verbs import Verb, VerbAdmin
from accounts.models import User
from common.clock import now
from common.forms import DateInput
from common.transitions import Actor, allowed_verbs
from matching.admin.history import History
from matching.domain import pairings, taking_up
from matching.models import Pairing
from matching.models.pairings import EndClass
from matching.states import PAIRING_TRANSITIONS, PairingState


class PauseForm(forms.Form):
    """How long."""

    until = forms.DateField(
        label=_("Last day of the pause"),
        widget=DateInput(),
        help_text=_("When it is over, the planned end moves by as many days."),
    )


class EndForm(forms.Form):
    """Why, as a class. Words about it are for the two of them."""

    end_class = forms.ChoiceField(label=_("Reason"), choices=EndClass.for_people())


def _pause(pairing: Pairing, user: User, said: dict[str, Any]) -> None:
    pairings.pause(pairing=pairing, user=user, actor=Actor.COORDINATOR, until=said["until"], now=now())


def _resume(pairing: Pairing, user: User, said: dict[str, Any]) -> None:
    pairings.resume(pairing=pairing, user=user, actor=Actor.COORDINATOR, now=now())


def _begin_closing(pairing: Pairing, user: User, said: dict[str, Any]) -> None:
    pairings.begin_closing(pairing=pairing, user=user, actor=Actor.COORDINATOR, now=now())


def _take_up_again(pairing: Pairing, user: User, said: dict[str, Any]) -> None:
    taking_up.take_up_again(pairing=pairing, user=user, actor=Actor.COORDINATOR, now=now())


def _end_early(pairing: Pairing, user: User, said: dict[str, Any]) -> None:
    pairings.end_early(
        pairing=pairing, user=user, actor=Actor.COORDINATOR, end_class=said["end_class"], text="", now=now()
    )


def _verb(name: str, **words: Any) -> Verb:
    return Verb(
        name=name,
        open_to=lambda pairing: name in allowed_verbs(PAIRING_TRANSITIONS, pairing.state, Actor.COORDINATOR),
        **words,
    )


@admin.register(Pairing)
class PairingAdmin(History[Pairing], VerbAdmin[Pairing]):
    """Read-only, with the verbs that the state table gives to coordinators."""

    list_display = ("mentee", "mentor", "cohort", "state_badge", "introduced_at", "planned_end")
    list_display_links = ("mentee",)
    exported_too = ("activated_at", "closing_since", "ended_at", "end_class")
    list_select_related = ("mentee", "mentor", "cohort")
    list_filter = ("state", by_relation("cohort"), "introduced_at")
    search_fields = ("mentee__name", "mentor__name")
    fields = (
        "cohort",
        "mentee",
        "mentor",
        "state_badge",
        "rests_until",
        "introduced_at",
        "activated_at",
        "planned_end",
        "closing_since",
        "ended_at",
        "end_class",
        "history",
    )
    readonly_fields = fields
    verbs = (
        _verb(
            "pause",
            label=_("Pause"),
            explanation=_(
                "No check-in is due until the pause is over, and meetings that the two have agreed on or proposed are "
                "called off. Both are told."
            ),
            repair=_("Either of the two, or a coordinator, can resume it sooner."),
            do=_pause,
            form=PauseForm,
        ),
        _verb(
            "resume",
            label=_("Resume"),
            explanation=_(
                "The pause ends today; check-ins are planned anew and the planned end moves along. Both are told."
            ),
            repair=_("It can be paused again."),
            do=_resume,
        ),
        _verb(
            "begin_closing",
            label=_("Begin closing"),
            explanation=_(
                "Both are asked to look back. Once both have, and after 30 days at the latest, the pairing is complete."
            ),
            repair=_("This cannot be taken back."),
            do=_begin_closing,
        ),
        Verb(
            name="take_up_again",
            label=_("Take up again"),
            explanation=_(
                "For an answer after the first conversation that was not meant. Both are introduced as before, told by "
                "e-mail, and each is asked anew; whose answer it was is known to nobody here."
            ),
            repair=_("A no, or ending it, ends it as before."),
            do=_take_up_again,
            open_to=taking_up.is_possible,
        ),
        _verb(
            "end_early",
            label=_("End early"),
            explanation=_(
                "The pairing ends today, without fault on either side. Both are told that it ended; meetings that lie "
                "ahead are called off."
            ),
            repair=_("This cannot be taken back."),
            do=_end_early,
            form=EndForm,
            ends=True,
        ),
    )

    def scoped(self, request: HttpRequest) -> QuerySet[Pairing]:
        return Pairing.objects.as_coordinator(coordinator(request))

    def get_fields(self, request: HttpRequest, obj: Pairing | None = None) -> tuple[str, ...]:
        """The last day of a pause only while it rests."""
        rests = obj is not None and obj.state == PairingState.PAUSED
        return self.fields if rests else tuple(name for name in self.fields if name != "rests_until")

    @admin.display(description=_("last day of the pause"))
    def rests_until(self, pairing: Pairing) -> str:
        until = pairing.pauses.values_list("until", flat=True).first()
        return date_format(until, "DATE_FORMAT") if until else ""

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, pairing: Pairing) -> str:
        return badge_of(PairingState, pairing.state)
