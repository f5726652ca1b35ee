"""A small bounded load: so many connections to one server on a Unix socket, each asking again once answered."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 60.0
HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked for: by whom (a session's cookie, empty for a visitor), where, and a text the answer must hold."""

    name: str
    path: str
    cookie: str
    holds: str

    def request(self) -> bytes:
        """The words of the request, as a proxy in front of the site would pass it on."""
        lines = [
            f"GET {self.path} HTTP/1.1",
            "Host: bench.internal",
            "X-Forwarded-Proto: https",
            "X-Forwarded-For: 203.0.113.7",
            "Accept: text/html",
            "Accept-Language: en-GB",
            *([f"Cookie: {self.cookie}"] if self.cookie else []),
            "Connection: keep-alive",
        ]
        return "\r\n".join(lines).encode() + HEAD_END


class Connection:
    """One connection that is kept, opened again where the server closed it."""

    def __init__(self, at: Path) -> None:
        self.at = str(at)
        self.socket: socket.socket | None = None

    def ask(self, request: bytes) -> tuple[bytes, bytes]:
        """The head and the body of the answer. Raises `OSError` where the server is gone."""
        if self.socket is None:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(TIMEOUT)
            self.socket.connect(self.at)
        self.socket.sendall(request)
        return self._answer(self.socket)

    def _answer(self, line: socket.socket) -> tuple[bytes, bytes]:
        got = b""
        while HEAD_END not in got:
            got += self._more(line)
        head, _, body = got.partition(HEAD_END)
        fields = dict(row.lower().split(b": ", 1) for row in head.split(b"\r\n")[1:])
        length = int(fields[b"content-length"])
        parts, size = [body], len(body)
        while size < length:
            parts.append(self._more(line))
            size += len(parts[-1])
        if fields.get(b"connection") == b"close":
            self.close()
        return head, b"".join(parts)

    def _more(self, line: socket.socket) -> bytes:
        got = line.recv(65536)
        if not got:
            raise ConnectionResetError("The server closed the connection in the middle of an answer.")
        return got

    def close(self) -> None:
        """Close it; the next question opens another."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def check(at: Path, page: Page) -> bytes:
    """One answer's body. Raises `AssertionError` unless it is the page itself."""
    connection = Connection(at)
    head, body = connection.ask(page.request())
    connection.close()
    assert head.startswith(b"HTTP/1.1 200"), f"{page.name} ({page.path}): {head.decode(errors='replace')}"
    assert page.holds.encode() in body, f"{page.name} ({page.path}) does not hold {page.holds!r}"
    return body


def ask(at: Path, page: Page, *, connections: int, seconds: float) -> tuple[int, float]:
    """How many answers all connections had together, and in how many seconds. Raises `AssertionError` for any that is
    not 200.
    """
    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        counts = [threads.submit(_ask_until, at, page.request(), began + seconds) for _ in range(connections)]
        total = sum(count.result() for count in counts)
    return total, time.perf_counter() - began


def _ask_until(at: Path, request: bytes, until: float) -> int:
    connection, count = Connection(at), 0
    while time.perf_counter() < until:
        head, _body = connection.ask(request)
        assert head.startswith(b"HTTP/1.1 200"), head.decode(errors="replace")
        count += 1
    connection.close()
    return count
