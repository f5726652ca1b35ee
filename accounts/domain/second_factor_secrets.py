"""Second-factor secrets under the content master key: a copy of the database opens no account."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from allauth.mfa.models import Authenticator

from common.content.keys import ContentTampered, Wrapped, current_master, unwrap, wrap
from common.content.rotation import Wrapping

BOUND_TO = "accounts:second-factor"
SEALED = ("secret", "seed", "migrated_codes")  # where allauth keeps what it has sealed; the last is a list


def seal(text: str) -> str:
    """The secret as "master key id:base64"."""
    wrapped = wrap(text.encode(), bound_to=BOUND_TO)
    return f"{wrapped.master}:{base64.b64encode(wrapped.blob).decode()}"


def unseal(sealed: str) -> str:
    """The secret again. Raises `ContentTampered` when it was forged or its master key is gone."""
    master, _colon, encoded = sealed.partition(":")
    try:
        blob = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise ContentTampered("a second-factor secret cannot be read") from error
    return unwrap(Wrapped(master, blob), bound_to=BOUND_TO).decode()


def _sealed(data: Mapping[str, Any]) -> Iterable[str]:
    """Everything sealed in an authenticator's data."""
    for name in SEALED:
        held = data.get(name) or []
        yield from [held] if isinstance(held, str) else held


def _outdated() -> list[int]:
    today = f"{current_master()}:"
    rows = Authenticator.objects.order_by("pk").values_list("pk", "data")
    return [pk for pk, data in rows.iterator() if any(not each.startswith(today) for each in _sealed(data))]


def _rewrap(pk: int) -> None:
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return
    for name in SEALED:
        held = row.data.get(name)
        if isinstance(held, str):
            row.data[name] = seal(unseal(held))
        elif held:
            row.data[name] = [seal(unseal(each)) for each in held]
    row.save(update_fields=["data"])


SECOND_FACTORS = Wrapping("second-factor secrets", _outdated, _rewrap)
