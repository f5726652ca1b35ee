"""What must hold of the stored rows at every moment, as queries: each gives the ids of what breaks it.

Constraints and triggers see to it that none ever gives a row; these look at all the rows there are, whoever wrote
them. The stress run, the tests and `manage.py check_invariants` ask the same queries.
"""

from collections.abc import Mapping
from datetime import date

from django.db import connection, transaction

_QUERIES: dict[str, str] = {}


def register(queries: Mapping[str, str]) -> None:
    """Add an app's queries, by name (called in `ready()`): one column of ids; `%(today)s` is the programme's day."""
    _QUERIES.update(queries)


def registered() -> Mapping[str, str]:
    """Every query, by name."""
    return dict(_QUERIES)


def broken(today: date) -> dict[str, list[str]]:
    """The ids that break an invariant, by its name, in the current transaction; empty when all is well."""
    found = {}
    with connection.cursor() as cursor:
        for name, query in sorted(_QUERIES.items()):
            cursor.execute(query, {"today": today})
            if ids := sorted(str(row[0]) for row in cursor.fetchall()):
                found[name] = ids
    return found


def broken_in_snapshot(today: date) -> dict[str, list[str]]:
    """The same in a transaction of its own, where every query sees one and the same moment."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return broken(today)
