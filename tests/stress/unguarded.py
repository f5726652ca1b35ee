"""The same database without what guards it: to show that a crowd, or a careless hand, does break what is promised."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

TABLES = (
    "accounts_organisation",
    "accounts_ownership",
    "accounts_mentorprofile",
    "cohorts_enrolment",
    "matching_shortlistentry",
    "matching_request",
    "matching_pairing",
    "matching_chemistryanswer",
    "matching_pause",
    "matching_waiver",
    "matching_matchrun",
    "matching_proposal",
    "matching_board",
    "matching_boardchange",
    "matching_boardnote",
    "engagements_agreement",
    "engagements_signature",
    "engagements_checkin",
    "engagements_goal",
    "engagements_note",
    "engagements_decision",
    "engagements_stockround",
    "engagements_stockanswer",
    "engagements_meeting",
    "engagements_review",
    "engagements_lengthproposal",
    "engagements_talk",
    "engagements_scoresharing",
)
# Keys that others point to go last, and come back first.
GUARDS = """
    SELECT conrelid::regclass::text, conname, 'CONSTRAINT', pg_get_constraintdef(oid), contype = 'f'
    FROM pg_constraint WHERE contype IN ('c', 'u', 'f', 'x') AND conrelid::regclass::text = ANY(%(tables)s)
    UNION ALL
    SELECT tgrelid::regclass::text, tgname, 'TRIGGER', pg_get_triggerdef(oid), true
    FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY(%(tables)s)
    UNION ALL
    SELECT indrelid::regclass::text, indexrelid::regclass::text, 'INDEX', pg_get_indexdef(indexrelid), false
    FROM pg_index WHERE indisunique AND NOT indisprimary AND indrelid::regclass::text = ANY(%(tables)s)
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
    ORDER BY 5 DESC, 2
"""

GUARD = """
    SELECT tgrelid::regclass::text, 'trigger' FROM pg_trigger WHERE tgname = %(name)s AND NOT tgisinternal
    UNION ALL SELECT conrelid::regclass::text, 'constraint' FROM pg_constraint WHERE conname = %(name)s
    AND contype <> 't'
    UNION ALL SELECT indrelid::regclass::text, 'index' FROM pg_index WHERE indexrelid::regclass::text = %(name)s
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = %(name)s)
"""

Guard = tuple[str, str, str, str, bool]


def drop_guards() -> list[Guard]:
    """Drop every named constraint, unique index and trigger of these tables; gives what `restore_guards` needs.

    The trigger that counts stays: without it there would be no count to be wrong.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(GUARDS, {"tables": list(TABLES)})
        guards: list[Guard] = [guard for guard in cursor.fetchall() if guard[1] != "pairing_counts"]
        for table, name, kind, _definition, _early in guards:
            if kind == "CONSTRAINT":
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            elif kind == "TRIGGER":
                cursor.execute(f'DROP TRIGGER "{name}" ON {table}')
            else:
                cursor.execute(f"DROP INDEX {name}")
    return guards


def restore_guards(guards: list[Guard]) -> None:
    """Empty the tables and put everything back."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        for table, name, kind, definition, _early in reversed(guards):
            if kind == "CONSTRAINT":
                cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
            else:
                cursor.execute(definition)


@contextmanager
def unguarded() -> Iterator[None]:
    """Inside, the database takes whatever is written."""
    guards = drop_guards()
    try:
        yield
    finally:
        restore_guards(guards)


def drop(name: str) -> None:
    """Drop one guard until the end of the test."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(GUARD, {"name": name})
        for table, kind in cursor.fetchall():
            statement = {
                "trigger": f'DROP TRIGGER "{name}" ON {table}',
                "constraint": f'ALTER TABLE {table} DROP CONSTRAINT "{name}"',
                "index": f'DROP INDEX "{name}"',
            }[kind]
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
