"""AES-SIV (RFC 5297) over padded text: under one key the same text is always the same bytes, so that rows are found by
what they hold although it cannot be read.

Whoever has the rows without the key sees which of them hold the same, and neither the text nor its length to within
256 bytes. What nobody searches for is sealed with `common.content.cipher`, which hides that, too.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from common.content.keys import ContentTampered

VERSION = b"\x01"
BLOCK = 256
SIV_KEY_BYTES = 64  # AES-256: one half authenticates, the other encrypts


class LookupCipher:
    """Seals text for one purpose under one content key."""

    def __init__(self, key: bytes, *, purpose: str) -> None:
        derived = HKDF(SHA256(), length=SIV_KEY_BYTES, salt=None, info=purpose.encode()).derive(key)
        self._siv, self._bound_to = AESSIV(derived), [VERSION, purpose.encode()]

    def seal(self, text: str) -> bytes:
        """The bytes that stand for `text`."""
        plain = text.encode()
        padded = len(plain).to_bytes(4, "big") + plain
        return VERSION + self._siv.encrypt(padded + b"\x00" * (-len(padded) % BLOCK), self._bound_to)

    def unseal(self, sealed: bytes) -> str:
        """The text again. Raises `ContentTampered` when it was forged or cut, or is under another key."""
        if sealed[:1] != VERSION:
            raise ContentTampered("a sealed value has an unknown version")
        try:
            padded = self._siv.decrypt(sealed[1:], self._bound_to)
        except (InvalidTag, ValueError) as error:
            raise ContentTampered("a sealed value does not verify") from error
        return padded[4 : 4 + int.from_bytes(padded[:4], "big")].decode()
