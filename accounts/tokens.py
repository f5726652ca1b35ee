"""What links carry. The link and the typed code of an invitation: derived from its id and how often it was sent.

Nothing secret is stored: rows hold keyed digests, which neither open an invitation nor can be guessed from a dump.
Sending again makes both anew, so that a letter forwarded long ago stops working.

A row's digests are made with one of the site's keys: SECRET_KEY, or the one it had before (SECRET_KEY_FALLBACKS). Link
and code are derived with the same, so that changing the key breaks none that has been sent.
"""

import hmac
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

# No letters and digits that look alike, no vowels that make words.
ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"
CODE_LENGTH = 8


def site_keys() -> tuple[str, ...]:
    """The key that signs, and those that signed before it, whose links and codes still hold."""
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _derive(purpose: str, text: str, key: str | None) -> bytes:
    return salted_hmac(f"accounts.invitation.{purpose}", text, secret=key, algorithm="sha256").digest()


def link_token(invitation_id: UUID, sends: int, *, key: str | None = None) -> str:
    """The secret part of the link: 64 hexadecimal digits. `key` is one of the site's, by default the one that signs."""
    return _derive("token", f"{invitation_id}:{sends}", key).hex()


def typed_code(invitation_id: UUID, sends: int, *, key: str | None = None) -> str:
    """The code as printed, "BCDF-2345"."""
    number = int.from_bytes(_derive("code", f"{invitation_id}:{sends}", key), "big")
    letters = ""
    for _place in range(CODE_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters += ALPHABET[index]
    return f"{letters[:4]}-{letters[4:]}"


def address_token(change_id: UUID) -> str:
    """What the link carries that undoes a change of address: it is good for this one change, until that is over."""
    return signing.dumps(str(change_id), salt="accounts.address")


def address_change(token: str) -> UUID:
    """The id of the change a link is about. Raises `LookupError` for a link that is not ours."""
    try:
        return UUID(signing.loads(token, salt="accounts.address"))
    except signing.BadSignature as error:
        raise LookupError(token) from error


def erasure_token(erasure_id: UUID) -> str:
    """What the link carries that keeps an account from being erased, until that is over."""
    return signing.dumps(str(erasure_id), salt="accounts.erasure")


def erasure(token: str) -> UUID:
    """The id of the erasure a link is about. Raises `LookupError` for a link that is not ours."""
    try:
        return UUID(signing.loads(token, salt="accounts.erasure"))
    except signing.BadSignature as error:
        raise LookupError(token) from error


def tidy(code: str) -> str:
    """A code as typed by a person: case, spaces and dashes do not matter."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def token_digest(token: str, *, key: str | None = None) -> str:
    """What is stored of a link."""
    return _derive("token-digest", token, key).hex()


def code_digest(code: str, *, key: str | None = None) -> str:
    """What is stored of a code."""
    return _derive("code-digest", tidy(code), key).hex()


def same(stored: str, given: str) -> bool:
    """Compare digests without telling by time where they differ."""
    return hmac.compare_digest(stored, given)
