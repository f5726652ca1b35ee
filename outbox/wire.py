"""A letter as a mail server gets it.

Django builds a tree of objects for any message there may be, and then writes it down, which costs more than anything
else about a letter. Ours have one shape: few headers, a text, and the same as HTML. They are written straight away.

An invitation is a third alternative, which Google and Outlook read, and a file for programs that do not.
Sources: RFC 5322 (2.1.1, 2.2.3), RFC 2045 (6.7, 6.8), RFC 2046 (5.1.3, 5.1.4), RFC 6047 (2.4, 2.5).
"""

import base64
import quopri
import re
import secrets
from collections.abc import Sequence
from email.header import Header
from typing import NamedTuple

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import forbid_multi_line_headers

SHORT, LONGEST = 76, 998  # characters of a line that need not be folded, and that a server must take
LINE_END = re.compile(r"\r\n|\r|\n")


FILE_NAME = "invitation.ics"


class CalendarPart(NamedTuple):
    """A file for calendar programs, and what they are to do with it (REQUEST or CANCEL)."""

    method: str
    text: str


class LetterMessage(EmailMultiAlternatives):
    """One text and the same as HTML to one address; any of Django's backends can send it."""

    def __init__(
        self,
        *,
        address: str,
        subject: str,
        text: str,
        html: str,
        headers: dict[str, str],
        calendar: CalendarPart | None = None,
    ) -> None:
        super().__init__(subject, text, to=[address], headers=headers)
        self.html, self.calendar = html, calendar
        self.attach_alternative(html, "text/html")
        if calendar:
            self.attach_alternative(calendar.text, f"text/calendar; method={calendar.method}")
            self.attach(FILE_NAME, calendar.text.encode(), "application/ics")

    def wire(self) -> bytes:
        """The same as `message().as_bytes()`, with CRLF.

        Raises Django's `BadHeaderError` for a line break in a header.
        """
        headers = {"Subject": self.subject, "From": self.from_email, "To": self.to[0], **self.extra_headers}
        lines = [_header(name, str(value)) for name, value in headers.items()]
        lines.append("MIME-Version: 1.0\r\n")
        parts = [_part(str(self.body), "plain"), _part(self.html, "html")]
        if self.calendar is None:
            return "\r\n".join(lines).encode() + _several("alternative", parts)
        parts.append(_part(self.calendar.text, f"calendar; method={self.calendar.method}"))
        attached = [_several("alternative", parts), _file(self.calendar)]
        return "\r\n".join(lines).encode() + _several("mixed", attached)


def _several(how: str, parts: Sequence[bytes]) -> bytes:
    """Parts in one, with its own header; it ends with a line end."""
    boundary = f"=_{secrets.token_hex(16)}"  # nothing in the parts can be it
    head = f'Content-Type: multipart/{how}; boundary="{boundary}"\r\n\r\n'.encode()
    between, end = f"--{boundary}\r\n".encode(), f"\r\n--{boundary}--\r\n".encode()
    return head + between + (b"\r\n" + between).join(parts) + end


def _header(name: str, value: str) -> str:
    """A header, folded and encoded where it must be."""
    folds = len(name) + len(value) > SHORT and (" " in value or len(value) > LONGEST // 2)
    if value.isascii() and value.isprintable() and not folds:
        return f"{name}: {value}"
    name, value = forbid_multi_line_headers(name, value, "utf-8")
    return f"{name}: " + Header(value, header_name=name).encode(linesep="\r\n")


def _part(text: str, subtype: str) -> bytes:
    """One of the alternatives, in the plainest encoding that carries it."""
    body = LINE_END.sub("\r\n", text).encode(errors="surrogateescape")
    how = "7bit" if body.isascii() else "8bit"
    if max(map(len, body.split(b"\r\n"))) > LONGEST:
        how, body = "quoted-printable", quopri.encodestring(body.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {how}\r\n\r\n'
    return head.encode() + body


def _file(calendar: CalendarPart) -> bytes:
    """The same file as an attachment."""
    head = (
        f'Content-Type: application/ics; name="{FILE_NAME}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{FILE_NAME}"\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(calendar.text.encode()).replace(b"\n", b"\r\n")
