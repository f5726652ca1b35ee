"""Fetching what a person may see; anything else is missing."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest

from accounts.calendars import today_of
from accounts.signed_in import signed_in_user
from engagements.domain.pairing_status import PairingStatus, pairing_of, statuses


def pairing_status_of(request: HttpRequest, pk: UUID, now: datetime) -> PairingStatus:
    """A pairing as the signed-in person sees it. Somebody else's is as missing as one that never was."""
    user = signed_in_user(request)
    found = statuses(pairing_of(user=user.pk, today=today_of(user, now), pk=pk), user=user, now=now)
    if not found:
        raise Http404
    return found[0]
