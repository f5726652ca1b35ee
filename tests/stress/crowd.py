"""Several processes do random verbs at once, while snapshots of the whole database are held against the invariants."""

import logging
import multiprocessing
import signal
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection, connections
from django.db.models import QuerySet

from accounts.domain import families
from common.errors import Refused
from common.invariants import broken_in_snapshot
from matching.domain import locks
from tests.matching.factories import NOW
from tests.stress.hand import Nothing
from tests.stress.verbs import Hand, verbs

PROCESSES = 8
EVERY = 1.0  # seconds between snapshots, so that the crowd keeps the processors
LISTED = 5


@dataclass
class Report:
    """What happened: how each verb ended, what no caller should ever see, and what the snapshots found."""

    ended: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    snapshots: int = 0
    seconds: float = 0.0
    deadlocks: int = 0  # as the server counts them: each was repeated by `atomically`, unless it is among the errors

    @property
    def operations(self) -> int:
        """How many verbs were called."""
        return self.ended.total()

    def table(self) -> str:
        """For people."""
        rows = [
            ("operations", self.operations),
            ("of them done", self.ended["done"]),
            ("refused with a sentence", self.ended.total() - self.ended["done"] - self.errors.total()),
            ("snapshots", self.snapshots),
            ("violations", self.broken.total()),
            ("errors seen by callers", self.errors.total()),
            ("deadlocks counted by the server", self.deadlocks),
            ("seconds", round(self.seconds)),
        ]
        lines = [f"{name:<34}{value:>8}" for name, value in rows]
        lines += [f"  done: {name:<26}{value:>8}" for name, value in sorted(self.done.items())]
        lines += [f"  BROKEN {name}: {value}" for name, value in self.broken.most_common(LISTED)]
        lines += [f"  ERROR {name}: {value}" for name, value in self.errors.most_common(LISTED)]
        return "\n".join(lines)


class _Errors(logging.Handler):
    """What sweeps and hooks swallow is counted too."""

    def __init__(self, errors: Counter[str]) -> None:
        super().__init__(logging.ERROR)
        self.errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.errors[f"logged: {_name(error) if error else record.getMessage()}"] += 1


def _name(error: BaseException) -> str:
    state = getattr(error.__cause__, "sqlstate", "") if isinstance(error, OperationalError) else ""
    return f"{type(error).__name__} {state}: {str(error).splitlines()[0] if str(error) else ''}"[:160]


def _without_locks() -> None:
    """In this process nobody waits for anybody."""
    QuerySet.select_for_update = lambda self, *_args, **_words: self
    families._lock_ownership = lambda _mode: None
    locks._cohort = lambda pk, _statement: locks.Cohort.objects.get(pk=pk)


def work(seed: int, operations: int, locked: bool) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Do so many random verbs; how they ended, which were done, and which errors came up."""
    if not locked:
        _without_locks()
    hand, ended, done, errors = Hand(seed), Counter[str](), Counter[str](), Counter[str]()
    logging.disable(logging.NOTSET)
    logging.getLogger().addHandler(_Errors(errors))
    names, calls, weights = zip(*verbs(hand), strict=True)
    while ended.total() < operations:
        which = hand.chance.choices(range(len(names)), weights)[0]
        try:
            calls[which]()
        except Nothing:
            continue
        except Refused as refused:
            ended[refused.code] += 1
        except Exception as error:  # noqa: BLE001 - whatever else a caller sees fails the run
            ended["error"] += 1
            errors[f"{names[which]}: {_name(error)}"] += 1
        else:
            ended["done"] += 1
            done[names[which]] += 1
    connection.close()
    return ended, done, errors


def _stop_quietly() -> None:
    """A child ends when it is told to, without its parent's ceremony."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def run(*, operations: int, seed: int = 0, locked: bool = True, processes: int = PROCESSES) -> Report:
    """Let the crowd in, and take snapshots until the last of them has left."""
    report, began, before = Report(), time.monotonic(), _deadlocks()
    connections.close_all()  # a child must not share its parent's
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside xdist's thread: the child touches no lock
        pool = multiprocessing.get_context("fork").Pool(processes, _stop_quietly)
    with pool:
        jobs = [(seed * processes + number, operations // processes, locked) for number in range(processes)]
        pending = pool.starmap_async(work, jobs, chunksize=1)
        while not pending.ready():
            _look(report)
            pending.wait(EVERY)
        for ended, done, errors in pending.get():
            report.ended += ended
            report.done += done
            report.errors += errors
    _look(report)
    report.seconds = time.monotonic() - began
    report.deadlocks = _deadlocks() - before
    return report


def _look(report: Report) -> None:
    found: dict[str, Any] = broken_in_snapshot(NOW.date())
    report.snapshots += 1
    report.broken.update({name: len(ids) for name, ids in found.items()})


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
