"""The supervisor: what it starts, what it says, and that nothing outlives it, whatever ends it."""

from __future__ import annotations

import os
import select
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.conftest import Project, free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts processes through /proc")


def wait_for_end_of(pids: list[int], seconds: float = 30) -> list[int]:
    """Wait until these processes have ended; those that have not."""
    poll = select.poll()
    handles = {}
    for pid in pids:
        try:
            handles[os.pidfd_open(pid)] = pid
        except ProcessLookupError:
            continue
    for handle in handles:
        poll.register(handle, select.POLLIN)
    while handles:
        ended = poll.poll(seconds * 1000)
        if not ended:
            break
        for handle, _ in ended:
            poll.unregister(handle)
            os.close(handle)
            del handles[handle]
    return list(handles.values())


def folders_of(said: str, project: Project) -> list[Path]:
    """Throwaway folders that the environment file names."""
    text = (project.root / "var/env").read_text()
    database = text.split("DATABASE_URL=")[1].split("host=")[1].splitlines()[0]
    broker = text.split("REDIS_URL=unix://")[1].split("/s?")[0]
    assert said
    return [Path(database), Path(broker)]


@pytest.mark.slow(reason="the demo is started from nothing, twice")
def test_starts_stops_and_keeps_its_data(project: Project) -> None:
    """Twice: the second start finds what the first wrote, and neither leaves a process or a folder."""
    port = free_port()
    process, said = project.start_ready("--port", str(port))
    assert f"http://127.0.0.1:{port}/" in said
    assert "sign in as ada" in said
    assert "/demo/mailbox/" in said
    for secret in ("env", "secrets.env"):
        assert stat.S_IMODE((project.root / "var" / secret).stat().st_mode) == 0o600
    keys = (project.root / "var/secrets.env").read_text()
    folders = folders_of(said, project)
    assert all(folder.is_dir() for folder in folders)
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest
    assert project.living() == []
    assert not any(folder.exists() for folder in folders)
    assert not (project.root / "var/env").exists()

    process, said = project.start_ready("--port", str(port))
    assert "Writing the demo's people" not in said
    assert (project.root / "var/secrets.env").read_text() == keys
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert project.living() == []


@pytest.mark.slow(reason="the demo is started from nothing")
def test_nothing_outlives_a_killed_supervisor(project: Project) -> None:
    """SIGKILL gives the supervisor no chance to clean up; the keeper does."""
    process, said = project.start_ready("--port", str(free_port()))
    folders = folders_of(said, project)
    pids = project.living()
    assert len(pids) > 12, "supervisor, keeper, PostgreSQL and its helpers, Valkey, web, worker, beat"
    process.kill()
    process.communicate()
    assert wait_for_end_of(pids) == []
    assert project.living() == []
    assert not any(folder.exists() for folder in folders)


def test_a_part_that_ends_is_named_and_ends_the_rest(project: Project) -> None:
    """Half a stack would only look alive."""
    process, _ = project.start_ready("--port", str(free_port()))
    beat = next(pid for pid in project.living() if b"beat-schedule" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(beat, signal.SIGKILL)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "beat ended (code -9)" in said
    assert project.living() == []


def test_a_taken_port_is_said_before_anything_starts(project: Project) -> None:
    """With the command that would work."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        process = project.start("run", "--port", str(port))
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"Port {port} is taken" in said
    assert "python3 dev.py run --port " in said
    assert not (project.root / "var/postgres").exists()


@pytest.fixture
def hangup_not_ignored() -> Iterator[None]:
    """What starts inside hears SIGHUP, even when the tests themselves run under nohup, which children inherit."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hangup_not_ignored")
def test_manage_uses_the_running_demo_and_starts_servers_otherwise(project: Project) -> None:
    """A second `run` from the same folder is refused, `manage` joins in."""
    alone = project.start("manage", "showmigrations", "auth")
    said, _ = alone.communicate(timeout=60)
    assert alone.returncode == 0, said
    assert "0001_initial" in said
    process, _ = project.start_ready("--port", str(free_port()), "--fresh")
    joined = project.start("manage", "demo_sign_ins")
    assert "sign in as ada" in joined.communicate(timeout=60)[0]
    second = project.start("run", "--port", str(free_port()))
    assert "already runs from this folder" in second.communicate(timeout=60)[0]
    assert second.returncode == 1
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert project.living() == []
