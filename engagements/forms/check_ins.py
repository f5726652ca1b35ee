"""The check-in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import LongText
from common.versioned import VersionedForm

LINE_LENGTH = 600
FIVE = [(str(mark), str(mark)) for mark in range(1, 6)]
YES_OR_NO = [("yes", _("Yes")), ("no", _("Not yet"))]


def _score(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=FIVE,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose from 1 to 5.")},
    )


class CheckInForm(VersionedForm):
    """Two minutes: three scores, whether the two have met, and a line for the other side.

    Its initial values are what was answered already, if it was.
    """

    connection = _score("")
    clarity = _score("")
    competency = _score("")
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

    def __init__(self, *args: Any, side: str, other: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, question in self.QUESTIONS[side].items():
            self.fields[name].label = question
        self.fields["line"].label = _("Anything to bring to the next meeting?")
        self.fields["line"].help_text = _("For %(name)s and you only; encrypted.") % {"name": other}
