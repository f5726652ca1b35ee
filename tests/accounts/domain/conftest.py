"""What tests of this folder share."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.signals import conflicts_changed


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """The people of each `conflicts_changed`, in order."""
    told: list[Any] = []

    def listen(sender: object, people: Any, **_: Any) -> None:
        told.append(people)

    conflicts_changed.connect(listen)
    yield told
    conflicts_changed.disconnect(listen)
