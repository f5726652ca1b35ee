"""What follows when somebody's address has changed through allauth."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from django.http import HttpRequest

from accounts.domain import never_with
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


def connect() -> None:
    """Called once, when the app is ready."""
    email_changed.connect(address_changed, dispatch_uid="accounts.address_changed")
