"""The letters an account sends about itself: codes, links, and notices that something changed.

They are allauth's occasions in our words and look; their subjects say nothing about the programme's purpose. They leave
before all others, and what they carry is enclosed: it can be looked up nowhere, and dies with the code or link.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account import app_settings
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from outbox.domain import enclosures
from outbox.kinds import Content, LetterKind, Recipient, Scope, render_email
from outbox.models import Letter

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

ERASED = "accounts/erased"  # an occasion of our own: nothing is left to look the address up in
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
    ERASED: Words(
        "notice",
        _("Your account is erased"),
        _("Your account is erased"),
        _(
            "As was asked for, what we held of you is erased: your name and address, your profile, ties and lists, and "
            "the words you wrote. What others wrote is theirs and stays; where you took part it says “Former member”. "
            "This is the last e-mail that reaches you from here."
        ),
        kicker=_("Your account"),
        footnote=_("Backups that hold more are overwritten in time. Invited at this address, you would begin anew."),
    ),
}

NOTICE_LASTS = timedelta(days=7)
KIND_OF_SHAPE = {"code": "account_code", "link": "account_link", "notice": "account_notice"}
# What an enclosure holds: to whom, in which language and zone, and what the words name.
NAMED = ("code", "password_reset_url", "from_email", "to_email", "deleted_email", "user_agent")


def lasts(occasion: str) -> timedelta:
    """For how long a letter is worth reading: as long as its code or link; what a stranger gets in a code's place, as
    long as the code.
    """
    seconds: Mapping[str, int] = {
        "account/email/login_code": app_settings.LOGIN_BY_CODE_TIMEOUT,
        "account/email/unknown_account": app_settings.LOGIN_BY_CODE_TIMEOUT,
        "account/email/email_confirmation": app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
        "account/email/email_confirmation_signup": app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
        "account/email/account_already_exists": app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
        "account/email/password_reset_code": app_settings.PASSWORD_RESET_BY_CODE_TIMEOUT,
        "account/email/password_reset_key": settings.PASSWORD_RESET_TIMEOUT,
    }
    return timedelta(seconds=seconds[occasion]) if occasion in seconds else NOTICE_LASTS


def enclosed(occasion: str, context: Mapping[str, Any], recipient: Recipient) -> dict[str, str]:
    """What a letter for one of allauth's occasions needs when it leaves."""
    words = {name: str(context[name]) for name in NAMED if name in context}
    if "timestamp" in context:
        words["timestamp"] = context["timestamp"].isoformat()
    to = {"address": recipient.address, "language": recipient.language, "zone": recipient.zone}
    return {"occasion": occasion, **to, **words}


def _recipient(letter: Letter) -> Recipient | None:
    words = enclosures.read(letter)
    return Recipient(words["address"], "", words["language"], words["zone"]) if words else None


def _render(letter: Letter, recipient: Recipient) -> Content:
    words: dict[str, Any] = dict(enclosures.read(letter) or {})
    if "timestamp" in words:
        words["timestamp"] = datetime.fromisoformat(words["timestamp"])
    return render(words["occasion"], words, recipient)


def _kind(shape: str, title: str | Promise) -> LetterKind:
    return LetterKind(
        KIND_OF_SHAPE[shape],
        _render,
        still_due=enclosures.still_valid,
        scope=Scope.ACCOUNT,
        contractual=True,
        recipient=_recipient,
        title=title,
        urgent=True,
    )


KINDS = (
    _kind("code", _("Codes to sign in, or to confirm your address")),
    _kind("link", _("Links to choose a password")),
    _kind("notice", _("Notices that something changed about how you sign in")),
)


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
