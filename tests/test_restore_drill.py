"""The drill of docs/operations.md: a database is dumped and lost, and the dump restored by a role that owns a new one.

Everything is there again, words of pairs included; no e-mail leaves that may have left since the dump was made.
"""

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from engagements.domain import notes
from engagements.models import Note
from outbox.domain.delivery import deliver_due
from outbox.domain.post import post
from outbox.domain.resending import resend
from outbox.domain.troubles import resume_all
from outbox.models import Letter, LetterState
from outbox.reasons import NotDelivered
from tests import people
from tests.databases import connected_to, drop
from tests.engagements import stories
from tests.matching.factories import NOW
from tools.paths import ROOT
from tools.postgres import find_programs

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "In confidence"
DUMPED = ("--format=custom", "--no-owner", "--no-privileges", "--exclude-table-data=django_session")
RESTORED_BY = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
RESTORED = f"restored_{os.getpid()}"
OWNER = f"owner_{os.getpid()}"


@pytest.fixture
def new_database() -> Iterator[str]:
    """An empty database of a role that is no superuser."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {OWNER}")
        cursor.execute(f"CREATE DATABASE {RESTORED} OWNER {OWNER}")
    yield RESTORED
    drop(RESTORED)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE {OWNER}")


def run(program: str, *words: str | Path, database: str) -> None:
    """Run a program of PostgreSQL against this database of the test's server."""
    at = connection.get_connection_params()
    named = {
        "PGHOST": at.get("host"),
        "PGPORT": at.get("port"),
        "PGUSER": at.get("user"),
        "PGPASSWORD": at.get("password"),
    }
    given = {name: str(value) for name, value in named.items() if value}
    command = [find_programs() / program, *words, f"--dbname={database}"]
    subprocess.run(command, env={**os.environ, **given}, check=True)  # noqa: S603 - our own words


def counts() -> dict[str, int]:
    """How many rows each table has."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            (found[table],) = cursor.fetchone()
    return found


def test_operations_tell_of_the_same_words() -> None:
    said = (ROOT / "docs" / "operations.md").read_text()
    assert " ".join(DUMPED) in said
    assert " ".join(["--role=owner", *RESTORED_BY]) in said


def hold() -> str:
    out = StringIO()
    call_command("outbox", "hold", stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("clock")
def test_a_dump_is_restored_whole_and_nothing_leaves_unasked(new_database: str, tmp_path: Path) -> None:
    pairing = stories.active()
    notes.write(pairing=pairing, user=pairing.mentee, text=WORDS, shared=False, now=NOW)
    Letter.objects.all().delete()
    due = post(kind="check_in_due", subject=pairing, person=pairing.mentee, due_at=NOW)
    later = post(kind="check_in_due", subject=pairing, person=pairing.mentor, due_at=NOW + timedelta(days=1))
    somebody = people.person("Rita Holm", staff=True)
    before = counts()
    dump = tmp_path / "dump"
    run("pg_dump", *DUMPED, "--file", dump, database=_here())
    with connected_to(new_database):
        run("pg_restore", *RESTORED_BY, f"--role={OWNER}", dump, database=new_database)
        assert counts() == before
        assert [note.read("text") for note in Note.objects.all()] == [WORDS]
        assert hold() == "held: 1\n"
        assert [deliver_due(NOW + timedelta(days=2)), mail.outbox] == [0, []]
        states = dict(Letter.objects.values_list("pk", "state"))
        assert states == {due.pk: LetterState.HELD, later.pk: LetterState.PENDING}
        held = Letter.objects.get(pk=due.pk)
        assert (held.reason, held.doubts) == (NotDelivered.RESTORED, 1)
        with pytest.raises(CommandError):
            hold()
        resume_all(user=somebody, now=NOW)
        resend(letter=held, user=somebody, now=NOW)
        assert set(Letter.objects.values_list("state", flat=True)) == {LetterState.PENDING}


def _here() -> str:
    return str(connection.settings_dict["NAME"])
