"""The letters an account sends about itself: codes, links, and notices that something changed.

They are allauth's occasions in our words and look. They leave at once, past the outbox, because a code is of
no use later; their subjects say nothing about the programme's purpose.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from outbox.kinds import Content, Recipient, render_email

IGNORE = _("If it was not you, do nothing: without this e-mail nobody gets in.")
ACT = _("If it was not you, sign in with a code, change your password, and tell your coordinator.")
SIGNING_IN = _("Signing in")
CHANGED = _("A change to how you sign in")


@dataclass(frozen=True, slots=True)
class Words:
    """What one letter says; `shape` is what it carries: a code, a link, or a notice.

    `text` may name values of allauth's context, such as %(to_email)s.
    """

    shape: str
    subject: str | Promise
    heading: str | Promise
    text: str | Promise
    kicker: str | Promise = SIGNING_IN
    footnote: str | Promise = IGNORE
    action: str | Promise = ""


def _notice(heading: str | Promise, text: str | Promise) -> Words:
    return Words("notice", CHANGED, heading, text, kicker=_("Your account"), footnote=ACT)


_CONFIRM = Words(
    "code",
    _("Your code"),
    _("Confirm your address"),
    _("Type this code on the page you have open. It works once."),
    kicker=_("Your address"),
)

LETTERS: Mapping[str, Words] = {
    "account/email/login_code": Words(
        "code",
        _("Your sign-in code"),
        _("Here is your code"),
        _("Type it on the page you have open. It works once, for a few minutes."),
    ),
    "account/email/email_confirmation": _CONFIRM,
    "account/email/email_confirmation_signup": _CONFIRM,
    "account/email/password_reset_code": Words(
        "code",
        _("Your code"),
        _("A new password"),
        _("Type this code on the page you have open. It works once, for a few minutes."),
    ),
    "account/email/password_reset_key": Words(
        "link",
        _("Your new password"),
        _("Choose a new password"),
        _("The link works once."),
        action=_("Choose a password"),
    ),
    "account/email/account_already_exists": Words(
        "link",
        _("You have an account"),
        _("You have an account already"),
        _(
            "Somebody, probably you, tried to join with this address. It has an account: "
            "sign in with a code, or choose a new password."
        ),
        action=_("Choose a password"),
    ),
    "account/email/unknown_account": Words(
        "notice",
        _("About your sign-in"),
        _("We do not know this address"),
        _("Somebody, probably you, tried to sign in with it. If you were invited under another address, use that one."),
        footnote=_("If it was not you, do nothing."),
    ),
    "account/email/email_changed": _notice(
        _("Your address is changed"), _("You now sign in with %(to_email)s instead of %(from_email)s.")
    ),
    "account/email/email_confirm": _notice(_("Your address is confirmed"), _("E-mails reach you here from now on.")),
    "account/email/email_deleted": _notice(
        _("An address is removed"), _("%(deleted_email)s no longer belongs to your account.")
    ),
    "account/email/password_changed": _notice(
        _("Your password is changed"), _("The old one no longer opens your account.")
    ),
    "account/email/password_reset": _notice(_("Your password is new"), _("The old one no longer opens your account.")),
    "account/email/password_set": _notice(_("You have a password"), _("You can sign in with it from now on.")),
    "mfa/email/totp_activated": _notice(
        _("An authenticator app is set up"), _("It is asked for whenever you sign in with a code or a password.")
    ),
    "mfa/email/totp_deactivated": _notice(
        _("The authenticator app is off"), _("It is no longer asked for when you sign in.")
    ),
    "mfa/email/webauthn_added": _notice(_("A passkey is added"), _("It opens your account from now on.")),
    "mfa/email/webauthn_removed": _notice(_("A passkey is removed"), _("It no longer opens your account.")),
    "mfa/email/recovery_codes_generated": _notice(
        _("New recovery codes are made"), _("Those you had before no longer work.")
    ),
}


def render(occasion: str, context: Mapping[str, Any], recipient: Recipient) -> Content:
    """The letter for one of allauth's occasions, such as "account/email/login_code".

    Raises `KeyError` for an occasion without words.
    """
    words = LETTERS[occasion]
    return render_email(
        "account",
        {
            **context,
            "words": words,
            "text": str(words.text) % context if "%(" in str(words.text) else words.text,
            "action": context["password_reset_url"] if words.shape == "link" else "",
        },
        recipient,
    )
