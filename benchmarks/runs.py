"""How long a run takes from the click to the last proposal: `python -m benchmarks.runs [--people 10000]`.

So many mentees and half as many mentors, on a throw-away PostgreSQL; then the page of the run and of its proposals.

`--kills 200` kills workers and coordinators with SIGKILL instead: at every step of a run and of a publishing in turn, a
statement or a commit, and then at any moment. It fails unless each is whole or nothing each time, and unless a run and
a publishing without their transactions are found out.
"""

import argparse
import logging
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

from benchmarks.migrated import set_up
from tools.postgres import start_postgres
from tools.process import Nursery

T = TypeVar("T")
NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
PAIRS, PEOPLE = 12, (16, 12)
STEPS = 60  # a run of so few has about 45, a publishing about 54
MOST_SECONDS = 0.6  # a worker that is left alone is done by then
CONTROL = range(36, 54)  # the steps at which something is written


def main() -> int:
    """Measure, or kill; print, and fail where a demand is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000, help="mentees, and half as many mentors")
    parser.add_argument("--kills", type=int, default=0, help="how often somebody is killed, in all")
    said = parser.parse_args()
    with Nursery() as nursery:
        set_up(start_postgres(nursery))
        logging.getLogger("common.workers").setLevel(logging.ERROR)  # there is no broker
        logging.getLogger("django_structlog").setLevel(logging.WARNING)  # of each page that is asked for
        return 0 if (_killed(said.kills) if said.kills else _measure(said.people)) else 1


# --- killed ---


def _killed(kills: int) -> bool:
    from tests.matching.killed_runs import coordinator, publishings_killed, runs_killed

    user, half = coordinator(), -(-kills // 2)
    made = runs_killed(user, _moments(half), people=PEOPLE)
    published = publishings_killed(user, _moments(half), pairs=PAIRS)
    print(f"killed {made.kills} times in a run, {published.kills} times in a publishing", flush=True)
    rows = [
        _ratio("times that half a run was kept, or one lost or doubled", len(made.halves), 0),
        _ratio("times that half a publishing was out, or one lost or doubled", len(published.halves), 0),
    ]
    for each in (*made.halves, *published.halves):
        print(each)
    unguarded = runs_killed(user, CONTROL, people=PEOPLE, whole=False)
    out = publishings_killed(user, CONTROL, pairs=PAIRS, whole=False)
    counted = len(unguarded.halves), len(out.halves)
    print("without a transaction: {} faults of runs, {} of publishings".format(*counted), flush=True)
    return all([*rows, unguarded.halves, out.halves])


def _moments(many: int) -> Iterator[int | float]:
    """Each step in turn, and then any moment, as often as is asked for."""
    chance = random.Random(1)  # noqa: S311 - any moments will do
    for number in range(many):
        yield number + 1 if number < STEPS else chance.uniform(0.0, MOST_SECONDS)


# --- measured ---


def _measure(people: int) -> bool:
    from django.test import Client
    from django.urls import reverse

    from matching.domain import run_work
    from matching.domain.runs import Terms
    from matching.models import MatchRun
    from mentorship.demo.seed import crowd
    from mentorship.demo.seed import people as demo_people
    from tests.matching.killed_runs import coordinator

    user = coordinator()
    demo_people.write_topics()
    here = crowd.write(mentors=people // 2, mentees=people, now=NOW, progress=lambda *_: None)
    here.coordinators.add(user)
    run = run_work.queue(cohort=here, user=user, terms=Terms(), now=NOW)
    _done, making = _timed(lambda: run_work.make_next(clock=lambda: NOW))
    run = MatchRun.objects.get(pk=run.pk)
    print(f"{people} mentees and half as many mentors: {making:.0f} s; {run.state}, {run.matched} matched", flush=True)
    client = Client()
    client.force_login(user)
    for name, address in (
        ("the run", reverse("admin:matching_matchrun_change", args=[run.pk])),
        ("its proposals", f"{reverse('admin:matching_proposal_changelist')}?run__id__exact={run.pk}"),
    ):
        client.get(address)
        answer, seconds = _timed(lambda address=address: client.get(address))  # type: ignore[misc]
        print(f"the page of {name}: {seconds * 1000:.0f} ms, {len(answer.content) // 1000} kB", flush=True)
    return run.state == "proven"


def _timed(act: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    made: Any = act()
    return made, time.perf_counter() - started


def _ratio(name: str, value: float, most: float) -> bool:
    print(f"RATIO {name!r} {value:.4g} <={most}", flush=True)
    return value <= most


if __name__ == "__main__":
    sys.exit(main())
