"""Putting every wrapped secret under today's master key, so that the one before can be dropped.

An app that wraps secrets outside `ContentKey` registers what finds and rewraps them, in `ready()`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from common.content.keys import ContentTampered
from common.transactions import atomically


@dataclass(frozen=True, slots=True)
class Wrapping:
    """A kind of rows that hold wrapped secrets.

    `outdated()` gives the ids of those under another master key than today's; `rewrap(id)` puts one of them under
    today's, locked and saved, and raises `ContentTampered` when it cannot be opened.
    """

    name: str
    outdated: Callable[[], Iterable[Any]]
    rewrap: Callable[[Any], None]


_WRAPPINGS: dict[str, Wrapping] = {}


def register(wrapping: Wrapping) -> None:
    """Add a kind of rows to what a rotation goes through."""
    _WRAPPINGS[wrapping.name] = wrapping


def registered() -> list[Wrapping]:
    """Every kind of rows that hold wrapped secrets."""
    return list(_WRAPPINGS.values())


def rotate(wrapping: Wrapping) -> Iterator[tuple[Any, bool]]:
    """Rewrap what is outdated, each in a transaction of its own: its id, and whether it could be opened.

    Broken off and begun again, it goes on with what is left.
    """
    rewrap = atomically(wrapping.rewrap)
    for pk in list(wrapping.outdated()):
        try:
            rewrap(pk)
        except ContentTampered:
            yield pk, False
        else:
            yield pk, True
