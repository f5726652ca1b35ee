"""The first conversation's answer, and what changes a pairing's state."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, LongText, RefusableForm
from matching.models.pairings import EndClass
from matching.models.requests import TEXT_LENGTH


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


class LengthForm(RefusableForm):
    """Until when instead."""

    planned_end = forms.DateField(label=_("Planned end"), widget=DateInput())


class EndForm(RefusableForm):
    """Why, as far as a coordinator may know, and in one's own words, which only their writer reads."""

    end_class = forms.ChoiceField(
        label=_("Reason"),
        choices=EndClass.for_people(),
        widget=forms.RadioSelect,
        help_text=_("Your coordinator sees this choice; the other side does not."),
        error_messages={"required": _("Please choose the reason that comes closest.")},
    )
    text = LongText(
        label=_("In your own words"),
        help_text=_("Only you can read this again; encrypted."),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
