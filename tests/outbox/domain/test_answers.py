"""What becomes of a letter after each answer of the mail server, and after none."""

import smtplib
from datetime import timedelta

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from outbox.domain import outcomes, sending, steps
from outbox.domain.delivery import deliver_due, reap
from outbox.kinds import LetterKind, Scope, register
from outbox.models import Letter, LetterState
from tests.outbox.conftest import NOW, end_pauses, expire_leases, taken


def test_later_please_means_later(letter, server):
    server.answers = [smtplib.SMTPDataError(451, b"greylisted, try later")]
    made = letter()
    assert deliver_due(NOW) == 0
    made.refresh_from_db()
    assert (made.state, made.attempts, made.doubts) == (LetterState.PENDING, 1, 0)
    assert (made.reason, made.detail) == ("answered", "451 greylisted, try later")
    assert timedelta(seconds=10) < made.next_at - timezone.now() < timedelta(seconds=50)
    assert deliver_due(NOW) == 0, "it waits"
    end_pauses()
    assert deliver_due(NOW) == 1
    made.refresh_from_db()
    assert (made.reason, made.detail, made.next_at) == ("", "", None)


def test_pauses_double_up_to_six_hours_and_differ():
    outcome = sending.Outcome(LetterState.PENDING)
    for attempts, middle in ((1, 0.5), (2, 1), (5, 8), (12, 360), (40, 360)):
        pauses = {outcomes.pause(attempts, outcome) for _try in range(50)}
        assert all(timedelta(minutes=middle * 0.5) <= pause <= timedelta(minutes=middle * 1.5) for pause in pauses)
        assert len(pauses) > 1


def test_enough_is_enough(letter, server, settings, caplog):
    settings.OUTBOX_MAX_ATTEMPTS = 3
    made = letter()
    server.answers = [smtplib.SMTPDataError(451, b"later")] * 3
    for _try in range(3):
        deliver_due(NOW)
        end_pauses()
    made.refresh_from_db()
    assert (made.state, made.attempts) == (LetterState.DEAD, 3)
    assert (made.reason, made.detail) == ("answered", "451 later")
    assert "could not be delivered" in caplog.text


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.c": (550, b"no such user")}), "550 no such user"),
        (smtplib.SMTPDataError(554, "refused"), "554 refused"),
    ],
)
def test_never_means_never(letter, server, answer, detail):
    server.answers = [answer]
    made, other = letter("1"), letter("2", due_at=NOW)
    assert deliver_due(NOW) == 1
    made.refresh_from_db()
    other.refresh_from_db()
    assert (made.state, made.reason, made.detail) == (LetterState.DEAD, "answered", detail)
    assert other.state == LetterState.SENT


@pytest.mark.parametrize("answer", [smtplib.SMTPServerDisconnected("gone"), TimeoutError(), RuntimeError("odd")])
def test_silence_is_a_doubt_and_a_new_connection(letter, server, answer):
    server.answers = [answer]
    made = letter("1")
    letter("2", due_at=NOW)
    assert deliver_due(NOW) == 1
    made.refresh_from_db()
    assert (made.state, made.doubts) == (LetterState.PENDING, 1)
    assert (made.reason, made.detail) == ("unanswered", type(answer).__name__)
    assert server.opened == 2


@pytest.mark.parametrize(
    "answer",
    [
        smtplib.SMTPSenderRefused(451, b"not now", "letters@counterpoint.example"),
        smtplib.SMTPDataError(421, b"closing"),
    ],
)
def test_trouble_of_the_server_kills_no_letter(letter, server, settings, answer):
    settings.OUTBOX_MAX_ATTEMPTS = 1
    server.answers = [answer]
    letter("1"), letter("2", due_at=NOW)
    assert deliver_due(NOW) == 0
    assert set(Letter.objects.values_list("state", "attempts")) == {(LetterState.PENDING, 0)}
    end_pauses()
    assert deliver_due(NOW) == 2


def test_an_unreachable_server_is_not_tried_for_every_letter(letter, server, caplog):
    server.refuses = ConnectionRefusedError()
    letter("1"), letter("2")
    assert deliver_due(NOW) == 0
    assert server.opened == 1
    assert set(Letter.objects.values_list("state", "attempts")) == {(LetterState.PENDING, 0)}
    assert "mail server cannot be reached" in caplog.text


def test_a_backend_that_takes_nothing_has_not_sent(letter, monkeypatch):
    monkeypatch.setattr(EmailBackend, "send_messages", lambda _self, _messages: 0)
    letter()
    assert deliver_due(NOW) == 0
    assert Letter.objects.get().reason == "not_taken"


def test_a_letter_that_cannot_be_written_stops_no_other(letter, caplog):
    def broken(_letter, _recipient):
        raise ZeroDivisionError

    register(LetterKind("broken", broken, scope=Scope.SITE))
    made = letter(kind="broken")
    letter("2", due_at=NOW)
    assert deliver_due(NOW) == 1
    made.refresh_from_db()
    assert (made.state, made.reason, made.detail) == (LetterState.PENDING, "not_written", "ZeroDivisionError")
    assert "a letter could not be written" in caplog.text


def test_doubts_can_be_held_for_a_person_to_decide(letter, server, settings, caplog):
    settings.OUTBOX_AFTER_DOUBT = "hold"
    server.answers = [TimeoutError()]
    silent, lost = letter("1"), letter("2", due_at=NOW)
    batch = taken()
    assert steps.take_step(batch.token, (), batch.letters[1], NOW)
    expire_leases()
    reap()
    deliver_due(NOW)
    silent.refresh_from_db()
    lost.refresh_from_db()
    assert (silent.state, silent.doubts) == (lost.state, lost.doubts) == (LetterState.HELD, 1)
    assert (silent.reason, silent.detail) == ("unanswered", "TimeoutError")
    assert (lost.reason, lost.detail) == ("worker_lost", "")
    end_pauses()
    assert deliver_due(NOW) == 0
