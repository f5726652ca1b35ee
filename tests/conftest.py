"""What holds for the whole suite."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

from tests import databases
from tests.frozen_clock import FrozenClock
from tests.matching.factories import NOW

END_THE_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that all processes end at about the same time."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """The test database begins as a clone of the migrated one, instead of being migrated itself."""
    if databases.ours():
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"] |= {"TEMPLATE": databases.migrated(), "MIGRATE": False}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database, which is dropped in the end, whoever still holds on to it: a killed worker may have left its
    session there.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", databases.empty)
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_THE_OTHERS)


@pytest.fixture
def demo(transactional_db: None) -> Iterator[None]:
    """The database of a demo that was just started: a clone, dropped afterwards, of one that is filled once a run."""
    if not databases.ours():
        call_command("seed_demo", stdout=StringIO())
        yield
        return
    name = f"{connection.settings_dict['NAME']}_demo"
    databases.clone(databases.demo(), name)
    with databases.connected_to(name):
        yield
    databases.drop(name)


@pytest.fixture
def clock(settings):
    """The clock of the pages, at NOW until a test moves it."""
    settings.CLOCK = "tests.frozen_clock.now"
    FrozenClock.moment = NOW
    yield FrozenClock
    FrozenClock.moment = NOW
