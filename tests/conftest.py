"""What holds for the whole suite."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.frozen_clock import FrozenClock
from tests.matching.factories import NOW

END_THE_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database, which is dropped in the end, whoever still holds on to it: a killed worker may have left its
    session there.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_THE_OTHERS)


@pytest.fixture
def clock(settings):
    """The clock of the pages, at NOW until a test moves it."""
    settings.CLOCK = "tests.frozen_clock.now"
    FrozenClock.moment = NOW
    yield FrozenClock
    FrozenClock.moment = NOW
