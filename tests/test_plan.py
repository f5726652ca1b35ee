"""The plan of whole runs: what it names is there, nothing runs twice, and whatever has SQL of its own is in it."""

import re

import pytest

from tests.plan import POSTGRES, WAITING
from tools.paths import ROOT
from tools.suite import everything, on_another_postgres

APPS = ("common", "outbox", "accounts", "cohorts", "matching", "engagements", "mentorship")
OWN_SQL = re.compile(r"\.cursor\(|RunSQL|RawSQL|\.raw\(|\.extra\(|Extension\(")


@pytest.mark.parametrize("name", [*WAITING, *POSTGRES])
def test_what_the_plan_names_is_there(name: str) -> None:
    assert (ROOT / name).exists()


def test_no_test_is_left_out_and_none_runs_twice() -> None:
    ordinary, waiting = everything().values()
    assert {word.removeprefix("--ignore=") for word in ordinary if word.startswith("--ignore=")} == set(WAITING)
    assert set(WAITING) <= set(waiting)
    assert not any(one != other and one.startswith(f"{other}/") for one in WAITING for other in WAITING)
    assert not any(word.startswith("tests") for word in ordinary), "everything else, by pyproject.toml's testpaths"


def test_the_part_for_another_postgresql_is_the_whole_of_what_is_named() -> None:
    ordinary, waiting = on_another_postgres().values()
    assert {word for word in [*ordinary, *waiting] if word.startswith("tests")} == set(POSTGRES)


def test_whatever_has_sql_of_its_own_is_tried_on_the_oldest_postgresql() -> None:
    """A new module that writes SQL is named in the plan, beside the tests that ask it."""
    said = " ".join(POSTGRES.values())
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py") if OWN_SQL.search(path.read_text())]
    assert len(modules) >= 10
    assert [str(path.relative_to(ROOT)) for path in modules if str(path.relative_to(ROOT)) not in said] == []
