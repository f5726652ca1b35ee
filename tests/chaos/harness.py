"""The stage of an attack: PostgreSQL that syncs, Valkey, a mail server with faults, workers and beat; all of them
real, and all of them killed while letters leave. What arrived is compared with what the rows say.
"""

import contextlib
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import redis

from tests.sink import Sink
from tools.paths import ROOT
from tools.postgres import as_role, start_postgres
from tools.process import Child, Nursery, StackError
from tools.valkey import start_valkey

WORKERS = 3
LEASE_SECONDS = 5
PATIENCE_SECONDS = 240  # for each single thing waited for; a bound, never a measurement
FINAL = ("sent", "cancelled", "dead")
KILLS = ("kill child", "kill worker", "kill beat")


@dataclass
class Faults:
    """What the mail server does wrong, in parts of all letters; the same seed misbehaves alike."""

    seed: int
    rates: dict[str, list[tuple[str, float]]] = field(
        default_factory=lambda: {
            "CONNECT": [("421 busy", 0.02)],
            "MAIL": [("451 later", 0.02), ("drop", 0.005)],
            "RCPT": [("450 busy", 0.02)],
            "DATA": [("451 later", 0.01), ("drop", 0.005)],
            "BODY": [("drop", 0.005)],
            "DOT": [("lose", 0.01), ("drop", 0.005), ("451 later", 0.01), ("hang", 0.001)],
        }
    )
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - decides what breaks, guards nothing

    def __call__(self, stage: str) -> str:
        drawn = self._random.random()
        for wish, rate in self.rates.get(stage, ()):
            if drawn < rate:
                self.counts[f"{stage} {wish}"] += 1
                return wish
            drawn -= rate
        return ""


@dataclass
class Verdict:
    """What an attack did and what came of it."""

    letters: int
    states: Counter[str]
    deeds: Counter[str]
    faults: Counter[str]
    lost: list[str]
    unrecorded: list[str]
    copies_too_many: int
    doubts: int
    together: int
    seconds: float

    @property
    def kills(self) -> int:
        return sum(self.deeds[name] for name in KILLS)


class Stage:
    """Everything that runs. Use it as a context manager; `attack` may be called several times."""

    def __init__(self, nursery: Nursery) -> None:
        self.nursery = nursery
        self.folder = nursery.scratch()
        self.database = start_postgres(nursery, kept_in=self.folder / "postgres")
        self.sockets = Path(parse_qs(urlsplit(self.database).query)["host"][0])
        self.broker = start_valkey(nursery)
        self.broker_home = Path(urlsplit(self.broker).path).parent
        self.workers: list[Child] = []
        self.beat: Child | None = None
        self.stopped: list[tuple[float, list[int]]] = []
        self.number = self.restarted = 0
        self.env: dict[str, str] = {}
        owner = {"DATABASE_URL": as_role(self.database, "owner")}
        self.run("manage.py", "migrate", "--verbosity=0", env=self.environment("outbox.tasks.deliver", 0) | owner)

    def environment(self, task: str, port: int) -> dict[str, str]:
        """Ours without coverage, which would slow down what is about to be killed."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("COV")},
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "DATABASE_URL": as_role(self.database, "app"),
            "REDIS_URL": self.broker,
            "SINK_PORT": str(port),
            "CHAOS_TASK": task,
        }

    def run(self, *words: str, env: dict[str, str]) -> None:
        self.nursery.run(words[0], [sys.executable, *words], env=env, cwd=ROOT, log=self.folder / "run.log")

    def _celery(self, *words: str) -> Child:
        self.number += 1
        log = self.folder / f"{words[0]}-{self.number}.log"
        command = [sys.executable, "-m", "celery", "-A", "mentorship", *words]
        return self.nursery.spawn(words[0], command, env=self.env, cwd=ROOT, log=log, patience=30.0)

    def start_worker(self, concurrency: int = 1) -> Child:
        options = (f"--concurrency={concurrency}", "--without-gossip", "--without-mingle", "--without-heartbeat")
        return self._celery("worker", *options, "--hostname", f"w{self.number}@chaos")

    def start_beat(self) -> Child:
        schedule = str(self.folder / f"schedule-{self.number}")
        return self._celery("beat", "--schedule", schedule, "--pidfile=")

    def rows(self) -> list[dict[str, Any]]:
        query = "select id::text, kind, occasion, message_id, state, doubts, sent_with_id::text from outbox_letter"
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.cursor(row_factory=psycopg.rows.dict_row).execute(query).fetchall()

    def open_rows(self) -> int | None:
        """How many letters are not done; None while the database is away."""
        query = "select count(*) from outbox_letter where state not in ('sent', 'cancelled', 'dead')"
        try:
            with psycopg.connect(self.database, autocommit=True) as connection:
                return connection.execute(query).fetchone()[0]
        except psycopg.OperationalError:
            return None

    # --- the deeds ------------------------------------------------------------------------------------

    def kill_child(self, chance: random.Random) -> bool:
        """The process that is sending; its worker forks another."""
        children = [pid for worker in self.workers for pid in descendants(worker.process.pid)]
        stopped = {pid for _when, pids in self.stopped for pid in pids}
        children = [pid for pid in children if pid not in stopped]
        return bool(children) and kill(chance.choice(children), signal.SIGKILL)

    def kill_worker(self, chance: random.Random) -> bool:
        worker = self.workers.pop(chance.randrange(len(self.workers)))
        for pid in (worker.process.pid, *descendants(worker.process.pid)):
            kill(pid, signal.SIGKILL)
        worker.process.wait()
        self.workers.append(self.start_worker())
        return True

    def kill_beat(self, chance: random.Random) -> bool:
        assert self.beat is not None
        self.beat.process.kill()
        self.beat.process.wait()
        self.beat = self.start_beat()
        return True

    def stop_worker(self, chance: random.Random) -> bool:
        """A zombie: it goes on where it was, long after its leases ran out."""
        pid = chance.choice(self.workers).process.pid
        pids = [pid, *descendants(pid)]
        if len(pids) < 2 or any(pid in each for _when, each in self.stopped):
            return False
        for each in pids:
            kill(each, signal.SIGSTOP)
        self.stopped.append((time.monotonic() + LEASE_SECONDS * 1.5, pids))
        return True

    def resume(self, *, all_of_them: bool = False) -> None:
        for when, pids in list(self.stopped):
            if all_of_them or time.monotonic() >= when:
                for pid in pids:
                    kill(pid, signal.SIGCONT)
                self.stopped.remove((when, pids))

    def flush_broker(self, chance: random.Random) -> bool:
        with redis.Redis.from_url(self.broker) as client:
            client.flushall()
        return True

    def kill_broker(self, chance: random.Random) -> bool:
        self._ended("Valkey", signal.SIGKILL)
        start_valkey(self.nursery, home=self.broker_home)
        return True

    def crash_database(self, chance: random.Random) -> bool:
        return self._restart_database(signal.SIGKILL)

    def shut_database_at_once(self, chance: random.Random) -> bool:
        return self._restart_database(signal.SIGQUIT)

    def _restart_database(self, how: signal.Signals) -> bool:
        self._ended("PostgreSQL", how)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                start_postgres(self.nursery, kept_in=self.folder / "postgres", sockets=self.sockets)
            except StackError:  # the dead one's children are still about
                assert time.monotonic() < deadline, "the database does not come back"
            else:
                return True

    def _ended(self, name: str, how: signal.Signals) -> None:
        child = [each for each in self.nursery.children if each.name == name][-1]
        child.process.send_signal(how)
        child.process.wait()

    # --- an attack ------------------------------------------------------------------------------------

    def attack(self, *, task: str, letters: int, deeds: dict[str, int], seed: int, faults: bool = True) -> Verdict:
        """Send `letters` letters while each of the deeds is done so often, at random moments of the progress."""
        plan = [name for name, count in deeds.items() for _time in range(count)]
        chance = random.Random(seed)  # noqa: S311 - the same
        chance.shuffle(plan)
        wrong = Faults(seed)
        done: Counter[str] = Counter()
        with contextlib.closing(Courier(wrong if faults else None)) as courier:
            self.env = self.environment(task, courier.sink.port)
            self.run("-m", "tests.chaos.seed", str(letters), *(() if faults else ("plain",)), env=self.env)
            began = time.monotonic()
            self.workers = [self.start_worker() for _number in range(WORKERS)]
            self.beat = self.start_beat()
            try:
                marks = sorted(chance.uniform(0.01, 0.9) * letters for _deed in plan)
                for name, mark in zip(plan, marks, strict=True):
                    self.wait(lambda mark=mark: courier.sink.rows >= mark, f"{mark:.0f} letters left")
                    self.wait(lambda name=name: getattr(self, name.replace(" ", "_"))(chance), name)
                    done[name] += 1
                self.wait(lambda: not self.stopped, "zombies were resumed")
                self.wait(lambda: self.open_rows() == 0, "every letter is done")
            finally:
                self.end()
            return judge(self.rows(), courier.sink, done, wrong, time.monotonic() - began)

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Look until it is so, while somebody starts again what ended by itself."""
        look_again = threading.Event()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            self.resume()
            self._supervise()
            assert time.monotonic() < deadline, f"waited in vain until {what}; {self.workers[0].last_words()[-2000:]}"
            look_again.wait(0.01)

    def _supervise(self) -> None:
        """What ends by itself is started again, as whatever runs the site would."""
        for worker in [worker for worker in self.workers if worker.process.poll() is not None]:
            self.workers[self.workers.index(worker)] = self.start_worker()
            self.restarted += 1
        if self.beat is not None and self.beat.process.poll() is not None:
            self.beat = self.start_beat()
            self.restarted += 1

    def end(self) -> None:
        """Stop beat and workers, which finish what they have begun."""
        self.resume(all_of_them=True)
        running = [*([self.beat] if self.beat else []), *self.workers]
        for child in running:
            kill(child.process.pid, signal.SIGTERM)
        for child in running:
            child.stop()
        self.workers, self.beat = [], None


class Courier:
    """The sink, which knows that there is nobody called nobody."""

    def __init__(self, faults: Faults | None) -> None:
        self.sink = Sink(faults or (lambda _stage: ""))
        self.sink.unknown = "nobody@example.org"

    def close(self) -> None:
        self.sink.stop()


def kill(pid: int, how: signal.Signals) -> bool:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return False
    return True


def descendants(parent: int) -> list[int]:
    """The children of a process that live."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state, ppid = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if int(ppid) == parent and state != "Z":
                    found.append(int(entry.name))
    return found


def judge(rows: list[dict[str, Any]], sink: Sink, deeds: Counter[str], faults: Faults, seconds: float) -> Verdict:
    """Lost: said to be sent and nowhere, or never done. Unrecorded: more copies than doubts and one allow."""
    by_id = Counter(sink.ids)
    by_row = Counter(row for body in sink.taken for row in set(sink.rows_in(body)))
    deserved = [row for row in rows if row["occasion"] not in ("nobody", "poison")]
    lost = [row["id"] for row in deserved if not by_row[row["id"]] or row["state"] != "sent"]
    lost += [row["id"] for row in rows if row not in deserved and row["state"] != "dead"]
    unrecorded = [row["id"] for row in rows if max(by_row[row["id"]], by_id[row["message_id"]]) > 1 + row["doubts"]]
    return Verdict(
        letters=len(rows),
        states=Counter(row["state"] for row in rows),
        deeds=deeds,
        faults=faults.counts,
        lost=lost,
        unrecorded=unrecorded,
        copies_too_many=sum(max(0, count - 1) for count in by_row.values()),
        doubts=sum(row["doubts"] for row in rows),
        together=sum(row["sent_with_id"] is not None for row in rows),
        seconds=seconds,
    )


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """Raises `StackError` where there are no servers to start."""
    with Nursery() as nursery:
        made = Stage(nursery)
        try:
            yield made
        finally:
            made.end()
