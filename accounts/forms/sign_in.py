"""allauth's forms in our words: one label a field, none said a second time inside the box."""

from typing import Any

from allauth.account import forms as theirs
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from common.forms import Guarded

NAME_LENGTH = 60  # characters of a passkey's name
LABELS = {
    "login": _("Your e-mail address"),
    "password": _("Your password"),
    "remember": _("Stay signed in on this device"),
    "oldpassword": _("Your password until now"),
    "password1": _("A new password"),
    "password2": _("The new password once more"),
}


class Plain(Guarded):
    """Mix in before one of allauth's forms."""

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


class Credential(Guarded):
    """Mix in before one of allauth's forms that take what the browser says of a passkey.

    It comes from outside, and its readers raise whatever the first odd thing in it makes them raise.
    """

    def full_clean(self) -> None:
        """As usual; what cannot be read is a passkey that did not work."""
        try:
            super().full_clean()
        except (TypeError, ValueError, LookupError, AttributeError, RecursionError):
            self.cleaned_data: dict[str, Any] = {}
            self.add_error("credential", _("The passkey did not work. Please try once more."))


class Named:
    """Mix in before one of allauth's forms that let a person name a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name: forms.Field = self.fields["name"]  # type: ignore[attr-defined]
        name.validators.append(MaxLengthValidator(NAME_LENGTH))


class EditPasskey(Named, Guarded, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""


class AddPasskey(Named, Credential, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey."""


class AuthenticateByPasskey(Credential, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second step of signing in."""


class LoginByPasskey(Credential, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in with nothing else."""


class ReauthenticateByPasskey(Credential, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey once more, before something that matters."""
