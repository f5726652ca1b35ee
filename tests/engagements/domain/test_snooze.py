"""Putting a check-in off: its letters come once more, and it never passes the next round."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError

from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transitions import Actor
from engagements.cadence import Cadence
from engagements.domain import check_in_silence, check_ins
from engagements.letters import KINDS
from engagements.models import CheckIn
from engagements.states import CheckInStatus
from matching.domain import pairings
from outbox.models import Letter
from tests.engagements import stories

pytestmark = pytest.mark.django_db
STILL_DUE = {kind.name: kind.still_due for kind in KINDS}


@pytest.fixture
def due():
    """Due on Tuesday 7 April 2026, at nine in London."""
    return stories.check_in(stories.active())


def put_off(row, until="days", now=None, user=None):
    return check_ins.snooze(check_in=row, user=user or row.person, until=until, now=now or row.due_at)


def waiting(row):
    return {
        (letter.kind, letter.occasion): letter.due_at
        for letter in Letter.objects.filter(subject_id=row.pk, state="pending")
    }


@pytest.mark.parametrize(("until", "day"), [("days", date(2026, 4, 10)), ("monday", date(2026, 4, 13))])
def test_put_off_it_waits_and_is_asked_for_again_once(due, until, day):
    Letter.objects.filter(subject_id=due.pk, kind="check_in_due").update(state="sent", sent_at=due.due_at)
    row = put_off(due, until)
    assert (row.day, row.due_at.date(), row.due_at.hour, row.snoozes) == (day, day, 8, 1)
    assert row.status(due.due_at) == CheckInStatus.SNOOZED
    assert waiting(row) == {
        ("check_in_due", "1"): row.due_at,
        ("check_in_overdue", "overdue1"): row.overdue_at(),
        ("check_in_last", "last1"): max(waiting(row).values()),
    }
    event = Event.objects.get(subject_id=row.pk)
    assert (event.verb, event.actor, event.user) == ("snooze", Actor.MENTEE, due.person)


def test_it_may_be_answered_before_it_comes_again(due):
    row = put_off(due)
    stories.answered(row, now=due.due_at + timedelta(hours=1))
    assert waiting(row) == {}


@pytest.mark.parametrize("until", ["days", "monday"])
def test_three_days_from_a_friday_is_next_monday(due, until):
    friday = datetime.fromisoformat("2026-04-10T10:00+00:00")
    assert put_off(due, until, now=friday).day == date(2026, 4, 13)


def test_twice_and_no_more(due):
    row = put_off(put_off(due))
    assert row.snoozes == 2
    assert check_ins.snooze_moments(row, row.due_at) == {}
    with pytest.raises(Refused, match="twice already"):
        put_off(row)
    row.snoozes = 3
    with pytest.raises(IntegrityError, match="check_in_put_off_twice_at_most"):
        row.save()


def test_never_past_the_next_round():
    pairing = stories.active(terms={"cadence": Cadence.weeks(1)})
    row = stories.check_in(pairing)
    now = row.due_at + timedelta(days=2)
    next_round = stories.check_in(pairing, round=2).due_at
    assert all(at < next_round for at in check_ins.snooze_moments(row, now).values())
    with pytest.raises(Refused, match="next round begins before that"):
        put_off(row, now=row.due_at + timedelta(days=5))
    row.refresh_from_db()
    assert row.snoozes == 0


def test_never_past_the_planned_end():
    pairing = stories.active(terms={"planned_end": date(2026, 4, 9)})
    row = stories.check_in(pairing)
    assert check_ins.snooze_moments(row, row.due_at) == {}


def test_never_past_the_end_of_a_closing(due):
    pairing = due.pairing
    pairings.begin_closing(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, now=due.due_at)
    row = CheckIn.objects.get(pk=due.pk)
    assert check_ins.snooze_moments(row, due.due_at)
    assert check_ins.snooze_moments(row, due.due_at + timedelta(days=28)) == {}


def test_a_letter_on_its_way_when_it_was_put_off_is_stale(due):
    letter = Letter.objects.get(subject_id=due.pk, kind="check_in_due")
    row = put_off(due)
    assert STILL_DUE["check_in_due"](letter, due.due_at) == "check_in_put_off"
    again = Letter.objects.get(subject_id=due.pk, kind="check_in_due", occasion="1")
    assert STILL_DUE["check_in_due"](again, row.due_at) is None


def test_only_its_own_side_and_only_while_it_is_asked_for(due):
    pairing = due.pairing
    with pytest.raises(NotPermitted):
        put_off(due, user=pairing.mentor)
    with pytest.raises(WrongState):
        put_off(due, now=due.due_at - timedelta(minutes=1))
    assert check_ins.snooze_moments(due, due.due_at - timedelta(minutes=1)) == {}
    pairings.pause(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, until=date(2026, 5, 29), now=due.due_at)
    with pytest.raises(WrongState):
        put_off(due)
    assert check_ins.snooze_moments(CheckIn.objects.get(pk=due.pk), due.due_at) == {}


def test_not_what_was_answered_or_missed(due):
    second = stories.check_in(due.pairing, round=2)
    stories.answered(stories.check_in(due.pairing, "mentor"))
    with pytest.raises(WrongState):
        put_off(stories.check_in(due.pairing, "mentor"))
    check_in_silence.sweep(now=second.due_at)
    with pytest.raises(Refused, match="round has closed"):
        put_off(due, now=second.due_at)


def test_an_unknown_wish_is_refused(due):
    with pytest.raises(Refused):
        put_off(due, "never")
