"""A private address under which one's calendar program reads one's meetings: made, renewed, taken back."""

from datetime import datetime
from secrets import compare_digest
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.models import User
from common.transactions import atomically
from engagements.models import CalendarFeed

SALT = "engagements.calendar_feed"


@atomically
def make(*, person: User, now: datetime) -> CalendarFeed:
    """The feed of a person, made when it is first asked for."""
    feed, _made = CalendarFeed.objects.get_or_create(person=person, defaults={"made_at": now})
    return feed


@atomically
def renew(*, person: User, now: datetime) -> CalendarFeed:
    """Another address in place of the one there is, which opens nothing from now on."""
    CalendarFeed.objects.filter(person=person).delete()
    return CalendarFeed.objects.create(person=person, made_at=now)


@atomically
def revoke(*, person: User) -> None:
    """The address opens nothing from now on; nothing happens where there is none."""
    CalendarFeed.objects.filter(person=person).delete()


def token_of(feed: CalendarFeed) -> str:
    """What opens it: its id and a code that only we can make of it, kept nowhere."""
    return f"{feed.pk.hex}{_code(feed.pk, settings.SECRET_KEY)}"


def opened_by(token: str) -> CalendarFeed | None:
    """The feed that a token opens; None for a forged or revoked one, and once the account is closed."""
    try:
        pk = UUID(hex=token[:32])
    except ValueError:
        return None
    known = [_code(pk, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    if not any(compare_digest(token[32:].encode(), code.encode()) for code in known):
        return None
    found = CalendarFeed.objects.select_related("person__profile")
    return found.filter(pk=pk, person__is_active=True).first()


def _code(pk: UUID, key: str) -> str:
    return salted_hmac(SALT, pk.hex, secret=key, algorithm="sha256").hexdigest()
