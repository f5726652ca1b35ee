"""A pair of which nobody hears: the coordinators are told once, with dates and never with words."""

from datetime import timedelta

import pytest

from accounts.calendars import calendar_with_absences
from engagements.domain import check_in_silence, check_ins
from engagements.reminder_times import silent_at
from matching.domain import alerts
from matching.models import Alert
from outbox.models import Letter
from tests import people
from tests.engagements import stories
from tests.engagements.stories import SECRET

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def pairing():
    made = stories.active()
    made.cohort.coordinators.add(people.person(staff=True))
    return made


def quiet(pairing):
    row = stories.check_in(pairing)
    return silent_at(row.day, calendar_with_absences(row.person))


def test_both_silent_a_week_after_the_last_reminder(pairing):
    at = quiet(pairing)
    check_in_silence.sweep(now=at - MINUTE)
    assert not Alert.objects.exists()
    check_in_silence.sweep(now=at)
    alert = Alert.objects.get()
    assert alert.facts == {"mentee": ["2026-04-07"], "mentor": ["2026-04-07"], "last_answer": None}
    assert Letter.objects.filter(kind="coordinator_alert").count() == 1
    for hours in (1, 24):
        check_in_silence.sweep(now=at + timedelta(hours=hours))
    assert Letter.objects.filter(kind="coordinator_alert").count() == 1


def test_settled_it_is_not_raised_again_for_the_same_round(pairing):
    at = quiet(pairing)
    check_in_silence.sweep(now=at)
    alerts.settle(alert=Alert.objects.get(), user=pairing.cohort.coordinators.get(), now=at + MINUTE)
    check_in_silence.sweep(now=at + 2 * MINUTE)
    assert Alert.objects.count() == 1
    third = stories.check_in(pairing, round=3)
    check_in_silence.sweep(now=third.due_at)
    both = ["2026-04-07", "2026-05-05"]
    assert Alert.objects.open().get().facts == {"mentee": both, "mentor": both, "last_answer": None}


def test_an_answer_settles_it_unless_the_other_side_has_missed_two_rounds(pairing):
    at = quiet(pairing)
    check_in_silence.sweep(now=at)
    check_in_silence.sweep(now=at + MINUTE)
    assert Alert.objects.open().exists()
    stories.answered(stories.check_in(pairing, "mentee"), now=at + 2 * MINUTE)
    check_in_silence.sweep(now=at + 3 * MINUTE)
    assert not Alert.objects.open().exists()
    assert Alert.objects.get().settled_by is None
    assert not Letter.objects.filter(kind="coordinator_alert", state="pending").exists()

    third = stories.check_in(pairing, round=3)
    check_in_silence.sweep(now=third.due_at)
    facts = Alert.objects.open().get().facts
    assert facts["mentor"] == ["2026-04-07", "2026-05-05"]
    assert "mentee" not in facts
    stories.answered(third)
    check_in_silence.sweep(now=third.due_at + MINUTE)
    assert Alert.objects.open().exists()
    stories.answered(stories.check_in(pairing, "mentor", round=3))
    check_in_silence.sweep(now=third.due_at + MINUTE)
    assert not Alert.objects.open().exists()


def test_a_round_that_is_over_without_an_answer_settles_nothing(pairing):
    check_in_silence.sweep(now=quiet(pairing))
    for number in (2, 3):
        check_in_silence.sweep(now=stories.check_in(pairing, round=number).due_at)
        assert Alert.objects.open().count() == 1


def test_one_of_the_two_is_enough_to_be_heard(pairing):
    stories.answered(stories.check_in(pairing, "mentor"), line=SECRET)
    check_in_silence.sweep(now=quiet(pairing))
    assert not Alert.objects.exists()


def test_what_was_put_off_is_not_silence(pairing):
    row, at = stories.check_in(pairing), quiet(pairing)
    check_ins.snooze(check_in=row, user=row.person, until="monday", now=row.due_at)
    check_in_silence.sweep(now=at)
    assert not Alert.objects.exists()


def test_the_last_answer_is_named_by_its_day_alone(pairing):
    for side in ("mentee", "mentor"):
        stories.answered(stories.check_in(pairing, side), line=SECRET)
    second = stories.check_in(pairing, round=2)
    check_in_silence.sweep(now=silent_at(second.day, calendar_with_absences(second.person)))
    alert = Alert.objects.get()
    assert alert.facts["last_answer"] == "2026-04-07"
    assert alert.sentences()[-1].startswith("The last answer came on 7 April")
    assert SECRET not in str(alert.facts)
