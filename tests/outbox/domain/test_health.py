"""Whether letters flow: who was heard of, what is late, and the one alert about it."""

from datetime import timedelta

import pytest

from common.clock import real_now
from outbox import kinds, letters
from outbox.domain import health, troubles
from outbox.domain.delivery import deliver_due
from outbox.domain.health import Problem
from outbox.models import Heartbeat, Letter, Trouble, TroubleKind
from tests.outbox.conftest import NOW
from tests.people import person


@pytest.fixture
def alive(db):
    health.heard_of(health.BEAT)
    health.heard_of("worker:one@here")


def long_ago(name: str) -> None:
    Heartbeat.objects.filter(name=name).update(at=real_now() - health.SILENT_AFTER - timedelta(seconds=1))


def test_flowing_while_both_are_heard_of(alive, letter):
    letter()
    deliver_due(NOW)
    status = health.status(NOW)
    assert status.flowing
    assert (status.counts["sent"], status.due, status.last_sent_at) == (1, 0, NOW)


def test_nobody_was_ever_heard_of(db):
    assert health.status(NOW).problems == (Problem.BEAT_SILENT, Problem.WORKERS_SILENT)


def test_a_silent_one_is_noticed_and_another_worker_suffices(alive):
    long_ago("worker:one@here")
    assert health.silent("worker:one@here")
    assert health.status(NOW).problems == (Problem.WORKERS_SILENT,)
    health.heard_of("worker:two@here")
    assert health.status(NOW).flowing
    long_ago(health.BEAT)
    assert health.status(NOW).problems == (Problem.BEAT_SILENT,)
    health.heard_of(health.BEAT)
    assert not health.silent(health.BEAT)


def test_paused_and_refused_are_problems_and_stop_all(alive, reader):
    troubles.pause_all(user=reader, now=NOW)
    troubles.refused("535 who are you")
    status = health.status(NOW)
    assert status.problems == (Problem.PAUSED, Problem.REFUSED)
    assert status.stopped


def test_coordinators_are_told_once_that_letters_are_late_and_first_of_all(alive, letter, caplog):
    kinds.register(*letters.KINDS)
    coordinator = person("Clara Coordinator", staff=True)
    letter("late", due_at=NOW - health.LATE_AFTER)
    for _look in range(2):
        health.watch(NOW)
    alert = Letter.objects.get(kind="letters_late")
    assert alert.person == coordinator
    assert caplog.text.count("letters are late") == 1
    assert health.status(NOW).problems == (Problem.LATE,)
    order = list(Letter.objects.order_by("due_at").values_list("kind", flat=True))
    assert order[0] == "letters_late"
    deliver_due(NOW)
    from django.core import mail

    assert [message.subject for message in mail.outbox] == ["E-mails are late", "Letter late"]
    health.watch(NOW)
    assert health.status(NOW).flowing
    assert Trouble.objects.get().ended_at is not None


def test_what_is_tried_again_is_late_only_after_hours_and_what_is_paused_is_not_late(alive, letter, reader):
    letter("tried", due_at=NOW - health.LATE_AFTER)
    Letter.objects.update(attempts=1)
    assert health.late(NOW) is None
    Letter.objects.update(due_at=NOW - health.LATE_IN_SPITE_OF_TRIES)
    assert health.late(NOW) == NOW - health.LATE_IN_SPITE_OF_TRIES
    troubles.pause_all(user=reader, now=NOW)
    assert health.late(NOW) is None


def test_an_alert_that_comes_too_late_is_not_sent(alive, letter):
    kinds.register(*letters.KINDS)
    person("Clara Coordinator", staff=True)
    made = letter("late", due_at=NOW - health.LATE_AFTER)
    health.watch(NOW)
    Letter.objects.filter(pk=made.pk).update(state="cancelled")
    health.watch(NOW)
    deliver_due(NOW)
    assert Letter.objects.get(kind="letters_late").reason == "letters_flow"


def test_workers_of_the_day_before_are_forgotten(alive):
    Heartbeat.objects.update(at=real_now() - health.FORGOTTEN_AFTER - timedelta(seconds=1))
    health.watch(NOW)
    assert not Heartbeat.objects.exists()


def test_beat_says_so_and_goes_on_poking_without_a_database(db, monkeypatch, tmp_path, caplog):
    from celery.beat import PersistentScheduler

    from outbox.beat import Scheduler

    monkeypatch.setattr(PersistentScheduler, "tick", lambda self: 0.5)
    monkeypatch.setattr("outbox.beat.close_old_connections", lambda: None)
    beat = Scheduler.__new__(Scheduler)
    assert beat.tick() == 0.5
    assert not health.silent(health.BEAT)
    Heartbeat.objects.all().delete()
    assert beat.tick() == 0.5
    assert not Heartbeat.objects.exists(), "twice a minute suffices"
    beat.last_heard = float("-inf")
    monkeypatch.setattr(health, "heard_of", lambda name: 1 / 0)
    assert beat.tick() == 0.5
    assert "beat could not write its heartbeat" in caplog.text


def test_the_task_says_which_worker_is_at_work(db):
    from outbox.tasks import deliver

    deliver()
    assert not Heartbeat.objects.exists()
    deliver.push_request(hostname="one@here")  # type: ignore[call-arg]  # the stubs know none of its words
    try:
        deliver.run()
    finally:
        deliver.pop_request()
    assert not health.silent("worker:one@here")
    assert not Trouble.objects.filter(kind=TroubleKind.LATE).exists()
