"""SMTP in which every ending of a conversation has one meaning.

Django's backend and `smtplib` raise the same errors whether a connection broke before or after the final dot,
and only after it may a letter have arrived. Here the two differ, and just before the dot a caller is asked
once more whether the letter is still its own. Sources: RFC 5321 (4.2.5, 4.5.2), RFC 2920 (pipelining).
"""

import re
import smtplib
import socket
from collections.abc import Callable, Sequence
from typing import Any

from django.core.mail.backends import smtp
from django.core.mail.message import sanitize_address

from outbox.wire import LetterMessage

ACCEPTED, GO_AHEAD, CLOSING, REFUSED = 250, 354, 421, 400
DEFAULT_TIMEOUT_SECONDS = 20
DATA = "DATA"
PLAIN = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")  # nothing to quote, nothing to encode
BRACKETED = re.compile(r"[A-Za-z0-9 ]+<([^<>]+)>")


class Unfinished(Exception):  # noqa: N818 - an ending, not always an error
    """The conversation ended before the final dot: the letter certainly did not arrive."""


class TooSlow(Unfinished):
    """The letter was no longer ours to finish: the conversation was ended before the final dot."""


class Unanswered(Exception):  # noqa: N818 - an ending, not always an error
    """The final dot was sent and nothing clear came back: the letter may have arrived."""


def always() -> bool:
    """For letters that nobody else could be sending."""
    return True


def path(address: str) -> str:
    """An address as the envelope wants it: in angle brackets, without a name, in ASCII."""
    bare = BRACKETED.sub(r"\1", address)
    return f"<{bare}>" if PLAIN.fullmatch(bare) else smtplib.quoteaddr(sanitize_address(address, "utf-8"))


class Conversation(smtplib.SMTP):
    """`smtplib.SMTP` for one message to one recipient at a time, exact about its endings."""

    may_finish: Callable[[], bool] = staticmethod(always)

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Connect, and send each packet at once: many small ones are exchanged."""
        answer = super().connect(*args, **kwargs)
        if self.sock is not None:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return answer

    def sendmail(  # type: ignore[override]  # one recipient, bytes only
        self, from_addr: str, to_addrs: Sequence[str], msg: bytes, *_options: object
    ) -> dict[str, tuple[int, bytes]]:
        """Hand over one message.

        Raises smtplib's `SMTPSenderRefused`, `SMTPRecipientsRefused` or `SMTPDataError` for a clear no,
        `Unfinished` when it was broken off before the final dot (`TooSlow`: by ourselves), `Unanswered` after it.
        """
        (recipient,) = to_addrs
        try:
            self.ehlo_or_helo_if_needed()
            self._announce(path(from_addr), path(recipient), self._extensions_used(msg))
            self.send(msg.removesuffix(b"\r\n").replace(b"\n.", b"\n..") + b"\r\n")
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
            self._take_back()
            raise
        except OSError as error:
            self.close()
            raise Unfinished(type(error).__name__) from error
        if not self.may_finish():
            self.close()
            raise TooSlow
        self._finish()
        return {}

    def _extensions_used(self, msg: bytes) -> str:
        size = f" SIZE={len(msg)}" if self.has_extn("size") else ""
        return size + (" BODY=8BITMIME" if self.has_extn("8bitmime") and not msg.isascii() else "")

    def _announce(self, sender: str, recipient: str, extensions: str) -> None:
        """Say whom it is from and for, all at once where the server allows it, and raise the first refusal."""
        commands = [
            f"MAIL FROM:{sender}{extensions}",
            f"RCPT TO:{recipient}",
            DATA,
        ]
        if pipelined := self.has_extn("pipelining"):
            self.send("".join(f"{command}\r\n" for command in commands))
        refusal: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused | None = None
        for command in commands:
            if not pipelined:
                self.putcmd(command)
            code, answer = self.getreply()
            if code == CLOSING or (refusal and code == GO_AHEAD):
                self.close()  # it is going, or waits for words that we do not send
            if command == DATA and code == GO_AHEAD and not refusal:
                return
            if command == DATA or code >= REFUSED:
                refusal = refusal or _refusal(command, code, answer, sender, recipient)
            if refusal and (not pipelined or self.sock is None):
                break
        assert refusal is not None  # noqa: S101 - DATA gives GO_AHEAD or a refusal
        raise refusal

    def _take_back(self) -> None:
        """Forget the letter that was refused, so that the connection serves the next one."""
        if self.sock is not None:
            self._rset()  # type: ignore[attr-defined]  # smtplib's own, which minds a lost connection

    def _finish(self) -> None:
        try:
            self.send(b".\r\n")
            code, answer = self.getreply()
        except OSError as error:
            self.close()
            raise Unanswered(type(error).__name__) from error
        if code == CLOSING:
            self.close()
        if code >= REFUSED:
            raise smtplib.SMTPDataError(code, answer)
        if code // 100 != ACCEPTED // 100:
            self.close()
            raise Unanswered(str(code))


def _refusal(
    command: str, code: int, answer: bytes, sender: str, recipient: str
) -> smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused:
    if command == DATA:
        return smtplib.SMTPDataError(code, answer)
    if command.startswith("MAIL"):
        return smtplib.SMTPSenderRefused(code, answer, sender)
    return smtplib.SMTPRecipientsRefused({recipient: (code, answer)})


class TLSConversation(Conversation, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class EmailBackend(smtp.EmailBackend):
    """Django's SMTP backend, with these conversations and always a timeout."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timeout = self.timeout or DEFAULT_TIMEOUT_SECONDS

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return TLSConversation if self.use_ssl else Conversation

    def open(self) -> bool | None:
        """Connect, and greet at once: what is refused here concerns every letter, not the first one."""
        opened = super().open()
        if isinstance(self.connection, Conversation):
            self.connection.ehlo_or_helo_if_needed()
        return opened

    @property
    def lost(self) -> bool:
        """Whether there is no connection any more."""
        return self.connection is None or self.connection.sock is None

    def hand_over(self, letter: LetterMessage, may_finish: Callable[[], bool]) -> None:
        """Send one letter over the open connection; `may_finish` is asked just before its final dot.

        Raises what `Conversation.sendmail` does.
        """
        assert isinstance(self.connection, Conversation)  # noqa: S101 - it was opened
        self.connection.may_finish = may_finish
        self.connection.sendmail(str(letter.from_email), letter.to, letter.wire())
