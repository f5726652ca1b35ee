"""A letter as a mail server gets it.

Django builds a tree of objects for any message there may be, and then writes it down, which costs more than anything
else about a letter. Ours have one shape: few headers, a text, and the same as HTML. They are written straight away.
Sources: RFC 5322 (2.1.1, 2.2.3), RFC 2045 (6.7, 6.8), RFC 2046 (5.1.4).
"""

import quopri
import re
import secrets
from email.header import Header

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import forbid_multi_line_headers

SHORT, LONGEST = 76, 998  # characters of a line that need not be folded, and that a server must take
LINE_END = re.compile(r"\r\n|\r|\n")


class LetterMessage(EmailMultiAlternatives):
    """One text and the same as HTML to one address; any of Django's backends can send it."""

    def __init__(self, *, address: str, subject: str, text: str, html: str, headers: dict[str, str]) -> None:
        super().__init__(subject, text, to=[address], headers=headers)
        self.html = html
        self.attach_alternative(html, "text/html")

    def wire(self) -> bytes:
        """The same as `message().as_bytes()`, with CRLF.

        Raises Django's `BadHeaderError` for a line break in a header.
        """
        boundary = f"=_{secrets.token_hex(16)}"  # nothing in the text can be it
        headers = {"Subject": self.subject, "From": self.from_email, "To": self.to[0], **self.extra_headers}
        lines = [_header(name, str(value)) for name, value in headers.items()]
        lines += ["MIME-Version: 1.0", f'Content-Type: multipart/alternative; boundary="{boundary}"', "", ""]
        between, end = f"\r\n--{boundary}\r\n", f"\r\n--{boundary}--\r\n"
        plain, rich = _part(str(self.body), "plain"), _part(self.html, "html")
        return b"".join(
            ("\r\n".join(lines).encode(), between[2:].encode(), plain, between.encode(), rich, end.encode())
        )


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
