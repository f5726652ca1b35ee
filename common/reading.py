"""The language and the zone in which somebody reads. Pages and e-mails are made in them, and nothing else is."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone, translation

from common.zones import zone_named


@contextmanager
def read_in(*, language: str, zone: str) -> Iterator[None]:
    """What is written inside is in this language and zone (IANA), or what stands in for one that is not known."""
    with translation.override(language_or_default(language)), timezone.override(zone_named(zone)):
        yield


def language_or_default(code: str) -> str:
    """The language of that code; the site's own for one that it does not offer (old data must never break a page)."""
    try:
        return translation.get_supported_language_variant(code)
    except LookupError:
        return settings.LANGUAGE_CODE
