"""A real worker, a real beat and a real broker, killed or emptied at the worst moment: nothing is lost.

The mail server is a sink that can hold a conversation at MAIL FROM, before anything of the letter was handed over.
"""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from aiosmtpd.smtp import SMTP
from celery import Celery
from django.db import connection

from common import workers
from outbox.models import Letter, LetterState
from tools.process import Nursery, StackError
from tools.valkey import start_valkey

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 90


def until(stage: "Stage", condition: Callable[[], object], what: str) -> None:
    """Look until it is so, as long as worker and beat live; a generous bound, never a measurement."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    look_again = threading.Event()
    while not condition():
        ended = [process.args for process in stage.running if process.poll() is not None]
        assert not ended, f"{ended} ended by itself; see {stage.folder}"
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        look_again.wait(0.05)


class Sink:
    """A mail server on a free port, in a thread of its own. Keeps the Message-ID of what it took."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.open = threading.Event()
        self.open.set()
        self.knocked = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._started.wait()

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        self.knocked.set()
        await asyncio.to_thread(self.open.wait)
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.taken.append(message_from_bytes(envelope.content)["Message-ID"])
        return "250 OK"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(
            self._loop.create_server(lambda: SMTP(self, loop=self._loop), "127.0.0.1", 0)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        self._server.close()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def stop(self) -> None:
        self.open.set()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


class Stage:
    """Worker and beat over the test's database, our own broker and the sink."""

    def __init__(self, broker: str, sink: Sink, folder: Path) -> None:
        self.sink, self.folder, self.broker = sink, folder, broker
        address = urlsplit(os.environ["DATABASE_URL"])
        database = address._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.outbox.worker_settings",
            "DATABASE_URL": database,
            "REDIS_URL": broker,
            "SINK_PORT": str(sink.port),
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        schedule = str(self.folder / f"schedule-{len(list(self.folder.iterdir()))}")
        self._celery("worker", "--concurrency=1", "--without-gossip", "--without-mingle")
        self._celery("beat", "--schedule", schedule, "--pidfile=")

    def _celery(self, *words: str) -> None:
        with (self.folder / f"{words[0]}.log").open("ab") as log:
            self.running.append(
                subprocess.Popen(  # noqa: S603 - our own worker
                    [sys.executable, "-m", "celery", "-A", "mentorship", *words],
                    env=self.env,
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def kill(self) -> None:
        """SIGKILL to worker, its child and beat, all at once."""
        for process in self.running:
            os.killpg(process.pid, signal.SIGKILL)
        for process in self.running:
            process.wait()
        self.running.clear()


pytestmark = pytest.mark.slow(reason="a lease has to run out")


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    yield made
    made.stop()


@pytest.fixture
def stage(transactional_db, sink, tmp_path, monkeypatch) -> Iterator[Stage]:
    with Nursery() as nursery:
        try:
            broker = start_valkey(nursery)
        except StackError as problem:
            pytest.skip(f"needs a broker of its own, to be emptied: {problem}")
        celery_url = broker.replace("unix://", "redis+socket://", 1)
        app = Celery(broker=celery_url, set_as_current=False)
        monkeypatch.setattr(workers, "current_app", app)
        made = Stage(broker, sink, tmp_path)
        try:
            yield made
        finally:
            made.sink.open.set()
            made.kill()
            app.close()


def all_sent() -> bool:
    return not Letter.objects.exclude(state=LetterState.SENT).exists()


def test_killed_around_a_reminder(stage, letter):
    """Killed while a letter is being handed over, and before the next is begun: each arrives once after the restart."""
    stage.start()
    first = letter("1")
    until(stage, all_sent, "worker and beat are at work")
    stage.sink.open.clear()
    stage.sink.knocked.clear()
    second = letter("2")
    until(stage, stage.sink.knocked.is_set, "the mail server was spoken to")
    stage.kill()
    stage.sink.open.set()
    second.refresh_from_db()
    assert second.state == LetterState.SENDING, "the worker died with the letter in its hands"
    third = letter("3")
    stage.start()
    until(stage, all_sent, "everything is sent after the restart")
    assert sorted(stage.sink.taken) == sorted(each.message_id for each in (first, second, third))
    doubts = dict(Letter.objects.values_list("occasion", "doubts"))
    assert doubts == {"1": 0, "2": 1, "3": 0}


def test_an_emptied_broker_loses_nothing(stage, letter):
    """Every message and binding in the broker is deleted, once with nobody there and once under a running worker."""
    broker = redis.Redis.from_url(stage.broker)
    first = letter("1")
    assert broker.dbsize() > 0, "the poke was waiting in the broker"
    broker.flushall()
    stage.start()
    until(stage, all_sent, "the letter is sent although its poke is gone")
    broker.flushall()
    second = letter("2")
    broker.flushall()
    until(stage, all_sent, "the letter is sent by the running worker")
    broker.close()
    assert sorted(stage.sink.taken) == sorted([first.message_id, second.message_id])
