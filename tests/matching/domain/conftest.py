"""What tests of the domain share."""

from collections.abc import Iterator

import pytest

from matching.domain import pools


@pytest.fixture
def nothing_kept() -> Iterator[None]:
    """No pool is kept from before, and none for afterwards."""
    pools.forget()
    yield
    pools.forget()
