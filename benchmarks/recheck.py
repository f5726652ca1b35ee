"""Queries of one re-check, with few and with many open pairings: `python -m benchmarks.recheck [--many 2000]`.

Every row reads `RATIO name value demand`; before it stand the queries and the seconds. It runs on a throw-away
PostgreSQL, and each change is rolled back. Whoever changes an owner holds the lock on ownership for these seconds.
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from benchmarks.migrated import set_up
from tools.postgres import start_postgres
from tools.process import Nursery

FEW = 20
IMPORTED = 200
NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


def main() -> int:
    """Measure with FEW and then with many, print, and fail where a demand is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=2000, help="open pairings; at least 21")
    many = parser.parse_args().many
    with Nursery() as nursery:
        set_up(start_postgres(nursery))
        return 0 if _measure(many) else 1


def _measure(many: int) -> bool:
    from tests import people
    from tests.matching import crowd
    from tests.matching.factories import cohort

    here = cohort(coordinators=(people.person(),))
    pairings = crowd.open_pairings(here, FEW, NOW)
    changes = _changes(pairings)
    few = {name: _queries(name, change, FEW) for name, change in changes.items()}
    pairings += crowd.open_pairings(here, many - FEW, NOW)
    costs = {name: _queries(name, change, many) for name, change in changes.items()}
    rows = [_ratio(f"{name}: queries with {many} / {FEW} pairings", costs[name] / few[name], 1) for name in changes]
    return all(rows)


ONE_CONFLICT = "an owner of one pairing's employers, who comes into conflict"
ALL_CONFLICT = "an owner of all employers, who all come into conflict"
ALL_CONCERNED = "an owner of every mentee's employer, who stays independent"
BROUGHT_IN = f"{IMPORTED} organisations with owners and board seats, brought in by one transaction"


def _changes(pairings: list[Any]) -> dict[str, Callable[[], None]]:
    """What is measured, by name; the list of pairings grows meanwhile."""
    from accounts.domain.ownership import save_ownership
    from tests import people
    from tests.matching import crowd

    seats = [pairing.mentor for pairing in pairings]

    def own(child: Any, parent: Any) -> None:
        save_ownership(child=child, parent=parent, starts_on=crowd.LONG_AGO, user=None, now=NOW)

    def own_all(*roles: str) -> None:
        group = people.organisation()
        crowd.own_all([each for role in roles for each in crowd.employers(pairings, role)], group)
        own(group, people.organisation())

    return {
        ONE_CONFLICT: lambda: own(*(crowd.employers(pairings[:1], role)[0] for role in ("mentee", "mentor"))),
        ALL_CONFLICT: lambda: own_all("mentee", "mentor"),
        ALL_CONCERNED: lambda: own_all("mentee"),
        BROUGHT_IN: lambda: crowd.bring_in(IMPORTED, seats, NOW),
    }


def _queries(name: str, change: Callable[[], None], pairings: int) -> int:
    """How many queries; printed with those of the re-check and its seconds. Everything is rolled back."""
    from django.db import connection, transaction

    from common.transactions import unit_of_work

    asked = 0

    def count(execute: Any, *words: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*words)

    with transaction.atomic(), connection.execute_wrapper(count):
        with unit_of_work():
            change()
            collected, started = asked, time.perf_counter()
        took = time.perf_counter() - started
        transaction.set_rollback(True)
    rechecked = f"{asked - collected} of them in the re-check, which takes {took:.2f} s"
    print(f"{name}; {pairings} open pairings: {asked} queries, {rechecked}", flush=True)
    return asked


def _ratio(name: str, value: float, most: float) -> bool:
    print(f"RATIO {name!r} {value:.4g} <={most}", flush=True)
    return value <= most


if __name__ == "__main__":
    sys.exit(main())
