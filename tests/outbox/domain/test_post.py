"""Putting letters in, once, and taking them out."""

import time
from contextlib import nullcontext
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from django.db import IntegrityError, transaction

from common import clock, workers
from common.subjects import Subject
from outbox.domain import post as module
from outbox.domain.delivery import deliver_due
from outbox.domain.post import NewLetter, cancel, cancel_all, post, post_all
from outbox.kinds import LetterKind, Scope, register
from outbox.models import Letter, LetterState
from outbox.reasons import NotNeeded
from tests.outbox.conftest import NOW, PAST, plain


def test_the_same_letter_is_posted_once(letter, reader):
    subject = uuid4()
    first = letter(subject_id=subject)
    again = letter(subject_id=subject)
    other = letter("2", subject_id=subject)
    assert again.pk == first.pk
    assert {first.pk, other.pk} == set(Letter.objects.values_list("pk", flat=True))
    assert first.message_id != other.message_id


def test_several_are_posted_at_once_each_once_and_in_order(letter, reader, django_assert_num_queries):
    subjects = [uuid4() for _ in range(20)]
    waiting, sent = letter("", subject_id=subjects[3]), letter("", subject_id=subjects[7])
    Letter.objects.filter(pk=sent.pk).update(state=LetterState.SENT, sent_at=NOW)
    later = NOW + timedelta(days=1)
    with django_assert_num_queries(6):  # a savepoint and its end, new rows, all rows, the one that is moved, the clock
        rows = post_all(NewLetter("reminder", Subject("thing", each), reader, later) for each in subjects)
    assert [row.subject_id for row in rows] == subjects
    assert (rows[3].pk, rows[7].pk, Letter.objects.count()) == (waiting.pk, sent.pk, 20)
    due = dict(Letter.objects.values_list("pk", "due_at"))
    assert [due.pop(sent.pk), set(due.values())] == [PAST, {later}]
    assert post_all([]) == []


def test_a_letter_to_an_invited_address_exists_once_too(db):
    invitation, subject = uuid4(), uuid4()
    words: dict[str, Any] = {
        "kind": "invited",
        "subject": Subject("thing", subject),
        "due_at": PAST,
        "invitation_id": invitation,
        "occasion": "1",
    }
    assert post(**words).pk == post(**words).pk


def test_a_letter_has_exactly_one_recipient(db, reader):
    for kind, words in (("state", {}), ("invited", {"person": reader, "invitation_id": uuid4()})):
        with pytest.raises(IntegrityError), transaction.atomic():
            post(kind=kind, subject=Subject("thing", uuid4()), due_at=PAST, **words)


COHORT, PAIRING = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("scope", "columns", "right"),
    [
        (Scope.PAIRING, (COHORT, PAIRING), True),
        (Scope.PAIRING, (COHORT, None), False),
        (Scope.PAIRING, (None, PAIRING), False),
        (Scope.COHORT, (COHORT, None), True),
        (Scope.COHORT, (COHORT, PAIRING), True),
        (Scope.COHORT, (None, None), False),
        (Scope.INVITATION, (None, None), False),
        (Scope.ACCOUNT, (None, None), True),
        (Scope.ACCOUNT, (COHORT, None), False),
        (Scope.SITE, (None, None), True),
        (Scope.SITE, (COHORT, PAIRING), False),
    ],
)
def test_a_letter_has_the_columns_that_its_kind_is_scoped_by(reader, scope, columns, right):
    register(LetterKind("scoped", plain, scope=scope))
    words: dict[str, Any] = {"kind": "scoped", "subject": Subject("thing", uuid4(), *columns), "due_at": PAST}
    with nullcontext() if right else pytest.raises(ValueError, match="belongs to"):
        row = post(person=reader, **words)
        assert (row.subject_type, row.cohort_id, row.pairing_id) == ("thing", *columns)


def test_nothing_of_an_unknown_kind_is_posted(letter):
    with pytest.raises(KeyError):
        letter(kind="nobody registered it")


def test_the_message_id_does_not_depend_on_when_it_was_posted(letter, settings):
    settings.DEFAULT_FROM_EMAIL = "The programme <letters@programme.example>"
    subject = uuid4()
    first = letter(subject_id=subject).message_id
    Letter.objects.all().delete()
    assert letter(subject_id=subject, due_at=NOW).message_id == first
    assert first.endswith("@programme.example>")


def test_a_waiting_letter_moves_with_its_due_time(letter):
    subject = uuid4()
    letter(subject_id=subject)
    later = NOW + timedelta(days=1)
    letter(subject_id=subject, due_at=later)
    assert Letter.objects.get().due_at == later


def test_a_sent_letter_stays_sent(letter):
    subject = uuid4()
    letter(subject_id=subject)
    deliver_due(NOW)
    assert letter(subject_id=subject, due_at=NOW).state == LetterState.SENT
    assert deliver_due(NOW) == 0


def test_cancelling_takes_out_what_waits_about_a_subject(letter):
    subject = uuid4()
    letter(subject_id=subject)
    state = letter(subject_id=subject, kind="state")
    Letter.objects.filter(pk=state.pk).update(reason="answered", detail="451 later")
    other = letter()
    assert cancel(subject_id=subject, kinds=["reminder"], reason=NotNeeded.LETTERS_FLOW) == 1
    assert cancel(subject_id=subject, reason=NotNeeded.SUPERSEDED) == 1
    state.refresh_from_db()
    assert (state.state, state.reason, state.detail) == (LetterState.CANCELLED, "superseded", "")
    other.refresh_from_db()
    assert other.state == LetterState.PENDING


def test_what_waits_about_several_subjects_is_cancelled_at_once(letter):
    subjects = [letter().subject_id, letter().subject_id, letter().subject_id]
    assert cancel_all(subject_ids=subjects[:2], reason=NotNeeded.SUPERSEDED) == 2
    assert Letter.objects.get(state=LetterState.PENDING).subject_id == subjects[2]
    assert cancel_all(subject_ids=[], reason=NotNeeded.SUPERSEDED) == 0


def test_a_letter_cancelled_before_its_time_can_be_wanted_again(letter):
    subject = uuid4()
    letter(subject_id=subject, due_at=NOW + timedelta(days=1))
    cancel(subject_id=subject, reason=NotNeeded.LETTERS_FLOW)
    again = letter(subject_id=subject, due_at=NOW + timedelta(days=1))
    assert (again.state, again.reason) == (LetterState.PENDING, "")


def test_a_letter_found_no_longer_due_waits_again_only_at_another_time(letter):
    register(
        LetterKind(
            "answered",
            plain,
            lambda _letter, now: NotNeeded.LETTERS_FLOW if now < NOW + timedelta(days=1) else None,
            scope=Scope.SITE,
        )
    )
    subject = uuid4()
    letter(subject_id=subject, kind="answered")
    deliver_due(NOW)
    assert letter(subject_id=subject, kind="answered").state == LetterState.CANCELLED
    assert letter(subject_id=subject, kind="answered", due_at=NOW).state == LetterState.PENDING


@pytest.fixture
def pokes(monkeypatch):
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: sent.append((name, options)))
    return sent


def test_a_worker_is_poked_when_the_transaction_commits(letter, pokes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        letter()
        assert pokes == []
    assert [name for name, _options in pokes] == ["outbox.tasks.deliver"]


def test_a_worker_is_poked_once_for_many(pokes, reader, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post_all(NewLetter("reminder", Subject("thing", uuid4()), reader, PAST) for _ in range(5))
    assert len(pokes) == 1


def test_nobody_is_poked_for_a_letter_of_tomorrow(letter, pokes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        letter(due_at=clock.now() + timedelta(days=1))
    assert pokes == []


def test_the_task_that_is_poked_exists():
    from outbox import tasks

    assert tasks.deliver.name == module.DELIVER


def test_a_broker_that_is_down_breaks_nothing_and_holds_up_nobody(
    letter, monkeypatch, caplog, settings, django_capture_on_commit_callbacks
):
    """A real refusal: the broker's address leads nowhere. Kombu's own choice is to try again for six seconds."""
    from celery import Celery

    nowhere = Celery(broker="redis+socket:///nonexistent/broker.sock", set_as_current=False)
    nowhere.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(workers, "current_app", nowhere)
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        letter()
    assert time.monotonic() - began < 4
    assert "workers could not be woken" in caplog.text
    assert Letter.objects.filter(state=LetterState.PENDING).count() == 1
