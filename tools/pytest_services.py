"""pytest plugin: a throwaway PostgreSQL and Valkey for the run, and keys, before Django's settings are read.

Only the controlling process starts them; pytest-xdist's workers inherit the addresses. DATABASE_URL and
REDIS_URL, when set, are used instead. Tests marked `browser` are skipped, and counted, without Chromium;
STACK_REQUIRE_BROWSER=1 makes that an error.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Generator

import pytest

from tools.keys import new_secrets
from tools.postgres import start_postgres
from tools.process import Nursery, StackError, stop_signals_interrupt
from tools.valkey import start_valkey

HEADLESS_NAMES = ("chromium-headless-shell", "chrome-headless-shell")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NO_CHROMIUM = "no Chromium on PATH"
_running = contextlib.ExitStack()


def chromium() -> str | None:
    """The path of a Chromium on this machine, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def headless_chromium() -> str | None:
    """The path of a Chromium made for running without a screen, else of the whole one; None without any.

    It shows pages alike, without the windows, tabs and profiles of a browser around them.
    """
    return next(filter(None, map(shutil.which, HEADLESS_NAMES)), chromium())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(args: list[str]) -> Generator[None, object, object]:
    """Start what is missing, ahead of pytest-django, which reads the settings in this hook."""
    only_asking = {"--help", "-h", "--version", "-V", "--markers", "--fixtures"} & set(args)
    if not only_asking and "PYTEST_XDIST_WORKER" not in os.environ:
        try:
            prepare_environment()
        except StackError as problem:
            _running.close()
            raise pytest.UsageError(str(problem)) from problem
    return (yield)


def prepare_environment() -> None:
    """Put addresses and keys into the environment, starting servers where it names none."""
    for name, value in new_secrets().items():
        os.environ.setdefault(name, value)
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if not missing:
        return
    _running.enter_context(stop_signals_interrupt())
    nursery = _running.enter_context(Nursery())
    starters: dict[str, Callable[[Nursery], str]] = {"DATABASE_URL": start_postgres, "REDIS_URL": start_valkey}
    for name in missing:
        os.environ[name] = starters[name](nursery)
    if "DATABASE_URL" in missing:
        os.environ["TEST_RUN_FOLDER"] = str(nursery.scratch())


def pytest_unconfigure() -> None:
    """Stop the servers (the keeper does, should we be killed)."""
    _running.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--stress`."""
    parser.addoption("--stress", type=int, metavar="N", help="operations of tests/stress; a short run by default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium, skip the browser tests."""
    if chromium():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            if os.environ.get("STACK_REQUIRE_BROWSER"):
                raise pytest.UsageError(f"Browser tests are required here, but there is {NO_CHROMIUM}.")
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many browser tests were left out."""
    reports = terminalreporter.stats.get("skipped", [])
    skipped = [report for report in reports if NO_CHROMIUM in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} browser tests skipped: {NO_CHROMIUM}", yellow=True)
