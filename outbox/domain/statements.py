"""The outbox's SQL: taking a batch, taking a step, and what stands against a letter.

The path that every letter goes is written as SQL, for as many ORM statements it cost several times what handing the
letter over costs. Everything else in the outbox is the ORM. Leases and pauses are the database's time.
"""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import psycopg
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.utils import CursorWrapper

NOT_WAITING_LONGER = "(next_at IS NULL OR next_at <= statement_timestamp())"

# Takes urgent letters that nobody is just taking. They go one by one, and are due as soon as they are there.
CLAIM_URGENT = f"""
WITH waiting AS MATERIALIZED (
    SELECT id
    FROM outbox_letter
    WHERE state = 'pending' AND urgent AND {NOT_WAITING_LONGER} AND kind = ANY (%(known)s)
    ORDER BY due_at, id
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
)
UPDATE outbox_letter
SET state = 'claimed', lease_token = %(token)s, lease_until = statement_timestamp() + %(lease)s::interval
WHERE id IN (SELECT id FROM waiting)
RETURNING *"""

# Takes due letters that nobody is just taking, without those that will go with an earlier one to the same person, or
# are just going with it.
CLAIM = f"""
WITH due AS MATERIALIZED (
    SELECT id
    FROM outbox_letter AS letter
    WHERE state = 'pending' AND NOT urgent AND due_at <= %(now)s AND {NOT_WAITING_LONGER} AND kind = ANY (%(known)s)
        AND NOT (
            kind = ANY (%(gathered)s) AND doubts = 0 AND EXISTS (
                SELECT
                FROM outbox_letter
                WHERE person_id = letter.person_id AND (due_at, id) < (letter.due_at, letter.id)
                    AND state IN ('pending', 'claimed', 'sending') AND {NOT_WAITING_LONGER}
                    AND kind = ANY (%(gathered)s) AND doubts = 0
            ) AND NOT EXISTS (SELECT FROM outbox_onebyone WHERE person_id = letter.person_id)
        )
    ORDER BY due_at, id
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
)
UPDATE outbox_letter
SET state = 'claimed', lease_token = %(token)s, lease_until = statement_timestamp() + %(lease)s::interval
WHERE id IN (SELECT id FROM due)
RETURNING *"""

# Spreads what is due and was never tried over a while, each person at a moment of their own: what goes together for
# one person still does. Locked rows are left as they are, so that this waits for nobody.
SPREAD = """
WITH herd AS MATERIALIZED (
    SELECT id
    FROM outbox_letter
    WHERE state = 'pending' AND NOT urgent AND due_at <= %(now)s AND next_at IS NULL AND attempts = 0
    ORDER BY due_at, id
    FOR UPDATE SKIP LOCKED
)
UPDATE outbox_letter
SET next_at = statement_timestamp()
    + %(window)s::interval * ((hashtext(coalesce(person_id, invitation_id)::text) & 65535) / 65536.0)
WHERE id IN (SELECT id FROM herd)"""

# The parts of a step, which is one statement. All see the rows as they were when it began, and none touches a row of
# another's: what ended is `sending`, what begins is `claimed`, and its company waits or is `claimed`.
SETTLED = """
    UPDATE outbox_letter
    SET state = %s, reason = %s, detail = %s, attempts = %s, doubts = doubts + %s, sent_at = %s::timestamptz,
        sent_with_id = %s, next_at = statement_timestamp() + %s::interval, lease_token = NULL, lease_until = NULL
    WHERE id = ANY (%s) AND state = 'sending' AND lease_token = %s
    RETURNING id"""
BEGUN = """
    UPDATE outbox_letter
    SET state = 'sending', attempts = attempts + 1, lease_until = statement_timestamp() + %s::interval
    WHERE id = %s AND state = 'claimed' AND lease_token = %s AND lease_until > statement_timestamp()
    RETURNING id"""
JOINED = f"""
    WITH company AS MATERIALIZED (
        SELECT id
        FROM outbox_letter AS letter
        WHERE EXISTS (SELECT FROM begun) AND person_id = %s AND id <> %s
            AND (state = 'pending' OR (state = 'claimed' AND lease_token = %s)) AND {NOT_WAITING_LONGER}
            AND kind = ANY (%s) AND doubts = 0 AND due_at < %s
            AND NOT EXISTS (SELECT FROM outbox_onebyone WHERE person_id = letter.person_id)
        ORDER BY due_at, id
        LIMIT %s
        FOR UPDATE OF letter SKIP LOCKED
    )
    UPDATE outbox_letter
    SET state = 'sending', attempts = attempts + 1, lease_token = %s,
        lease_until = statement_timestamp() + %s::interval
    WHERE id IN (SELECT id FROM company)
    RETURNING id"""

# Whether its reader stopped this kind, and whether a later letter that says the same and more is due.
AGAINST = """
SELECT
    EXISTS (SELECT FROM outbox_unsubscription WHERE person_id = %s AND kind = %s),
    EXISTS (
        SELECT FROM outbox_letter
        WHERE kind = ANY (%s) AND subject_id = %s
            AND person_id IS NOT DISTINCT FROM %s AND invitation_id IS NOT DISTINCT FROM %s
            AND due_at > %s AND due_at <= %s AND state <> 'cancelled'
    )"""


class Part(NamedTuple):
    """One part of a statement, which changes letters and returns their ids."""

    name: str
    text: str
    values: Sequence[Any]


@contextmanager
def prepared() -> "Iterator[CursorWrapper]":
    """A cursor whose statements the server plans once, where the connection's `prepare_threshold` lets it: planning
    would be the most expensive part of a step. Django's own cursors never prepare.
    """
    connection.ensure_connection()
    cursor: Any = psycopg.Cursor(connection.connection)
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with make(cursor) as wrapped:
        yield wrapped


def change(parts: Sequence[Part]) -> dict[str, list[UUID]]:
    """Run the parts as one statement: which letters each of them changed."""
    text = "WITH " + ", ".join(f"{part.name} AS ({part.text})" for part in parts)
    text += " UNION ALL".join(f" SELECT '{part.name}', id FROM {part.name}" for part in parts)
    changed: dict[str, list[UUID]] = defaultdict(list)
    with prepared() as cursor:
        cursor.execute(text, [value for part in parts for value in part.values])
        for name, pk in cursor.fetchall():
            changed[name].append(pk)
    return changed
