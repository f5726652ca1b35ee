"""AES-256-GCM over padded text: what is sealed shows neither its words nor its length to within 256 bytes.

Layout of a sealed value: 1 byte schema version, 12 bytes nonce, ciphertext with its 16-byte tag.
Authenticated with it: version, key, record, field and author, so that a value moved to another place does not
open there.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from common.content.keys import NONCE_BYTES, ContentTampered

VERSION = b"\x01"
BLOCK = 256


def _place(key_id: str, record: str, field: str, author: str) -> bytes:
    return b"\x1f".join([VERSION, *(part.encode() for part in (key_id, record, field, author))])


def seal(key: bytes, text: str, *, key_id: str, record: str, field: str, author: str) -> bytes:
    """Seal `text` for one place: a field of a record, by an author, under one pairing key."""
    plain = text.encode()
    padded = len(plain).to_bytes(4, "big") + plain
    padded += b"\x00" * (-len(padded) % BLOCK)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, padded, _place(key_id, record, field, author))


def unseal(key: bytes, sealed: bytes, *, key_id: str, record: str, field: str, author: str) -> str:
    """The text again. Raises `ContentTampered` when it was forged, moved or cut."""
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != VERSION:
        raise ContentTampered("a sealed value has an unknown version")
    try:
        padded = AESGCM(key).decrypt(nonce, body, _place(key_id, record, field, author))
    except (InvalidTag, ValueError) as error:
        raise ContentTampered("a sealed value does not verify") from error
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")].decode()
