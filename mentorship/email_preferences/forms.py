"""Quiet days, and which e-mails somebody wants."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, RefusableForm
from common.versioned import VersionedForm


class QuietForm(RefusableForm):
    """Days without reminders, both included."""

    starts_on = forms.DateField(label=_("First quiet day"), widget=DateInput())
    ends_on = forms.DateField(label=_("Last quiet day"), widget=DateInput())


class AnyOf(forms.MultipleChoiceField):
    """All, some or none of the choices: none is an answer too, so the field does not call itself optional."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class LettersForm(VersionedForm):
    """Which letters somebody wants, of those that may be stopped."""

    kinds = AnyOf(label=_("Send me"), widget=forms.CheckboxSelectMultiple, choices=())

    together = forms.BooleanField(
        label=_("One e-mail a day"),
        help_text=_(
            "What is due on the same day comes together. Without the tick, each thing has an e-mail of its own."
        ),
        required=False,
    )

    def __init__(self, *args: Any, offered: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["kinds"]).choices = [
            (_("Reminders and invitations"), list(offered))
        ]
