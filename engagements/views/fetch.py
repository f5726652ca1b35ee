"""Fetching what a person may see; anything else is missing."""

from datetime import datetime
from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest

from accounts.models import User
from engagements.domain.pairing_status import PairingStatus, mine, statuses


def person(request: HttpRequest) -> User:
    """Who is signed in (the views using this require it)."""
    return cast(User, request.user)


def pairing_status_of(request: HttpRequest, pk: UUID, now: datetime) -> PairingStatus:
    """A pairing as the signed-in person sees it. Somebody else's is as missing as one that never was."""
    user = person(request)
    found = statuses(mine(user).filter(pk=pk), user=user, now=now)
    if not found:
        raise Http404
    return found[0]
