"""Quiet days: no reminder then; what would have come comes on the morning after."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError

from accounts.domain import quiet_days
from accounts.models import QuietPeriod
from common.errors import Refused
from engagements import tasks
from outbox.models import Letter
from tests import people
from tests.engagements import stories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db


def keep(person, first, last, now=NOW):
    return quiet_days.add(person=person, starts_on=first, ends_on=last, now=now)


def letters(row):
    return {letter.kind: letter.due_at for letter in Letter.objects.filter(subject_id=row.pk, state="pending")}


def test_a_check_in_comes_after_them_and_returns_when_they_are_taken_off():
    row = stories.check_in(stories.active())
    before = letters(row)
    period = keep(row.person, date(2026, 4, 1), date(2026, 4, 10))
    row.refresh_from_db()
    assert row.due_at == datetime(2026, 4, 13, 8, tzinfo=UTC)
    assert letters(row)["check_in_due"] == row.due_at
    quiet_days.remove(period=period, now=NOW)
    row.refresh_from_db()
    assert row.due_at == datetime(2026, 4, 7, 8, tzinfo=UTC)
    assert letters(row) == before


def test_reminders_of_what_is_due_already_wait_and_stay_apart():
    row = stories.check_in(stories.active())
    keep(row.person, date(2026, 4, 8), date(2026, 4, 17), now=row.due_at + timedelta(hours=1))
    after = letters(row)
    assert after["check_in_overdue"] == datetime(2026, 4, 20, 8, tzinfo=UTC)
    assert after["check_in_last"] == datetime(2026, 4, 22, 8, tzinfo=UTC)
    row.refresh_from_db()
    assert row.due_at == datetime(2026, 4, 7, 8, tzinfo=UTC)


def test_other_reminders_are_held_and_contractual_letters_are_not(clock):
    someone = people.mentor()
    keep(someone, date(2026, 3, 10), date(2026, 3, 12))
    inside = datetime(2026, 3, 11, 14, tzinfo=UTC)
    for kind in ("request_waiting", "request_asked"):
        Letter.objects.create(
            kind=kind, subject_id=someone.pk, person=someone, occasion=kind, message_id=f"<{kind}>", due_at=inside
        )
    tasks.sweep_check_ins()
    due = dict(Letter.objects.values_list("kind", "due_at"))
    assert due == {"request_waiting": datetime(2026, 3, 13, 9, tzinfo=UTC), "request_asked": inside}


@pytest.mark.parametrize(
    ("first", "last", "field", "code"),
    [
        (date(2026, 3, 12), date(2026, 3, 11), "ends_on", "order"),
        (date(2026, 3, 1), date(2026, 3, 9), "ends_on", "past"),
        (date(2026, 3, 12), date(2026, 7, 1), "ends_on", "long"),
        (date(2028, 3, 12), date(2028, 3, 13), "ends_on", "far"),
        (date(2026, 5, 5), date(2026, 5, 9), "starts_on", "overlap"),
    ],
)
def test_days_that_cannot_be_are_refused_beside_their_field(first, last, field, code):
    someone = people.person()
    keep(someone, date(2026, 5, 1), date(2026, 5, 5))
    with pytest.raises(Refused) as refused:
        keep(someone, first, last)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert QuietPeriod.objects.count() == 1


def test_the_database_keeps_their_order():
    with pytest.raises(IntegrityError, match="quiet_period_in_order"):
        QuietPeriod.objects.create(person=people.person(), starts_on=date(2026, 5, 2), ends_on=date(2026, 5, 1))


def test_a_period_taken_off_meanwhile_holds_nothing():
    period = keep(people.person(), date(2026, 5, 1), date(2026, 5, 5))
    quiet_days.remove(period=period, now=NOW)
    quiet_days.hold(people.person().pk)
    assert not QuietPeriod.objects.exists()


def test_answers_may_be_given_on_quiet_days():
    row = stories.check_in(stories.active())
    keep(row.person, date(2026, 4, 8), date(2026, 4, 17), now=row.due_at)
    assert stories.answered(row, now=row.due_at + timedelta(days=2)).state == "answered"
