"""The language and the zone in which somebody reads. Pages and e-mails are made in them, and nothing else is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation


@contextmanager
def read_in(*, language: str, zone: str) -> Iterator[None]:
    """What is written inside is in this language and zone (IANA), as far as the site knows them."""
    with translation.override(language_or_default(language)), timezone.override(zone_or_utc(zone)):
        yield


def language_or_default(code: str) -> str:
    """The language of that code; the site's own for one that it does not offer (old data must never break a page)."""
    try:
        return translation.get_supported_language_variant(code)
    except LookupError:
        return settings.LANGUAGE_CODE


def zone_or_utc(name: str) -> tzinfo:
    """The zone of that name; UTC for a name this machine does not know (old data must never break a page)."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC
