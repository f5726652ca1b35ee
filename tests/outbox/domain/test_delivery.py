"""Claims, commits, answers of the mail server, and what remains when a worker dies."""

import threading
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outbox.domain import delivery, sending, steps
from outbox.domain.delivery import claim, deliver_due, reap
from outbox.kinds import LetterKind, Scope, register
from outbox.models import Letter, LetterState
from outbox.reasons import NotNeeded
from tests.outbox.conftest import NOW, end_pauses, expire_leases, plain, taken


def html() -> str:
    """The HTML of the first letter that was sent."""
    message = mail.outbox[0]
    assert isinstance(message, EmailMultiAlternatives)
    return str(message.alternatives[0][0])


def test_what_is_due_goes_out_once(letter, reader):
    letter("1")
    letter("tomorrow", due_at=NOW + timedelta(days=1))
    assert deliver_due(NOW) == 1
    assert deliver_due(NOW) == 0
    assert [(message.subject, message.to) for message in mail.outbox] == [("Letter 1", [reader.email])]
    sent = Letter.objects.get(state=LetterState.SENT)
    assert (sent.sent_at, sent.attempts, sent.doubts) == (NOW, 1, 0)


def test_batch_after_batch_until_nothing_is_due(letter, settings, server):
    settings.OUTBOX_BATCH, settings.OUTBOX_SPREAD_SECONDS = 2, 0
    for number in range(5):
        letter(str(number))
    assert deliver_due(NOW) == 5
    assert (server.opened, server.closed) == (3, 3), "one connection a batch"


def test_the_headers(letter, reader):
    made = letter()
    deliver_due(NOW)
    headers = mail.outbox[0].message()
    assert headers["Message-ID"] == made.message_id
    assert headers["Date"] == "Mon, 23 Nov 2026 09:00:00 +0000"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    assert "/letters/unsubscribe/" in address
    assert address in html()


def test_contractual_letters_cannot_be_stopped(letter):
    letter(kind="state")
    deliver_due(NOW)
    assert mail.outbox[0].message()["List-Unsubscribe"] is None
    assert html() == "<p></p>"


def test_a_letter_that_no_longer_holds_is_cancelled_with_the_reason(letter):
    def still_due(asked: Letter, now: datetime) -> NotNeeded | None:
        return NotNeeded.LETTERS_FLOW if (asked.occasion, now) == ("1", NOW) else None

    register(LetterKind("answered", plain, still_due, scope=Scope.SITE))
    letter(kind="answered")
    assert deliver_due(NOW) == 0
    assert mail.outbox == []
    assert list(Letter.objects.values_list("state", "reason")) == [(LetterState.CANCELLED, "letters_flow")]


def test_a_letter_is_cancelled_when_the_next_one_is_due(letter):
    """A scheduler that slept sends the latest word, not all of them."""
    register(
        LetterKind("first", plain, superseded_by=("second",), scope=Scope.SITE),
        LetterKind("second", plain, scope=Scope.SITE),
    )
    subject, other = uuid4(), uuid4()
    letter(kind="first", subject_id=subject)
    letter(kind="second", subject_id=subject, due_at=NOW)
    letter("alone", kind="first", subject_id=other)
    letter(kind="second", subject_id=other, due_at=NOW + timedelta(days=1))
    deliver_due(NOW)
    cancelled = Letter.objects.get(state=LetterState.CANCELLED)
    assert (cancelled.kind, cancelled.subject_id) == ("first", subject)
    assert {message.subject for message in mail.outbox} == {"Letter 1", "Letter alone"}


def test_who_left_gets_no_letter(letter, reader):
    letter()
    reader.is_active = False
    reader.save()
    deliver_due(NOW)
    assert Letter.objects.get().reason == "recipient_gone"


def test_a_kind_that_nobody_registered_waits_and_is_reported(letter, caplog):
    made = letter("later")
    Letter.objects.update(kind="from a newer version")
    known = letter()
    assert deliver_due(NOW) == 1
    made.refresh_from_db()
    known.refresh_from_db()
    assert (made.state, made.attempts, known.state) == (LetterState.PENDING, 0, LetterState.SENT)
    assert "letters of an unknown kind wait" in caplog.text
    caplog.clear()
    deliver_due(NOW)
    assert caplog.text == "", "not again before a quarter of an hour"
    register(LetterKind("from a newer version", plain, scope=Scope.SITE))
    end_pauses()
    assert deliver_due(NOW) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_hold_the_same_letter(letter, settings):
    """Two connections claim at once; the second skips what the first is just taking."""
    settings.OUTBOX_BATCH = 5
    for number in range(20):
        letter(str(number))
    start = threading.Barrier(4)
    held: list[UUID] = []

    def work():
        try:
            start.wait()
            while batch := claim(NOW):
                held.extend(letter.pk for letter in batch.letters)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(held) == len(set(held)) == 20


@pytest.mark.django_db(transaction=True)
def test_a_claim_passes_over_rows_that_another_connection_has_locked(letter):
    locked, free = letter("1"), letter("2")
    ready, done = threading.Event(), threading.Event()

    def hold():
        from django.db import transaction

        try:
            with transaction.atomic():
                Letter.objects.select_for_update().get(pk=locked.pk)
                ready.set()
                done.wait()
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        ready.wait()
        batch = taken()
    finally:
        done.set()
        holder.join()
    assert [each.pk for each in batch.letters] == [free.pk]


@pytest.mark.django_db(transaction=True)
def test_one_commit_a_letter(letter, server, monkeypatch):
    """While the second letter is handed over, the rest of the world sees the first as sent and the third as
    taken.
    """
    for number in range(3):
        letter(str(number))
    seen = []

    def look(letters, line, *, now, may_finish):
        with CaptureQueriesContext(connection):
            thread = threading.Thread(target=from_outside)
            thread.start()
            thread.join()
        return [sending.SENT]

    def from_outside():
        seen.append(
            "".join(state[0] for state in Letter.objects.order_by("due_at", "id").values_list("state", flat=True))
        )
        connection.close()

    monkeypatch.setattr(delivery, "attempt", look)
    monkeypatch.setattr(delivery, "LOOK_EVERY_SECONDS", 60.0)
    with CaptureQueriesContext(connection) as queries:
        assert deliver_due(NOW) == 3
    statements = [query["sql"] for query in queries]
    states = list(Letter.objects.values_list("state", flat=True))
    assert states == [LetterState.SENT] * 3
    # Every state of the batch as another connection saw it: "sent" and "sending" share a first letter.
    assert [view.count("c") for view in seen] == [2, 1, 0]
    turns_taken = [number for number, sql in enumerate(statements) if "begun" in sql]
    first = turns_taken[0]
    assert turns_taken == [first, first + 1, first + 2], "one statement a letter, and nothing else between"
    assert "BEGIN" not in statements[: first + 3], "each commits by itself"


def begin(letter_row):
    """A worker takes a letter, begins it, and is never heard of again."""
    batch = taken()
    assert steps.take_step(batch.token, (), next(each for each in batch.letters if each == letter_row), NOW)
    letter_row.refresh_from_db()
    assert letter_row.state == LetterState.SENDING
    return batch


def test_a_worker_killed_after_sending_leaves_a_doubt_and_the_same_message_id(letter):
    made = letter()
    batch = begin(made)
    assert sending.attempt(batch.letters, sending.Line(), now=NOW) == [sending.SENT]
    assert reap() == 0, "the lease still holds"
    expire_leases()
    assert reap() == 1
    made.refresh_from_db()
    assert (made.state, made.doubts, made.lease_token) == (LetterState.PENDING, 1, None)
    assert made.next_at > timezone.now(), "others go first"
    end_pauses()
    assert deliver_due(NOW) == 1
    made.refresh_from_db()
    assert (made.state, made.doubts, made.attempts) == (LetterState.SENT, 1, 2)
    assert [message.message()["Message-ID"] for message in mail.outbox] == [made.message_id] * 2


def test_a_worker_killed_before_sending_leaves_no_doubt(letter):
    made = letter()
    claim(NOW)
    expire_leases()
    assert reap() == 1
    made.refresh_from_db()
    assert (made.state, made.doubts, made.attempts) == (LetterState.PENDING, 0, 0)


def test_a_letter_that_takes_its_workers_with_it_is_given_up(letter, settings, caplog):
    settings.OUTBOX_MAX_ATTEMPTS = 2
    poison, other = letter("poison"), letter("other", due_at=NOW)
    for _try in range(2):
        begin(poison)
        expire_leases()
        reap()
        end_pauses()
    poison.refresh_from_db()
    assert (poison.state, poison.doubts) == (LetterState.DEAD, 2)
    assert "every worker that began it was lost" in caplog.text
    deliver_due(NOW)
    other.refresh_from_db()
    assert other.state == LetterState.SENT


def test_a_stalled_worker_does_not_touch_a_letter_it_has_lost(letter, caplog):
    made = letter()
    batch = begin(made)
    expire_leases()
    reap()
    end_pauses()
    deliver_due(NOW)
    steps.settle(batch.token, [(batch.letters[0], sending.Outcome(LetterState.DEAD, "too late"))], NOW)
    made.refresh_from_db()
    assert (made.state, made.reason) == (LetterState.SENT, "")
    assert "taken over" in caplog.text


def test_a_letter_whose_lease_ran_out_in_the_queue_is_left_alone(letter, server, monkeypatch):
    letter("1"), letter("2", due_at=NOW)
    real = sending.attempt

    def slow(rows, line, **facts):
        expire_leases()
        return real(rows, line, **facts)

    monkeypatch.setattr(delivery, "attempt", slow)
    batch = taken()
    assert delivery._deliver(batch, NOW) == (1, False)
    assert Letter.objects.get(occasion="2").attempts == 0


def test_a_long_run_hands_on_to_the_next(letter, settings, monkeypatch):
    settings.OUTBOX_BATCH, settings.OUTBOX_SPREAD_SECONDS, settings.OUTBOX_LEASE_SECONDS = 1, 0, 60
    for number in range(3):
        letter(str(number))
    hours = iter(range(0, 36000, 100))
    pokes = []
    monkeypatch.setattr(delivery, "since_boot", lambda: next(hours))
    monkeypatch.setattr(delivery, "wake_workers", lambda: pokes.append(1))
    assert deliver_due(NOW) == 1
    assert pokes == [1]
    assert deliver_due(NOW) == 1, "the next poke goes on"


def test_a_letter_tried_before_goes_last_in_its_batch(letter):
    tried, fresh = letter("tried"), letter("fresh", due_at=NOW)
    Letter.objects.filter(pk=tried.pk).update(attempts=1, doubts=1)
    assert [each.pk for each in taken().letters] == [fresh.pk, tried.pk]


def test_the_task_frees_and_delivers(letter):
    from outbox.tasks import deliver

    made = letter()
    claim(NOW)
    expire_leases()
    deliver()
    made.refresh_from_db()
    assert made.state == LetterState.SENT
