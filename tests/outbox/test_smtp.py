"""Every ending of an SMTP conversation, against a server that really ends it so: what it means for the letter."""

import pytest

from outbox.domain import steps, troubles
from outbox.domain.delivery import deliver_due
from outbox.models import Letter, LetterState, Trouble, TroubleKind
from tests.outbox.conftest import NOW
from tests.sink import EXTENSIONS, Sink

PLAIN = b"250 sink\r\n"


@pytest.fixture(params=[EXTENSIONS, PLAIN], ids=["pipelining", "plain"])
def sink(request, settings):
    made = Sink(extensions=request.param)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.port
    settings.EMAIL_TIMEOUT = 10
    yield made
    made.stop()


def once(*faults: tuple[str, str]):
    """Each fault once, at its stage, in this order."""
    left = list(faults)

    def fault(stage: str) -> str:
        return left.pop(0)[1] if left and left[0][0] == stage else ""

    return fault


def fate(letter) -> tuple[str, int, int]:
    letter.refresh_from_db()
    return letter.state, letter.attempts, letter.doubts


def test_one_conversation_serves_a_whole_batch(letter, sink):
    made = [letter(str(number)) for number in range(3)]
    assert deliver_due(NOW) == 3
    assert sink.connections == 1
    assert sorted(sink.ids) == sorted(each.message_id for each in made)
    assert b"Letter 0" in b"".join(sink.taken)


def test_a_line_that_begins_with_a_dot_arrives_whole(letter, sink, monkeypatch):
    from outbox import kinds
    from outbox.kinds import Content, LetterKind, Scope

    kinds.register(
        LetterKind("dots", lambda letter, reader: Content("s", ".\n..two\n.end", "<p>.</p>"), scope=Scope.SITE)
    )
    letter(kind="dots")
    assert deliver_due(NOW) == 1
    assert b"\r\n..\r\n...two\r\n..end" in sink.taken[0]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (("RCPT", "550 no such user"), (LetterState.DEAD, 1, 0)),
        (("RCPT", "450 mailbox busy"), (LetterState.PENDING, 1, 0)),
        (("MAIL", "552 too large"), (LetterState.DEAD, 1, 0)),
        (("DATA", "451 later"), (LetterState.PENDING, 1, 0)),
        (("DATA", "554 never"), (LetterState.DEAD, 1, 0)),
        (("DOT", "451 later"), (LetterState.PENDING, 1, 0)),
        (("DOT", "554 it is spam"), (LetterState.DEAD, 1, 0)),
        (("MAIL", "drop"), (LetterState.PENDING, 1, 0)),
        (("RCPT", "drop"), (LetterState.PENDING, 1, 0)),
        (("DOT", "lose"), (LetterState.PENDING, 1, 1)),
        (("DOT", "drop"), (LetterState.PENDING, 1, 1)),
        (("DOT", "399 what"), (LetterState.PENDING, 1, 1)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value[0], str) and len(value) == 2 else "",
)
def test_only_silence_after_the_dot_is_a_doubt(letter, sink, fault, expected):
    first, second = letter("1"), letter("2", due_at=NOW)
    sink.fault = once(fault)
    assert deliver_due(NOW) == 1, "the second letter is not touched by the first one's ending"
    assert fate(first) == expected
    assert fate(second) == (LetterState.SENT, 1, 0)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_server_that_is_closing_stops_the_batch_and_counts_no_try(letter, sink, stage):
    made = letter("1"), letter("2", due_at=NOW)
    sink.fault = once((stage, "421 closing"))
    assert deliver_due(NOW) == 0
    assert [fate(each) for each in made] == [(LetterState.PENDING, 0, 0)] * 2
    Letter.objects.update(next_at=None)
    assert deliver_due(NOW) == 2


def test_a_recipient_refused_although_data_was_welcome_gets_nothing(letter, sink):
    """Told "go ahead" after the only recipient was refused, we hang up rather than send an empty letter."""
    first = letter("1")
    sink.fault = once(("RCPT", "550 nobody"))
    deliver_due(NOW)
    assert (fate(first)[0], sink.taken) == (LetterState.DEAD, [])


def test_silence_ends_with_the_timeout(letter, sink, settings):
    settings.EMAIL_TIMEOUT = 0.2
    first = letter("1")
    sink.fault = once(("DOT", "hang"))
    deliver_due(NOW)
    assert fate(first) == (LetterState.PENDING, 1, 1)
    assert sink.taken == []


def test_the_dot_is_not_sent_once_the_lease_may_be_over(letter, sink, monkeypatch):
    """A worker stopped for long while handing over drops the connection: somebody else sends that letter."""
    first = letter("1")
    moments = iter([0.0])
    monkeypatch.setattr(steps, "since_boot", lambda: next(moments, 1000.0))
    deliver_due(NOW)
    assert sink.taken == []
    assert "DATA" in sink.commands
    assert fate(first) == (LetterState.PENDING, 1, 0)
    first.refresh_from_db()
    assert first.reason == "too_slow"


@pytest.mark.parametrize(("stage", "answer"), [("MAIL", "550 not you"), ("CONNECT", "554 go away")])
def test_a_server_that_refuses_us_stops_all_letters_and_kills_none(letter, sink, stage, answer, caplog):
    made = letter("1"), letter("2")
    sink.fault = once((stage, answer))
    assert deliver_due(NOW) == 0
    assert [fate(each) for each in made] == [(LetterState.PENDING, 0, 0)] * 2
    trouble = Trouble.objects.open().get()
    assert (trouble.kind, trouble.detail) == (TroubleKind.REFUSED, answer)
    assert "the mail server refuses us" in caplog.text
    Letter.objects.update(next_at=None)
    before = len(sink.commands)
    assert deliver_due(NOW) == 0
    assert len(sink.commands) == before, "it is left alone"
    Trouble.objects.update(retry_at=NOW)
    assert deliver_due(NOW) == 2, "after a while it is tried again"
    assert not Trouble.objects.open().exists()


def test_refused_again_stays_one_trouble(letter, sink, caplog):
    letter("1"), letter("2")
    sink.fault = lambda stage: "535 bad password" if stage == "MAIL" else ""
    deliver_due(NOW)
    Trouble.objects.update(retry_at=NOW)
    Letter.objects.update(next_at=None)
    before = sum(command.startswith("MAIL") for command in sink.commands)
    deliver_due(NOW)
    assert sum(command.startswith("MAIL") for command in sink.commands) == before + 1, "one letter tries it"
    assert Trouble.objects.count() == 1
    assert troubles.is_stopped()
    assert caplog.text.count("the mail server refuses us") == 1
