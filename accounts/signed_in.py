"""Who is signed in, and what their session has proved."""

import time

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from accounts.domain import second_factor
from accounts.models import User


def signed_in_user(request: HttpRequest) -> User:
    """The person at the other end. Only for views that nobody reaches without having signed in."""
    assert isinstance(request.user, User)  # noqa: S101 - tells the type checker what the view's guard has made sure of
    return request.user


def has_proved_second_factor(request: HttpRequest) -> bool:
    """Whether this very session was opened, or confirmed, by a second factor that its person still has.

    That the account has one says nothing: the session may be older than the factor.
    """
    user = signed_in_user(request)
    shown = [record["id"] for record in get_authentication_records(request, user) if record["method"] == "mfa"]
    return bool(shown) and second_factor.are_still_held(user, shown)


def signed_in_just_now(request: HttpRequest) -> bool:
    """Whether the person proved who they are within the last minutes, in whatever way."""
    records = get_authentication_records(request, signed_in_user(request))
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
