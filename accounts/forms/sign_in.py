"""allauth's forms in our words: one label a field, none said a second time inside the box."""

from typing import Any

from allauth.account import forms as theirs
from django.utils.translation import gettext_lazy as _

LABELS = {
    "login": _("Your e-mail address"),
    "password": _("Your password"),
    "remember": _("Stay signed in on this device"),
    "oldpassword": _("Your password until now"),
    "password1": _("A new password"),
    "password2": _("The new password once more"),
}


class Plain:
    """Mix in before one of allauth's forms."""

    fields: dict[str, Any]
    email_label = _("Your e-mail address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.email_label if name == "email" else LABELS.get(name, field.label)


class Login(Plain, theirs.LoginForm):  # type: ignore[misc]  # allauth carries no types
    """Sign in by password."""


class AddEmail(Plain, theirs.AddEmailForm):  # type: ignore[misc]
    """Another address for the same person."""

    email_label = _("The new address")


class ChangePassword(Plain, theirs.ChangePasswordForm):  # type: ignore[misc]
    """A new password, by who knows the old one."""


class SetPassword(Plain, theirs.SetPasswordForm):  # type: ignore[misc]
    """A first password, for who signs in by code so far."""


class ResetPassword(Plain, theirs.ResetPasswordForm):  # type: ignore[misc]
    """Ask for the link to a new password."""


class ResetPasswordFromKey(Plain, theirs.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, by who has the link."""


class Reauthenticate(Plain, theirs.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""


class RequestLoginCode(Plain, theirs.RequestLoginCodeForm):  # type: ignore[misc]
    """Ask for a code to sign in with."""


class SignUp(Plain, theirs.SignupForm):  # type: ignore[misc]
    """Join, where the programme is open to anybody."""
