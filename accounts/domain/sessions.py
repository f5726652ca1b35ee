"""Ending somebody's sessions, on whatever machine they are."""

from django.db.models import F

from accounts.models import User


def end_all(user: User) -> None:
    """Every session of `user` is over with its next request, and `user` knows what new ones must carry."""
    User.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)
    user.refresh_from_db(fields=["session_version"])
