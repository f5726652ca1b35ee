"""The fingerprint of what a run was made from: the same for the same people, rules, weights, terms and engine."""

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from matching.engine import MenteeCard, Pool, engine_version

PURPOSE = "matching.run_inputs"


def fingerprint(pool: Pool, mentees: Iterable[MenteeCard], terms: dict[str, bool]) -> str:
    """One for all of it, in whatever order it was read.

    Keyed, because private lists are in it: whoever has the database alone cannot try out who is on one.
    """
    digest = salted_hmac(PURPOSE, engine_version(), algorithm="sha256")
    settings = {"terms": terms, "rules": asdict(pool.rules), "weights": asdict(pool.weights)}
    digest.update(_line([settings, sorted(map(_plain, pool.waived))]))
    for card in (*pool.ordered, *sorted(mentees, key=lambda card: str(card.id))):
        digest.update(_line([type(card).__name__, *(_plain(getattr(card, each.name)) for each in fields(card))]))
    return str(digest.hexdigest())


def _line(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode() + b"\n"


def _plain(value: Any) -> Any:
    """As JSON, with sets in one order."""
    if isinstance(value, frozenset):
        return sorted((_plain(each) for each in value), key=str)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, UUID) else value
