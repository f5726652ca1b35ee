"""Rows that verbs wrote once in a process, for tests that need them only to begin with.

An active pairing is the work of seven verbs and two hundred queries. Who tests what comes afterwards is given the very
rows, in one statement. They are recorded before the first test, so that nothing a test patches is in them.
"""

from collections.abc import Callable, Iterator
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from psycopg import sql

from tests.databases import KEPT

COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attnum
"""
_kept: dict[str, dict[UUID, str]] = {}


def record(name: str, build: Callable[[], Model], *, copies: int) -> None:
    """Keep what `build` writes into an empty database, `copies` times, and leave it empty."""
    _kept[name] = {}
    for _copy in range(copies):
        with transaction.atomic():
            made = build()
            with connection.cursor() as cursor:
                if _may_write_past_triggers(cursor):
                    _kept[name][made.pk] = _statement(cursor)
            transaction.set_rollback(True)


def again(name: str, model: type[Model]) -> UUID | None:
    """Write the first copy that is not there yet; the key of what was built. None if there is no such copy."""
    there = set(model._default_manager.filter(pk__in=_kept.get(name, {})).values_list("pk", flat=True))
    for pk, statement in _kept.get(name, {}).items():
        if pk not in there:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
            return pk
    return None


def _may_write_past_triggers(cursor: CursorWrapper) -> bool:
    cursor.execute("SHOW is_superuser")
    return bool(cursor.fetchone() == ("on",))


def _statement(cursor: CursorWrapper) -> str:
    """What writes all rows of this database again.

    As a replica, no trigger fires and no foreign key is looked at: they let these rows pass before. What two copies
    share, like a topic, is written once.
    """
    steps = sql.SQL("; ").join(
        [
            sql.SQL("SET LOCAL session_replication_role = replica"),
            *_inserts(cursor),
            sql.SQL("SET LOCAL session_replication_role = origin"),
        ]
    )
    return steps.as_string(cursor.cursor)


def _inserts(cursor: CursorWrapper) -> Iterator[sql.Composable]:
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    for table in sorted(tables):
        cursor.execute(sql.SQL("SELECT jsonb_agg(t)::text FROM {} t").format(sql.Identifier(table)))
        (rows,) = cursor.fetchone()
        if rows is None:
            continue
        cursor.execute(COLUMNS, [table])
        yield sql.SQL(
            "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE"
            " SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, {rows})"
            " ON CONFLICT ON CONSTRAINT {key} DO NOTHING"
        ).format(
            table=sql.Identifier(table),
            columns=sql.SQL(", ").join(sql.Identifier(column) for (column,) in cursor.fetchall()),
            rows=sql.Literal(rows),
            key=sql.Identifier(f"{table}_pkey"),
        )
