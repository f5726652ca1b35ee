"""What a report of an error holds, and what it never does."""

import json
import subprocess
import sys
from typing import Any

import pytest

from common.error_reports import about_code
from tests.common.reported_errors import SECRET
from tools.paths import ROOT


@pytest.fixture(scope="module")
def left() -> list[dict[str, Any]]:
    """What a process sent whose view, task and log lines failed."""
    command = [sys.executable, "-m", "tests.common.reported_errors"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    reports: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return reports


def raised(left: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(
        each for each in left if kind in [one["type"] for one in each.get("exception", {"values": []})["values"]]
    )


def test_nothing_that_somebody_said_leaves(left: list[dict[str, Any]]) -> None:
    assert SECRET not in json.dumps(left)
    assert SECRET.partition("@")[0] not in json.dumps(left)


def test_it_says_where_it_failed(left: list[dict[str, Any]]) -> None:
    view = raised(left, "ValueError")
    assert view["transaction"] == "/letter/{token}/"
    assert view["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "view"
    assert view["tags"]["request_id"]
    task = raised(left, "LookupError")
    assert task["transaction"] == "sweep"
    assert task["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "task"


def test_log_lines_of_ours_are_told_in_their_words_and_others_by_their_logger(left: list[dict[str, Any]]) -> None:
    lines = {each["logger"]: each.get("logentry", {}).get("message") for each in left if "logger" in each}
    assert lines["matching"] == "an alert was not raised"
    assert lines["elsewhere"] is None


def test_whatever_else_an_event_holds_stays_here() -> None:
    event = {
        "event_id": "1",
        "transaction": f"/letter/{SECRET}/",
        "transaction_info": {"source": "url"},
        **{name: {"of": SECRET} for name in ("user", "request", "extra", "contexts", "breadcrumbs", "modules", "tags")},
        "exception": {"values": [{"type": "E", "value": SECRET, "stacktrace": {"frames": [{"vars": {"a": SECRET}}]}}]},
    }
    assert about_code(event, {}) == {
        "event_id": "1",
        "exception": {"values": [{"type": "E", "module": None, "stacktrace": {"frames": [{}]}}]},
    }
