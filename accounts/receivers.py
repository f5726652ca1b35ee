"""What follows from what somebody changes through allauth: their address, or how they sign in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest

from accounts.domain import never_with, second_factor, sessions
from accounts.models import User


def address_changed(
    request: HttpRequest, user: User, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **_: Any
) -> None:
    """Tell the new address too (allauth tells the old one), and let private lists recognise it."""
    never_with.recognise(user)
    get_adapter(request).send_notification_mail(
        "account/email/email_changed",
        user,
        context={
            "from_email": from_email_address.email if from_email_address else "",
            "to_email": to_email_address.email,
        },
        email=to_email_address.email,
    )


def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """This session has just shown the new factor; sessions that never did are over."""
    if authenticator.type not in second_factor.FACTORS:
        return
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
    sessions.end_all(user)
    update_session_auth_hash(request, user)


def connect() -> None:
    """Called once, when the app is ready."""
    email_changed.connect(address_changed, dispatch_uid="accounts.address_changed")
    authenticator_added.connect(factor_added, dispatch_uid="accounts.factor_added")
