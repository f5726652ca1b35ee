"""Joining by invitation."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.forms.places import ZoneField, ZoneSelect
from accounts.models import User
from common.forms import RefusableForm

AGREE = _("I am the person this invitation was sent to, and will keep what others tell me here to myself")


class AcceptForm(RefusableForm):
    """The human step that no link scanner takes: a box that must be ticked."""

    agree = forms.BooleanField(label=AGREE)


class JoinForm(RefusableForm):
    """Somebody new: name, zone, and a password if they want one."""

    name = forms.CharField(label=_("Full name"), max_length=120)
    zone = ZoneField(
        label=_("Time zone"),
        widget=ZoneSelect(attrs={"data-zone-here": ""}),
        help_text=_("Everything is shown, and every e-mail timed, in your own time."),
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least twelve characters. Without one, you sign in by a code sent to your address, or a passkey."
        ),
    )
    agree = forms.BooleanField(label=AGREE)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("password"):
            try:
                validate_password(said["password"], User(email=self.email, name=said.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return said


class CodeForm(RefusableForm):
    """The code as printed in the letter."""

    email = forms.EmailField(label=_("E-mail address to which the invitation came"))
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Eight characters, for example BCDF-2345."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )
