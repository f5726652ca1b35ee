"""The check-in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import LongText
from common.versioned import VersionedForm
from engagements.states import GoalStanding

LINE_LENGTH = 600
FIVE = [(str(mark), str(mark)) for mark in range(1, 6)]
YES_OR_NO = [("yes", _("Yes")), ("no", _("Not yet"))]


def score(label: Any = "") -> forms.TypedChoiceField:
    """A question answered from 1 to 5."""
    return forms.TypedChoiceField(
        label=label,
        choices=FIVE,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose from 1 to 5.")},
    )


def goal_field(pk: UUID) -> str:
    """What the field about this goal is called."""
    return f"goal_{pk.hex}"


def _standing(title: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=title, choices=GoalStanding.choices, required=False, widget=forms.RadioSelect)


class CheckInForm(VersionedForm):
    """Two minutes: three scores, whether the two have met, each goal in one tap, and a line for the
    other side.

    Its initial values are what was answered already, if it was.
    """

    connection = score()
    clarity = score()
    competency = score()
    met = forms.TypedChoiceField(
        label=_("Have you met since?"),
        choices=YES_OR_NO,
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say whether you have met.")},
    )
    line = LongText(required=False, max_length=LINE_LENGTH, widget=forms.Textarea(attrs={"rows": 3}), strip=True)

    QUESTIONS = {
        "mentee": {
            "connection": _("I have someone outside my organisation I can think aloud with"),
            "clarity": _("I know what matters most for me, and what to leave"),
            "competency": _("I am getting better at the things I set out to learn"),
        },
        "mentor": {
            "connection": _("We speak openly with each other"),
            "clarity": _("I know what my mentee wants from our conversations"),
            "competency": _("I see my mentee getting better at what they set out to learn"),
        },
    }

    def __init__(
        self, *args: Any, side: str, other: str, goals: Mapping[UUID, str] | None = None, **kwargs: Any
    ) -> None:
        """`goals` are the titles of those under way, by their ids."""
        super().__init__(*args, **kwargs)
        self._goals = {goal_field(pk): pk for pk in goals or {}}
        for name, title in zip(self._goals, (goals or {}).values(), strict=True):
            self.fields[name] = _standing(title)
        for name, question in self.QUESTIONS[side].items():
            self.fields[name].label = question
        self.fields["line"].label = _("Anything to bring to the next meeting?")
        self.fields["line"].help_text = _("For %(name)s and you only; encrypted.") % {"name": other}

    def clean(self) -> dict[str, Any]:
        """How goals come on is one answer to the domain, by their ids."""
        said = super().clean() or self.cleaned_data
        said["standings"] = {pk: said.pop(name) for name, pk in self._goals.items() if name in said}
        return said

    def goal_fields(self) -> list[forms.BoundField]:
        """A field for each goal."""
        return [self[name] for name in self._goals]
