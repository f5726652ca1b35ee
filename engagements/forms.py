"""What people fill in inside a pairing."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from common.steps import Refused
from engagements.cadence import OFFERED, ORDINALS, Cadence, Unit, day_words
from engagements.models import Agreement
from matching.models.pairings import EndClass
from matching.models.requests import TEXT_LENGTH

LINE_LENGTH = 600
FIVE = [(str(mark), str(mark)) for mark in range(1, 6)]
YES_OR_NO = [("yes", _("Yes")), ("no", _("Not yet"))]


class DateInput(forms.DateInput):
    """The browser's own picker, whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RefusableForm(forms.Form):
    """A form that can show what the domain refused, with everything typed still in it."""

    def refuse(self, error: Refused) -> None:
        """Put the refusal beside its field, or above the form when it is about no field here."""
        self.add_error(error.field if error.field in self.fields else None, str(error.sentence))


def _score(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=FIVE,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose from 1 to 5.")},
    )


class CheckInForm(RefusableForm):
    """Two minutes: three scores, whether the two have met, and a line for the other side."""

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
    line = forms.CharField(required=False, max_length=LINE_LENGTH, widget=forms.Textarea(attrs={"rows": 3}), strip=True)

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


def days_of_the_month() -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices "first Monday" to "last Friday", in groups by weekday."""
    return [
        (str(WEEKDAYS[weekday]), [(f"{nth}-{weekday}", day_words(nth, weekday).capitalize()) for nth in ORDINALS])
        for weekday in range(5)
    ]


class AgreementForm(RefusableForm):
    """The terms of an agreement; `based_on` is the version they were written over."""

    meetings_a_month = forms.TypedChoiceField(
        label=_("Conversations a month"),
        choices=[(number, str(number)) for number in range(1, 5)],
        coerce=int,
    )
    cadence = forms.ChoiceField(
        label=_("Check-ins"),
        help_text=_("A check-in takes each of you two minutes."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose how often.")},
    )
    day = forms.ChoiceField(
        label=_("Day of the month"),
        help_text=_("For check-ins by the month. What falls on a weekend or a holiday comes on the next working day."),
        required=False,
    )
    planned_end = forms.DateField(
        label=_("Planned end"),
        help_text=_("You can end earlier at any time, without fault."),
        widget=DateInput(),
    )
    amendments = forms.CharField(
        label=_("What else you want to agree on"),
        help_text=_("For the two of you only; encrypted."),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, suggested: Cadence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain = Cadence(suggested.unit, suggested.every)
        offered = sorted({plain, *OFFERED}, key=Cadence.length)
        self._offer("cadence", [(cadence.code, str(cadence)) for cadence in offered])
        self._offer("day", [("", _("No fixed day")), *days_of_the_month()])

    def _offer(self, name: str, choices: list[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        """The interval and the day of the month are one cadence."""
        said = super().clean() or self.cleaned_data
        code, day = said.get("cadence"), said.pop("day", "")
        if code and day and not code.startswith(Unit.MONTH):
            self.add_error("day", _("A day of the month goes with check-ins by the month."))
        elif code:
            said["cadence"] = Cadence.read(code, day)
        return said

    def rebase(self, standing: Agreement | None) -> None:
        """Send the same words again over the version that stands now."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        self.data = {**typed, "based_on": str(standing.version if standing else 0)}


class MeetingForm(RefusableForm):
    """The day of a conversation, and nothing of what was said."""

    held_on = forms.DateField(label=_("You met on"), widget=DateInput())


class QuietForm(RefusableForm):
    """Days without reminders, both included."""

    starts_on = forms.DateField(label=_("First quiet day"), widget=DateInput())
    ends_on = forms.DateField(label=_("Last quiet day"), widget=DateInput())


class AnyOf(forms.MultipleChoiceField):
    """All, some or none of the choices: none is an answer too, so the field does not call itself optional."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class LettersForm(RefusableForm):
    """Which letters somebody wants, of those that may be stopped."""

    kinds = AnyOf(label=_("Send me"), widget=forms.CheckboxSelectMultiple, choices=())

    together = forms.BooleanField(
        label=_("One letter a day"),
        help_text=_(
            "What is due on the same day comes together. Without the tick, each thing has a letter of its own."
        ),
        required=False,
    )

    def __init__(self, *args: Any, offered: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["kinds"]).choices = list(offered)


class ChemistryForm(RefusableForm):
    """A private answer after the first conversation."""

    go_ahead = forms.TypedChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("Yes, let us go ahead")), ("no", _("Not for us"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the two.")},
    )


class ConfirmForm(RefusableForm):
    """Nothing to fill in: the button is the answer."""


class PauseForm(RefusableForm):
    """Until when nothing is due."""

    until = forms.DateField(label=_("Pause until"), help_text=_("The last day of the pause."), widget=DateInput())


class EndForm(RefusableForm):
    """Why, as far as a coordinator may know, and in one's own words, which only their writer reads."""

    end_class = forms.ChoiceField(
        label=_("Reason"),
        choices=[choice for choice in EndClass.choices if choice[0] != EndClass.CHEMISTRY],
        widget=forms.RadioSelect,
        help_text=_("Your coordinator sees this choice; the other side does not."),
        error_messages={"required": _("Please choose the reason that comes closest.")},
    )
    text = forms.CharField(
        label=_("In your own words"),
        help_text=_("Only you can read this again; encrypted."),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
