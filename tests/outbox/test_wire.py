"""What a mail server gets says the same as what Django would have written."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.mail.message import BadHeaderError

from outbox.wire import LetterMessage

LONG = "mot " * 400


def letter(**words: str) -> LetterMessage:
    facts = {"address": "ana@example.org", "subject": "Hello", "text": "One\ntwo\n", "html": "<p>One</p>\n", **words}
    headers = {
        "Message-ID": f"<{'a' * 40}@counterpoint.example>",
        "List-Unsubscribe": f"<https://counterpoint.example/letters/unsubscribe/{'x' * 150}/>",
    }
    return LetterMessage(headers=headers, **facts)


def read(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"subject": "Grüße aus Zürich: 日本"},
        {"subject": "A subject " * 12},
        {"subject": "Ein sehr langer Betreff über Gespräche " * 5},
        {"text": "Grüße\n", "html": "<p>Grüße — bis bald</p>\n"},
        {"text": f"{LONG}\nend\n", "html": f"<p>{LONG}é</p>\n"},
        {"text": ".\n..two\n.end\n", "html": "<p>\r\n.\r</p>\n"},
        {"text": "no line end", "html": "<p>none</p>"},
        {"address": "ana@büro.example"},
    ],
    ids=["plain", "accents", "long", "long accents", "8bit", "too long", "dots and ends", "unended", "idn"],
)
def test_it_says_the_same_as_djangos(words):
    ours, theirs = read(letter(**words).wire()), read(letter(**words).message().as_bytes())
    wanted = ("Subject", "From", "To", "Message-ID", "List-Unsubscribe", "MIME-Version")
    assert [ours[name].strip() for name in wanted] == [theirs[name].strip() for name in wanted]
    assert ours.get_content_type() == "multipart/alternative"
    for mine, its in zip(ours.iter_parts(), theirs.iter_parts(), strict=True):
        assert mine.get_content_type() == its.get_content_type()
        assert mine.get_content().splitlines() == its.get_content().splitlines()


@pytest.mark.parametrize("text", ["short\n", "Grüße\n", LONG, f"{LONG}é"])
def test_every_line_fits_and_ends_as_it_must(text):
    data = letter(text=text, subject="über alle " * 30).wire()
    assert data.endswith(b"--\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in data.split(b"\r\n")) <= 998


def test_no_header_is_smuggled_in():
    with pytest.raises(BadHeaderError):
        letter(subject="Hello\nBcc: everybody@example.org").wire()


def test_no_letter_has_anothers_boundary():
    assert letter().wire() != letter().wire()
