"""How tests come by a database quickly, on the server that pytest started for this run.

One database is migrated and one is filled with the demo's people, each by whoever needs it first; every other is a
clone of one of the two. A database is emptied by deleting its few rows: Django would truncate all of its tables.
On a server that DATABASE_URL names, all of this is Django's own way.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase
from psycopg import sql

KEPT = {"django_content_type", "auth_permission"}  # written by `migrate`, not by tests
_flush = TransactionTestCase._fixture_teardown


def ours() -> bool:
    """Whether the server is this run's own."""
    return "TEST_RUN_FOLDER" in os.environ


@contextmanager
def one_at_a_time(name: str) -> Iterator[Path]:
    """Hold the file of this name, which all processes of the run share."""
    place = Path(os.environ["TEST_RUN_FOLDER"]) / name
    with place.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield place


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Every connection opened inside, in whichever thread, leads to this database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def clone(source: str, name: str) -> None:
    """Make the database `name` like `source`, to which nobody may be connected."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source)))


def drop(name: str) -> None:
    """Remove the database, whoever is still connected to it."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def made_once(name: str, source: str, fill: Callable[[], str]) -> tuple[str, str]:
    """The name of a database that is cloned from `source` and filled by the first process that asks for it; and what
    the filling said.
    """
    with one_at_a_time(name) as said:
        if not said.read_text():
            clone(source, name)
            with connected_to(name):
                said.write_text(fill())
        return name, said.read_text()


def said_by(command: str, *arguments: str, **options: object) -> str:
    """Run a command; what it prints."""
    out = StringIO()
    call_command(command, *arguments, stdout=out, **options)
    return out.getvalue()


def migrated() -> str:
    """The database after all migrations."""
    return made_once("migrated", "template1", lambda: said_by("migrate", interactive=False))[0]


def demo() -> tuple[str, str]:
    """The database of a demo that has just been started, and what starting it said."""
    return made_once("demo", migrated(), lambda: said_by("seed_demo"))


def empty(case: TransactionTestCase) -> None:
    """Do what `TransactionTestCase` does after a test: leave no row, but for those that `migrate` wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        if cursor.fetchone() == ("on",):
            _delete_all_rows(cursor)
            return
    _flush(case)


def _delete_all_rows(cursor: CursorWrapper) -> None:
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    found = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table, sql.Identifier(table)) for table in tables
    )
    cursor.execute(found)
    delete = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for (table,) in cursor.fetchall()]
    # As a replica, no trigger fires: neither those that guard the history, nor those that look after foreign keys.
    cursor.execute(
        sql.SQL("; ").join([sql.SQL("BEGIN; SET LOCAL session_replication_role = replica"), *delete, sql.SQL("COMMIT")])
    )
