"""What the style guide shows: invented people and every state a component knows."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from common.forms import Guarded

REQUEST_STATES = ("pending", "accepted", "declined", "withdrawn", "expired", "lapsed")
PAIRING_STATES = ("introduced", "active", "paused", "closing", "completed", "ended_early")
GOAL_STATES = ("proposed", "open", "reached", "let_go", "turned_down", "withdrawn")
DECISION_STATES = ("asked", "viewed", "decided", "looked_back", "dropped")
CHECK_IN_STATES = ("scheduled", "snoozed", "due", "overdue", "answered", "missed", "cancelled")


class SampleForm(Guarded, forms.Form):
    """One field of every sort."""

    aim = forms.CharField(
        label=_("What do you want to achieve?"),
        help_text=_("One sentence. Only you and your mentor read it."),
    )
    by = forms.DateField(label=_("By when?"), required=False)
    topic = forms.ChoiceField(
        label=_("Topic"), choices=[("board", _("Working with a board")), ("days", _("First hundred days"))]
    )
    course = forms.ChoiceField(
        label=_("How far has it come?"),
        choices=[("on", _("On course")), ("late", _("Later than I meant"))],
        widget=forms.RadioSelect,
    )
    times = forms.BooleanField(
        label=_("Let my assistant see times"), help_text=_("Times, never content."), required=False
    )
    connection = forms.ChoiceField(
        label=_("I have someone outside my organisation I can think aloud with"),
        choices=[(str(mark), str(mark)) for mark in range(1, 6)],
        widget=forms.RadioSelect,
    )


def samples() -> dict[str, Any]:
    """The style guide's context. No query, no reading of the clock."""
    return {
        "states": [
            {"state": state, "label": state.replace("_", " ").capitalize()}
            for state in dict.fromkeys(
                (*REQUEST_STATES, *PAIRING_STATES, *CHECK_IN_STATES, *GOAL_STATES, *DECISION_STATES)
            )
        ],
        "reasons": [
            {
                "text": _("Both of your aims are topics she offers"),
                "detail": _("First hundred days · Working with a board"),
            },
            {"text": _("She has not worked in Asia, which you hoped for"), "against": True},
        ],
        "facts": [
            (_("Times you share"), _("6 hours a week")),
            (_("Answers within"), _("2 days, as a rule")),
            (_("Places open"), _("1 of 3")),
        ],
        "timeline": [
            {"when": datetime(2027, 1, 14, 9, 0, tzinfo=UTC), "text": _("Check-in planned"), "tone": "ahead"},
            {"when": datetime(2026, 11, 20, 9, 0, tzinfo=UTC), "text": _("Check-in due"), "tone": "now"},
            {"when": date(2026, 9, 25), "text": _("You and Ruth signed the agreement"), "href": "#timeline"},
        ],
        "steps": [
            {"label": _("You"), "state": "done", "href": "#forms"},
            {"label": _("Your aims"), "state": "current"},
            {"label": _("Times"), "state": "todo"},
        ],
        "marks": [2, 3, 3, 4],
        "head": [_("Mentor"), _("Organisation"), _("Places")],
        "rows": [
            ["Ruth Adeyemi", "Calder Water, until 2023", "1 of 3"],
            ["Dr Maximiliane von Hohenfels-Achterberg", "Baltica Reinsurance Holding SE", "0 of 1"],
        ],
        "page": Paginator(range(30), 10).page(2),
        "empty_form": SampleForm(prefix="fresh"),
        "wrong_form": SampleForm({"wrong-by": "yesterday week"}, prefix="wrong"),
        "colours": [
            "paper",
            "surface",
            "sunk",
            "line",
            "edge",
            "ink",
            "ink-2",
            "ink-3",
            "accent",
            "accent-soft",
            "fill",
            "brass",
            "brass-soft",
            "garnet",
            "garnet-soft",
            "slate",
            "plum",
            "focus",
        ],
    }
