"""The demo's clock: forward only, hour by hour, running on the way what beat would have run."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common import clock as programme
from mentorship.demo import clock
from mentorship.demo.management.commands.demo_clock import distance
from mentorship.demo.models import ClockOffset

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
ran: list[datetime] = []


def tick() -> None:
    """A scheduled task that notes the programme's time."""
    ran.append(programme.now())


def fail() -> None:
    """A scheduled task that goes wrong."""
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def schedule(settings):
    ran.clear()
    settings.CELERY_BEAT_SCHEDULE = {"tick": {"task": f"{__name__}.tick", "schedule": 60.0}}
    return settings.CELERY_BEAT_SCHEDULE


def test_at_first_it_is_the_machines():
    assert programme.now() - programme.real_now() < MINUTE
    assert clock.ahead() == timedelta()


def test_it_goes_hour_by_hour_and_runs_the_schedule_at_each():
    before = programme.now()
    shown = clock.advance(timedelta(hours=3, minutes=30))
    assert timedelta(hours=3, minutes=30) <= shown - before < timedelta(hours=3, minutes=31)
    steps = [moment - before for moment in ran]
    assert len(steps) == 4
    for step, expected in zip(steps, (60, 120, 180, 210), strict=True):
        assert timedelta(minutes=expected) <= step < timedelta(minutes=expected + 1)


def test_what_compares_days_runs_once_a_day_and_at_the_end(monkeypatch):
    monkeypatch.setattr(clock, "DAILY", frozenset({f"{__name__}.tick"}))
    clock.advance(timedelta(days=3))
    assert len(ran) in (3, 4), "three midnights on the way, and the last step unless it fell on one"
    assert len({moment.date() for moment in ran}) == 3


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(), timedelta(days=367)])
def test_it_never_goes_back_nor_stands_nor_leaps(by):
    with pytest.raises(ValueError, match="forward only"):
        clock.advance(by)
    assert ran == []


def test_the_database_holds_it_too():
    for row in ({"pk": 1, "ahead": -MINUTE}, {"pk": 2, "ahead": MINUTE}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClockOffset.objects.create(**row)
    assert str(ClockOffset(ahead=MINUTE)) == "0:01:00"


def test_a_failing_task_stops_no_other(schedule, caplog):
    schedule["a failure"] = {"task": f"{__name__}.fail", "schedule": 60.0}
    clock.advance(timedelta(hours=1))
    assert len(ran) == 1
    assert "a scheduled task failed" in caplog.text


def test_the_real_schedule_can_be_run(settings):
    """Every entry names a function that can be called as it stands."""
    from mentorship.settings import base

    settings.CELERY_BEAT_SCHEDULE = base.CELERY_BEAT_SCHEDULE
    clock.advance(timedelta(hours=1))


def test_it_is_read_once_a_request():
    clock._begin()
    try:
        with CaptureQueriesContext(connection) as queries:
            programme.now()
            programme.now()
        assert len(queries) == 1
        before = programme.now()
        clock.advance(timedelta(hours=1))
        assert programme.now() - before >= timedelta(hours=1), "a move within the request is seen"
    finally:
        clock._end()
    with CaptureQueriesContext(connection) as queries:
        programme.now()
        programme.now()
    assert len(queries) == 2


def test_the_command_shows_and_moves(capsys):
    call_command("demo_clock", "show")
    assert "The demo's clock shows" in capsys.readouterr().out
    call_command("demo_clock", "+2h")
    assert len(ran) == 2
    assert clock.ahead() == timedelta(hours=2)


@pytest.mark.parametrize("step", ["-1d", "14d", "tomorrow", "+1m", "+0h", "+9999w"])
def test_the_command_refuses_anything_else(step):
    with pytest.raises(CommandError):
        call_command("demo_clock", step)
    assert clock.ahead() == timedelta()


def test_steps_as_they_are_typed():
    assert distance("show") is None
    assert distance("+14d") == distance("+2w") == timedelta(days=14)


def test_outside_the_demo_there_is_no_such_clock(settings):
    settings.DEMO = False
    for call in (clock.now, lambda: clock.advance(timedelta(hours=1))):
        with pytest.raises(ImproperlyConfigured):
            call()
    for command in ("demo_clock", "demo_sign_ins"):
        with pytest.raises(CommandError, match="DEMO is not set"):
            call_command(command)
