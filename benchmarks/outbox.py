"""Letters a second through the real worker, beside raw SMTP and django-post_office on the same servers.

    .venv/bin/python -m benchmarks.outbox [--letters N] [--rounds N] [--no-peer]

Everything runs in turn within one run, so that a busy machine slows down all alike; medians are compared. Raw SMTP
is one process that sends the same letters, made beforehand, over one connection, with TCP_NODELAY and no database.
`smtplib` says MAIL, RCPT and DATA one by one; the worker says them in one packet, for the server announces PIPELINING
as real ones do. The worker does not spread the letters (OUTBOX_SPREAD_SECONDS is 0).
"""

import argparse
import json
import os
import smtplib
import socket
import statistics
import subprocess
import sys
import venv
from collections.abc import Callable
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.chaos.harness import Stage
from tools.paths import ROOT
from tools.process import Nursery

LEAST = 0.40
SENDER, RECIPIENT = "letters@counterpoint.example", "somebody@example.org"
PEER = ("django-post-office==3.10.1", "Django>=5.2,<5.3", "psycopg[binary]")
PEER_SETTINGS = """
import environ_free as given
SECRET_KEY = "measured"
INSTALLED_APPS = ["django.contrib.contenttypes", "post_office"]
DATABASES = {"default": given.database()}
EMAIL_BACKEND = "post_office.EmailBackend"
POST_OFFICE = {"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}, "BATCH_SIZE": 1_000_000}
EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = "127.0.0.1", given.port(), 20
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
"""


class SinkProcess:
    """The mail server; `took()` tells what it took since it was last asked."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sink"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.port = int(self._line())

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def took(self) -> tuple[int, float]:
        """How many letters, and how many a second."""
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        facts = json.loads(self._line())
        return facts["count"], facts["count"] / facts["seconds"] if facts["seconds"] else 0.0

    def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def letter(number: int) -> bytes:
    """As large as the worker's."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = (
        "A letter",
        "letters@counterpoint.example",
        "somebody@example.org",
    )
    message["Message-ID"] = f"<{uuid4().hex}{number:08}@counterpoint.example>"
    message.set_content(f"row:{uuid4()}")
    message.add_alternative(f"<p>row:{uuid4()}</p>", subtype="html")
    return message.as_bytes()


def raw(port: int, count: int) -> None:
    """smtplib, one connection."""
    letters = [letter(number) for number in range(count)]
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as line:
        assert line.sock
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for each in letters:
            line.sendmail(SENDER, [RECIPIENT], each)


def through_the_worker(stage: Stage, port: int, count: int) -> None:
    """The site's own worker, with two processes as in docker-compose.yml, and beat."""
    env = stage.environment("outbox.tasks.deliver", port)
    stage.env = {**env, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    stage.run("-m", "tests.chaos.seed", str(count), "plain", env=stage.env)
    stage.workers = [stage.start_worker(concurrency=2)]
    stage.beat = stage.start_beat()
    stage.wait(lambda: stage.open_rows() == 0, "every letter is sent")
    stage.end()


class Peer:
    """django-post_office in an environment of its own, on a database of its own of the same server."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        venv.create(folder / "env", with_pip=True)
        self.python = folder / "env" / "bin" / "python"
        install = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEER]
        subprocess.run(install, check=True)
        with psycopg.connect(stage.database, autocommit=True) as connection:
            connection.execute("create database peer")
        given = "def database(): return {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'peer', 'USER': 'app', "
        given += f"'HOST': {str(stage.sockets)!r}}}\nimport os\ndef port(): return int(os.environ['SINK_PORT'])\n"
        (folder / "environ_free.py").write_text(given)
        (folder / "peer_settings.py").write_text(PEER_SETTINGS)
        self.folder = folder
        self._django(0, "migrate", "--verbosity=0")

    def _django(self, port: int, *words: str) -> None:
        env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "peer_settings", "SINK_PORT": str(port)}
        env["PYTHONPATH"] = str(self.folder)
        log = (self.folder / "log").open("ab")
        command = [str(self.python), "-m", "django", *words]
        subprocess.run(command, env=env, check=True, stdout=log, stderr=log, cwd=self.folder)

    def send(self, port: int, count: int) -> None:
        """Its own command, with two processes."""
        seed = (
            "from post_office.models import Email\n"
            "Email.objects.all().delete()\n"
            f"Email.objects.bulk_create([Email(from_email='{SENDER}', to=['{RECIPIENT}'], subject='A letter', "
            f"message='row', html_message='<p>row</p>', status=2, priority=2) for _ in range({count})])"
        )
        self._django(port, "shell", "-c", seed)
        self._django(port, "send_queued_mail", "--processes", "2", "--log-level", "0")


def measure(sink: SinkProcess, *, letters: int, rounds: int, with_peer: bool) -> dict[str, list[float]]:
    """Letters a second of each way, round after round. Raises `AssertionError` when a letter is missing."""
    with Nursery() as nursery:
        stage = Stage(nursery)
        ways: dict[str, Callable[[int, int], None]] = {"raw": raw, "outbox": partial(through_the_worker, stage)}
        if with_peer:
            ways["django-post_office"] = Peer(stage, nursery.scratch()).send
        speeds: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(rounds):
            for name, send in ways.items():
                send(sink.port, letters)
                count, speed = sink.took()
                print(f"round {number + 1}: {name}: {count} letters, {speed:.0f} a second", flush=True)
                assert count == letters, "letters are missing, or came twice"
                speeds[name].append(speed)
    return speeds


def main() -> int:
    """Measure, print, and fail below what is demanded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-peer", action="store_true")
    options = parser.parse_args()
    sink = SinkProcess()
    try:
        speeds = measure(sink, letters=options.letters, rounds=options.rounds, with_peer=not options.no_peer)
    finally:
        sink.stop()
    middle = {name: statistics.median(values) for name, values in speeds.items()}
    for name, speed in middle.items():
        print(f"{name}: {speed:.0f} letters a second (median of {options.rounds})")
    ratio = middle["outbox"] / middle["raw"]
    print(f"RATIO outbox_vs_raw_smtp {ratio:.2f} >={LEAST:.2f}")
    if "django-post_office" in middle:
        print(f"RATIO outbox_vs_django_post_office {middle['outbox'] / middle['django-post_office']:.2f}")
    return 0 if ratio >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
