"""A system check: the triggers that hold what must never be are there (`manage.py check --database default`)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

# By the migration that makes them: before it has run, nothing is missing.
TRIGGERS: Mapping[tuple[str, str], frozenset[str]] = {
    ("common", "0002_history_is_append_only"): frozenset({"event_append_only"}),
    ("matching", "0002_triggers"): frozenset(
        {
            "enrolment_fixed",
            "pairing_counts",
            "pairing_fits_enrolments",
            "pairing_independent",
            "pairing_independent_on_insert",
            "pairing_people_fixed",
            "request_fits_enrolments",
            "request_independent",
            "request_independent_on_insert",
            "request_people_fixed",
            "wish_fits_enrolments",
        }
    ),
}


def triggers_exist(*, databases: Sequence[str] | None = None, **_more: Any) -> Iterable[CheckMessage]:
    """An error for each trigger that its migration made and that is gone or switched off."""
    return [message for alias in databases or () for message in _missing(alias)]


def _missing(alias: str) -> list[CheckMessage]:
    connection = connections[alias]
    applied = set(MigrationRecorder(connection).applied_migrations())
    expected = {name for migration, names in TRIGGERS.items() if migration in applied for name in names}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        present = {name for (name,) in cursor.fetchall()}
    return [
        Error(
            f"The trigger {name} is missing in the database {alias!r}.",
            hint="Restore it from its migration before anybody works with this database.",
            id="matching.E001",
        )
        for name in sorted(expected - present)
    ]
