"""Who is signed in."""

from django.http import HttpRequest

from accounts.models import User


def signed_in_user(request: HttpRequest) -> User:
    """The person at the other end. Only for views that nobody reaches without having signed in."""
    assert isinstance(request.user, User)  # noqa: S101 - tells the type checker what the view's guard has made sure of
    return request.user
