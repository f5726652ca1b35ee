"""Start child processes so that none outlives us, whatever ends us.

Everything started through a `Nursery` joins one process group led by the keeper (see `tools.keeper`). Leaving
the nursery stops the children in reverse order; should we be killed instead, the keeper does it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NoReturn, Self

KEEPER = Path(__file__).with_name("keeper.py")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A Unix socket's path may have about 104 characters: leave room for folder and file names.
LONGEST_TEMPORARY_FOLDER = 60


class StackError(Exception):
    """Something the person at the terminal must know; the message is a sentence for them."""


@dataclass(frozen=True)
class Identity:
    """As whom a command runs: a prefix before it, and a user and group to drop to (None: stay)."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None


@dataclass
class Child:
    """A running child process, the file its output goes to, and how to stop it politely."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path | None
    stop_signal: signal.Signals
    patience: float

    def last_words(self, lines: int = 15) -> str:
        """The end of the child's output."""
        if self.log and self.log.exists():
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""

    def stop(self) -> None:
        """Ask it to stop, wait `patience` seconds, then kill it."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Nursery:
    """Owner of child processes and throwaway folders; use it as a context manager.

    `inherit` lists file descriptors that the keeper holds open until everything has ended (a lock, for one).
    """

    inherit: Sequence[int] = ()
    children: list[Child] = field(default_factory=list)
    _keeper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", str(KEEPER)],
            stdin=subprocess.PIPE,
            process_group=0,
            pass_fds=self.inherit,
            cwd="/",
        )
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self.children):
            child.stop()
        if self._keeper is not None and self._keeper.stdin is not None:
            self._keeper.stdin.close()
            self._keeper.wait()

    @property
    def keeper(self) -> subprocess.Popen[bytes]:
        """The keeper's process; only inside the `with` block."""
        if self._keeper is None:
            raise RuntimeError("The nursery is used before it is entered.")
        return self._keeper

    def remove_at_end(self, folder: Path) -> None:
        """Have the folder removed when everything has ended."""
        pipe: IO[bytes] | None = self.keeper.stdin
        if pipe is not None:
            pipe.write(os.fsencode(folder) + b"\n")
            pipe.flush()

    def scratch(self, base: Path | None = None) -> Path:
        """A new private folder (0700), removed at the end. `base` defaults to the temporary folder."""
        folder = Path(tempfile.mkdtemp(prefix="stack-", dir=base or temporary_folder()))
        self.remove_at_end(folder)
        return folder

    def spawn(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        identity: Identity | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        patience: float = 10.0,
    ) -> Child:
        """Start a child that is stopped at the end; its output is appended to `log`, else it is ours."""
        identity = identity or Identity()
        with log.open("ab") if log else contextlib.nullcontext() as output:
            process = subprocess.Popen(
                [*identity.prefix, *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if log else None,
                process_group=self.keeper.pid,
                user=identity.user,
                group=identity.group,
                extra_groups=None if identity.user is None else [],
                env=env,
                cwd=cwd,
            )
        child = Child(name, process, log, stop_signal, patience)
        self.children.append(child)
        return child

    def run(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        identity: Identity | None = None,
    ) -> None:
        """Run a command to its end.

        Raises:
            StackError: it failed; the message carries the end of its output.
        """
        child = self.spawn(name, command, log=log, env=env, cwd=cwd, identity=identity)
        code = child.process.wait()
        self.children.remove(child)
        if code != 0:
            raise StackError(f"{name} failed (code {code}).\n{child.last_words()}".rstrip())

    def first_to_exit(self) -> Child | None:
        """A child that has ended by itself, if any."""
        return next((child for child in self.children if child.process.poll() is not None), None)


def temporary_folder() -> Path:
    """Where short-lived folders go: the system's choice, unless socket paths would be too long there."""
    chosen = Path(tempfile.gettempdir())
    return chosen if len(str(chosen)) <= LONGEST_TEMPORARY_FOLDER else Path("/tmp")  # noqa: S108 (mkdtemp there)


def wait_until(ready: Callable[[], bool], child: Child, *, seconds: float = 60.0) -> None:
    """Poll `ready` until it is true.

    Raises:
        StackError: the child ended first, or took longer than `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        if child.process.poll() is not None:
            raise StackError(f"{child.name} stopped while starting:\n{child.last_words()}")
        if time.monotonic() > deadline:
            raise StackError(f"{child.name} did not answer in {seconds:.0f} seconds:\n{child.last_words()}")
        time.sleep(0.03)


@contextlib.contextmanager
def stop_signals_interrupt() -> Iterator[None]:
    """Inside, Ctrl-C, TERM and HUP raise KeyboardInterrupt once; later ones are ignored while we clean up.

    SIGINT is taken even if it was ignored (shells do that to background jobs); an ignored SIGHUP stays
    ignored (nohup).
    """

    def interrupt(_number: int, _frame: object) -> NoReturn:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number in STOP_SIGNALS:
        if not (number == signal.SIGHUP and before[number] == signal.SIG_IGN):
            signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
