"""What people fill in when they ask, answer or take back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import LongText, RefusableForm
from common.versioned import VersionedForm
from matching.models.requests import TEXT_LENGTH, DeclineClass


class AskForm(RefusableForm):
    """The note to a mentor. `name` is the mentor's first name."""

    note = LongText(required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 7}))

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = _("Your note to %(name)s") % {"name": name}
        self.fields["note"].help_text = _(
            "What you would like to think through, and why with %(name)s. Only the two of you will ever read it."
        ) % {"name": name}


class NoteForm(VersionedForm):
    """The note left for a mentor on the shortlist. `name` is the mentor's first name."""

    note = LongText(required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 7}))

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = _("Your note to %(name)s") % {"name": name}
        self.fields["note"].help_text = _(
            "It goes along when %(name)s is asked; until then only you can read it. Empty it to send none."
        ) % {"name": name}


class DeclineForm(RefusableForm):
    """Why not, in one word for the coordinators and, if wished, in private words."""

    reason_class = forms.ChoiceField(
        label=_("Reason"),
        choices=DeclineClass.choices,
        widget=forms.RadioSelect,
        help_text=_("Coordinators see this. The mentee learns only that it is not possible at present."),
        error_messages={"required": _("Please choose a reason."), "invalid_choice": _("Please choose a reason.")},
    )
    text = LongText(
        label=_("A note to yourself"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Encrypted. Nobody but you can read it."),
    )


class WithdrawForm(RefusableForm):
    """Whether the next on the list, `following`, is to be asked at once; not asked about where nobody is left on it."""

    ask_next = forms.TypedChoiceField(
        label=_("And then?"),
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what should happen next.")},
    )

    def __init__(self, *args: Any, following: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not following:
            del self.fields["ask_next"]
            return
        ask = _("Ask %(name)s, the next on my shortlist") % {"name": following}
        self.fields["ask_next"].choices = [("yes", ask), ("no", _("Ask nobody for now"))]  # type: ignore[attr-defined]
