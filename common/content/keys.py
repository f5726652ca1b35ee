"""Master keys. They come from the environment, never from SECRET_KEY and never from the database.

`CONTENT_KEYS` is `id:base64` pairs joined by commas, each 32 random bytes. The first wraps new pairing keys;
the others still unwrap old ones, so that rotation is: put a new pair first, `manage.py rotate_content_keys`, drop the
old one.
"""

import base64
import secrets
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12
KEY_BYTES = 32


class ContentTampered(Exception):  # noqa: N818 - says what happened, in the words of the page that shows it
    """A sealed value or a wrapped key does not verify: forged, swapped, or its master key is missing."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A pairing key under a master key: the master key's id, and nonce + ciphertext."""

    master: str
    blob: bytes


@cache
def _masters(text: str) -> dict[str, AESGCM]:
    masters: dict[str, AESGCM] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, encoded = pair.partition(":")
        key = base64.b64decode(encoded, validate=True)
        if len(key) != KEY_BYTES:
            raise ImproperlyConfigured(f"CONTENT_KEYS: the key {name!r} is not 32 bytes long.")
        masters[name] = AESGCM(key)
    if not masters:
        raise ImproperlyConfigured("CONTENT_KEYS is empty: confidential content cannot be kept without a key.")
    return masters


def current_master() -> str:
    """The id of the master key that wraps today."""
    return next(iter(_masters(settings.CONTENT_KEYS)))


def wrap(key: bytes, *, bound_to: str) -> Wrapped:
    """Wrap a pairing key under the current master key; `bound_to` (the key row's id) is authenticated with
    it.
    """
    name, master = next(iter(_masters(settings.CONTENT_KEYS).items()))
    nonce = secrets.token_bytes(NONCE_BYTES)
    return Wrapped(name, nonce + master.encrypt(nonce, key, bound_to.encode()))


def unwrap(wrapped: Wrapped, *, bound_to: str) -> bytes:
    """The pairing key again. Raises `ContentTampered`."""
    master = _masters(settings.CONTENT_KEYS).get(wrapped.master)
    if master is None:
        raise ContentTampered(f"master key {wrapped.master!r} is not configured")
    try:
        return master.decrypt(wrapped.blob[:NONCE_BYTES], wrapped.blob[NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError) as error:
        raise ContentTampered("a wrapped key does not verify") from error
