"""Marks to be put into what is confidential, and searched for in whatever is kept or sent."""

import base64
import secrets
from collections.abc import Iterator

from django.db import connection
from psycopg import sql


def mark() -> str:
    """Letters and digits that occur nowhere else, and need no escaping anywhere."""
    return f"Sentinel{secrets.token_hex(10)}End"


def disguises(text: str) -> Iterator[bytes]:
    """The text as bytes, in UTF-8 and UTF-16: raw, in hex, and in base64 at each of its three offsets."""
    for plain in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        yield plain
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        for offset in range(3):
            # Whatever stands before and after shares the first and the last characters: those are left out.
            padded = bytes(offset) + plain
            first, last = (0, 2, 3)[offset], len(padded) // 3 * 4
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                yield encode(padded)[first:last]


def hits(where: bytes, text: str) -> int:
    return sum(where.count(each) for each in set(disguises(text)))


def dump() -> bytes:
    """Every row of every table, as a dump would have it."""
    tables = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND relnamespace = 'public'::regnamespace"
    rows = []
    with connection.cursor() as cursor:
        cursor.execute(tables)
        names = [name for (name,) in cursor.fetchall()]
        assert len(names) > 30
        for name in names:
            with cursor.copy(sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(sql.Identifier(name))) as copy:
                rows += [bytes(chunk) for chunk in copy]
    return b"".join(rows)
