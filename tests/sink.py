"""A mail server for tests and measurements: it speaks just enough SMTP, keeps what it took, and misbehaves on demand.

`fault(stage)` is asked at each stage of a conversation: "CONNECT", "MAIL", "RCPT", "DATA", "BODY" (before the final
dot was read) and "DOT" (after it). It answers "" for no fault, a reply such as "451 later", "drop" to hang up, "hang"
to say nothing more, or at "DOT" "lose": the letter is taken and the connection dropped without a word.
"""

import asyncio
import contextlib
import re
import threading
from collections.abc import Callable

ROW = re.compile(rb"row:([0-9a-f-]{36})")
MESSAGE_ID = re.compile(rb"(?im)^Message-ID:\s*(\S+)")
GREETING, EXTENSIONS = b"220 sink\r\n", b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


def no_fault(_stage: str) -> str:
    return ""


class HungUp(Exception):  # noqa: N818 - an ending
    pass


class Sink:
    """Runs in a thread of its own on a free port until `stop()`."""

    def __init__(self, fault: Callable[[str], str] = no_fault, extensions: bytes = EXTENSIONS) -> None:
        self.fault, self.extensions = fault, extensions
        self.taken: list[bytes] = []
        self.commands: list[str] = []
        self.unknown = ""  # an address that there is not
        self.rows = 0  # named by the letters it took, copies included
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._started.wait()

    @property
    def ids(self) -> list[str]:
        """The Message-ID of each letter it took, as often as it took it."""
        return [MESSAGE_ID.search(body)[1].decode() for body in self.taken]

    @staticmethod
    def rows_in(body: bytes) -> list[str]:
        """The rows that a letter of the attack names."""
        return [found.decode() for found in ROW.findall(body)]

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        self._talks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._welcome, "127.0.0.1", 0, limit=2**22)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._talks.add(task)
        self.connections += 1
        try:
            await self._talk(reader, writer)
        except (HungUp, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._talks.discard(task)
            writer.transport.abort() if writer.transport.is_closing() else writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._answer("CONNECT", writer, GREETING)
        while line := await reader.readline():
            verb = line[:4].decode("ascii", "replace").strip().upper()
            self.commands.append(line.decode("ascii", "replace").strip())
            if verb == "EHLO":
                writer.write(self.extensions)
            elif verb == "RCPT" and self.unknown and self.unknown.encode() in line:
                writer.write(b"550 no such user\r\n")
            elif verb in ("MAIL", "RCPT"):
                await self._answer(verb, writer)
            elif verb == "DATA":
                if await self._answer(verb, writer, b"354 go ahead\r\n"):
                    await self._take(reader, writer)
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                await writer.drain()
                return
            else:
                writer.write(b"250 ok\r\n")

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.fault("BODY") == "drop":
            raise HungUp
        body = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
        wish = self.fault("DOT")
        if wish in ("", "lose"):
            self.taken.append(body)
            self.rows += len(set(self.rows_in(body)))
        if wish == "lose":
            writer.transport.abort()
            raise HungUp
        await self._obey(wish, writer, b"250 ok\r\n")

    async def _answer(self, stage: str, writer: asyncio.StreamWriter, usual: bytes = b"250 ok\r\n") -> bool:
        """Whether the usual answer was given."""
        return await self._obey(self.fault(stage), writer, usual)

    async def _obey(self, wish: str, writer: asyncio.StreamWriter, usual: bytes) -> bool:
        if wish == "drop":
            writer.transport.abort()
            raise HungUp
        if wish == "hang":
            await self._stop.wait()
        writer.write(wish.encode() + b"\r\n" if wish else usual)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        return not wish
