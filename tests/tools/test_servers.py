"""The embedded servers by themselves: both ways round root, data that does not fit, nothing to be found."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest
import redis

from tools import identity, postgres, valkey
from tools.identity import RootMode
from tools.process import Nursery, StackError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another identity")


def connect(url: str) -> psycopg.Connection:
    """Connect to a server by the address we give to Django."""
    user, _, host = url.removeprefix("postgres://").partition("@/app?host=")
    return psycopg.connect(f"host={host} user={user} dbname=app")


@as_root
@pytest.mark.parametrize("mode", [RootMode.NAMESPACE, RootMode.SETUID])
def test_both_root_modes_keep_data(mode: RootMode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one start wrote, the next reads, though the second is no longer told the mode."""
    kept = tmp_path / "a folder" / "postgres"
    if mode is RootMode.NAMESPACE and not identity.namespaces_work(postgres.find_programs() / "postgres"):
        pytest.skip("user namespaces are forbidden here")
    monkeypatch.setenv("STACK_ROOT_MODE", mode)
    with Nursery() as nursery, connect(postgres.start_postgres(nursery, kept_in=kept)) as connection:
        connection.execute("create table note as select 'kept' as line")
        connection.commit()
        assert mode in (kept / "home").read_text()
    monkeypatch.delenv("STACK_ROOT_MODE")
    with Nursery() as nursery, connect(postgres.start_postgres(nursery, kept_in=kept)) as connection:
        assert connection.execute("select line from note").fetchone() == ("kept",)
    postgres.forget_durable_home(kept)
    assert not kept.exists()


@as_root
def test_programs_that_nobody_cannot_reach_are_copied_with_their_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project below /root, mode 0700, hides its .venv from `nobody`, who must be able to run the copy."""
    monkeypatch.setenv("STACK_ROOT_MODE", RootMode.SETUID)
    monkeypatch.setattr(postgres, "reachable_by_others", lambda _folder: False)
    kept = tmp_path / "postgres"
    with Nursery() as nursery, connect(postgres.start_postgres(nursery, kept_in=kept)) as connection:
        found = connection.execute("select setting from pg_config where name = 'BINDIR'").fetchone()
        place = Path((kept / "home").read_text().partition(" ")[2])
        assert found is not None
        assert Path(found[0]).is_relative_to(place)
    postgres.forget_durable_home(kept)
    assert not place.exists()


def test_only_what_everybody_may_enter_counts_as_reachable(tmp_path: Path) -> None:
    """One closed folder on the way is enough to hide what lies below."""
    below = tmp_path / "closed/below"
    below.mkdir(parents=True)
    below.parent.chmod(0o700)
    assert not postgres.reachable_by_others(below)
    assert postgres.reachable_by_others(Path("/usr/bin"))


@as_root
def test_an_unknown_or_changed_root_mode_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, before anything is started."""
    monkeypatch.setenv("STACK_ROOT_MODE", "magic")
    with pytest.raises(StackError, match="namespace or setuid"):
        identity.choose_mode(Path("postgres"))
    monkeypatch.setenv("STACK_ROOT_MODE", "setuid")
    with pytest.raises(StackError, match="made in namespace mode"):
        identity.choose_mode(Path("postgres"), remembered="namespace")


def test_data_of_another_version_is_refused_in_words(tmp_path: Path) -> None:
    """Not with the server's own riddle."""
    (tmp_path / "PG_VERSION").write_text("9\n")
    with pytest.raises(StackError, match=r"made by PostgreSQL 9.*--fresh"):
        postgres.check_data(tmp_path, postgres.find_programs(), identity.Identity())


def test_data_of_another_user_is_refused_in_words(tmp_path: Path) -> None:
    """Also when root could read it."""
    stranger = identity.Identity(user=os.geteuid() + 4711)
    with pytest.raises(StackError, match="belongs to another user"):
        postgres.check_data(tmp_path, postgres.find_programs(), stranger)


def test_without_programs_the_person_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The way out is an address."""
    monkeypatch.setenv("STACK_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(StackError, match="set DATABASE_URL"):
        postgres.find_programs()
    monkeypatch.setattr(valkey.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackError, match="set REDIS_URL"):
        valkey.find_server()


def test_throwaway_servers_leave_no_folder() -> None:
    """The address points into a private folder, which goes with the server."""
    with Nursery() as nursery:
        path = valkey.start_valkey(nursery).removeprefix("unix://").removesuffix("?db=0")
        with redis.Redis(unix_socket_path=path) as client:
            assert client.ping()
        assert Path(path).parent.stat().st_mode & 0o077 == 0
    assert not Path(path).parent.exists()


def test_the_site_reads_and_writes_rows_of_its_owner_and_no_more() -> None:
    """What `tools/roles.sql` makes: the owner has tables, the site has rows, and neither has the server."""
    with Nursery() as nursery:
        superuser = postgres.start_postgres(nursery)
        with connect(postgres.as_role(superuser, "owner")) as owner:
            owner.execute("CREATE EXTENSION btree_gist")  # a trusted one
            owner.execute("CREATE TABLE note (id bigint GENERATED BY DEFAULT AS IDENTITY, line text)")
        with connect(postgres.as_role(superuser, "app")) as app:
            app.execute("INSERT INTO note (line) VALUES ('a'), ('b')")
            app.execute("UPDATE note SET line = 'c' WHERE line = 'b'")
            assert app.execute("SELECT line FROM note ORDER BY id").fetchall() == [("a",), ("c",)]
            app.commit()
            for statement in (
                "TRUNCATE note",
                "DROP TABLE note",
                "ALTER TABLE note ADD COLUMN more text",
                "CREATE TABLE another (line text)",
                "SET session_replication_role = replica",
                "CREATE ROLE another",
                "SET ROLE owner",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    app.execute(statement)
                app.rollback()
            owned = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'app'"
            assert app.execute(owned).fetchone() == (0,)
