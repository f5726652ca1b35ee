"""What holds for the whole suite."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

from tests import databases, recorded
from tests.engagements import stories
from tests.frozen_clock import FrozenClock
from tests.matching.factories import NOW

LONG_SECONDS = 10
END_THE_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that all processes end at about the same time."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Have the garbage collector leave alone what stays to the end: all modules and all tests."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what took long without a reason. It fails no run: a busy machine makes any test long."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    calls = [report for report in reports if isinstance(report, pytest.TestReport) and report.when == "call"]
    for report in calls:
        if report.duration > LONG_SECONDS and "slow" not in report.keywords:
            terminalreporter.write_line(f"took {report.duration:.0f} s without a reason: {report.nodeid}")


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
        with django_db_blocker.unblock():
            recorded.record("active", stories.signed_by_both, copies=2)
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_THE_OTHERS)


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database for fixtures that build once what all tests of a module begin with. What a test writes ends with the
    test, as ever; what those fixtures write, with the module. Not beside tests that commit.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(transactional_db: None) -> Iterator[str]:
    """The database of a demo that was just started: a clone, dropped afterwards, of one that is filled once a run.

    Gives what the command said that filled it.
    """
    if not databases.ours():
        yield databases.said_by("seed_demo")
        return
    name = f"{connection.settings_dict['NAME']}_demo"
    source, said = databases.demo()
    databases.clone(source, name)
    with databases.connected_to(name):
        yield said
    databases.drop(name)


@pytest.fixture
def clock(settings):
    """The clock of the pages, at NOW until a test moves it."""
    settings.CLOCK = "tests.frozen_clock.now"
    FrozenClock.moment = NOW
    yield FrozenClock
    FrozenClock.moment = NOW
