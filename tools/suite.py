"""The whole suite: ordinary tests with coverage, and beside them, without it, those that wait.

    python -m tools.suite               everything
    python -m tools.suite --postgres    what asks the database something that its version could answer otherwise

Which tests these are stands in `tests/plan.py`; where the time goes, in `docs/testing.md`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from tests.plan import POSTGRES, WAITING
from tools.keys import new_secrets
from tools.paths import ROOT
from tools.postgres import start_postgres
from tools.process import Nursery, StackError, stop_signals_interrupt

PYTEST = ("-m", "pytest", "--durations=20", "--durations-min=3")
# A process that has ended its test takes the next one, not a handful: tests that wait differ in length by a minute.
ONE_BY_ONE = ("--maxschedchunk=1",)
COVERED_AT_LEAST = "95"  # per cent of lines and branches


def processes() -> int:
    """How many processors the tests take."""
    return min(4, os.cpu_count() or 1)


def everything() -> dict[str, list[str]]:
    """The arguments of the two runs of pytest that are the whole suite, by name; the first is the longer one."""
    ordinary = [f"--ignore={path}" for path in WAITING]
    return {
        "ordinary tests": [*PYTEST, *ordinary, "-n", str(processes())],
        "tests that wait": [*PYTEST, *WAITING, "-n", str(processes() + 1), *ONE_BY_ONE],
    }


def on_another_postgres() -> dict[str, list[str]]:
    """The arguments of the same two runs, of that part which the version of PostgreSQL could change."""
    waiting = [path for path in POSTGRES if path in WAITING]
    ordinary = [path for path in POSTGRES if path not in WAITING]
    return {
        "ordinary tests": [*PYTEST, *ordinary, "-n", str(processes())],
        "tests that wait": [*PYTEST, *waiting, "-n", str(processes()), *ONE_BY_ONE],
    }


def environments(count: int, nursery: Nursery) -> list[dict[str, str]]:
    """The environment of each run.

    Unless DATABASE_URL names a server, the runs share one that is started here, so that one database is migrated and
    one filled with the demo for all; what they test with are databases of their own.
    """
    if os.environ.get("DATABASE_URL"):
        return [dict(os.environ) for _place in range(count)]
    shared = {**new_secrets(), **os.environ, "TEST_RUN_FOLDER": str(nursery.scratch())}
    url = start_postgres(nursery)
    names = [f"app_{place}" for place in range(count)]
    with psycopg.connect(url, autocommit=True) as server:
        for name in names:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return [{**shared, "DATABASE_URL": url.replace("@/app?", f"@/{name}?", 1)} for name in names]


def run(runs: dict[str, list[str]], nursery: Nursery) -> bool:
    """Run them side by side, the first on the terminal and the others into files that are shown when it has ended.

    Whether every test of all of them passed.
    """
    folder = nursery.scratch()
    logs: dict[str, Path | None] = {name: folder / f"{place}.log" if place else None for place, name in enumerate(runs)}
    children = [
        nursery.spawn(name, [sys.executable, *runs[name]], log=logs[name], env=env, cwd=ROOT)
        for name, env in zip(runs, environments(len(runs), nursery), strict=True)
    ]
    passed = True
    for child in children:
        passed &= child.process.wait() == 0
        if child.log:
            print(f"=== {child.name}", child.log.read_text(errors="replace"), sep="\n", flush=True)
    return passed


def run_with_coverage(nursery: Nursery) -> bool:
    """Run everything, and show what the ordinary tests left uncovered. Whether all passed and enough is covered.

    SlipCover's own check of the least that is to be covered does not see what other processes covered, once it has
    shown it: the two are done one after the other.
    """
    runs, covered = everything(), nursery.scratch() / "covered.json"
    ordinary, *others = runs
    measured = ["-m", "slipcover", "--json", "--out", str(covered), *runs[ordinary]]
    passed = run({ordinary: measured} | {name: runs[name] for name in others}, nursery)
    asked = ["--merge", str(covered), "--out", str(covered), "--fail-under", COVERED_AT_LEAST]
    return subprocess.run([sys.executable, "-m", "slipcover", *asked], cwd=ROOT, check=False).returncode == 0 and passed


def main(arguments: list[str]) -> int:
    """Run what is asked for; 0 if all of it passed."""
    try:
        with stop_signals_interrupt(), Nursery() as nursery:
            passed = run(on_another_postgres(), nursery) if "--postgres" in arguments else run_with_coverage(nursery)
            return 0 if passed else 1
    except StackError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
