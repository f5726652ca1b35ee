"""What must hold of the stored rows at every moment, as queries: each gives the ids of what breaks it.

Constraints and triggers refuse most of it; these look at all the rows there are, whoever wrote them, and find the rest:
what takes several rows or a rule in Python to see. The stress run, the tests and `manage.py check_invariants` ask the
same queries.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from django.db import connection, transaction

_QUERIES: dict[str, str] = {}
_CHECKS: dict[str, Callable[[date], Iterable[object]]] = {}


def register(queries: Mapping[str, str]) -> None:
    """Add an app's queries, by name (called in `ready()`): one column of ids; `%(today)s` is the programme's day."""
    _QUERIES.update(queries)


def register_check(name: str, check: Callable[[date], Iterable[object]]) -> None:
    """Add what no query can say: it reads only, and gives the ids of what breaks it on the programme's day."""
    _CHECKS[name] = check


def registered() -> frozenset[str]:
    """The names of all."""
    return frozenset({*_QUERIES, *_CHECKS})


def broken(today: date) -> dict[str, list[str]]:
    """The ids that break an invariant, by its name, in the current transaction; empty when all is well."""
    found = {}
    with connection.cursor() as cursor:
        for name, query in sorted(_QUERIES.items()):
            cursor.execute(query, {"today": today})
            if ids := sorted(str(row[0]) for row in cursor.fetchall()):
                found[name] = ids
    for name, check in sorted(_CHECKS.items()):
        if ids := sorted(map(str, check(today))):
            found[name] = ids
    return found


def broken_in_snapshot(today: date) -> dict[str, list[str]]:
    """The same in a transaction of its own, where every query sees one and the same moment."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return broken(today)
