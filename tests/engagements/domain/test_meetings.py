"""Noting that the two have met, and the check-in that follows from it."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transitions import Actor
from engagements.cadence import Cadence, Unit
from engagements.domain import meetings
from engagements.models import Meeting
from matching.domain import pairings
from outbox.models import Letter
from tests import people
from tests.engagements import stories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
AFTER_EACH = {"cadence": Cadence(Unit.MEETING, 8)}
HOUR = timedelta(hours=1)
LATER = datetime.fromisoformat("2026-03-25T18:00+00:00")
MET = LATER.date()


@pytest.fixture
def pairing():
    return stories.active(terms=AFTER_EACH)


def note(pairing, held_on=MET, user=None, now=LATER):
    return meetings.note(pairing=pairing, user=user or pairing.mentee, held_on=held_on, now=now)


def planned(pairing, now=LATER, side="mentor"):
    return [(row.round, row.due_at.date()) for row in pairing.check_ins.ahead(now).filter(side=side)]


def test_without_a_meeting_each_is_asked_after_eight_weeks(pairing):
    assert planned(pairing)[:2] == [(1, date(2026, 5, 5)), (2, date(2026, 6, 30))]


def test_after_a_meeting_both_are_asked_on_the_next_morning(pairing):
    note(pairing)
    for side in ("mentee", "mentor"):
        assert planned(pairing, side=side)[:2] == [(5, date(2026, 3, 26)), (6, date(2026, 5, 20))]
    assert set(pairing.check_ins.filter(round__lt=5).values_list("state", flat=True)) == {"cancelled"}
    event = Event.objects.get(verb="note_meeting")
    assert (event.user, event.subject_id) == (pairing.mentee, pairing.pk)


def test_noted_by_both_it_counts_once(pairing):
    note(pairing)
    before = planned(pairing)
    note(pairing, user=pairing.mentor)
    note(pairing, user=pairing.mentor, held_on=LATER.date() - timedelta(days=1))
    assert planned(pairing) == before
    assert pairing.meetings.count() == 2
    assert Event.objects.filter(verb="note_meeting").count() == 2


def test_an_older_one_noted_later_plans_nothing(pairing):
    note(pairing)
    before = planned(pairing)
    note(pairing, held_on=date(2026, 3, 12))
    assert planned(pairing) == before


def test_with_another_cadence_it_is_only_noted():
    pairing = stories.active()
    before = planned(pairing)
    note(pairing)
    assert planned(pairing) == before
    assert pairing.meetings.get().noted_by == pairing.mentee


@pytest.mark.parametrize(
    ("held_on", "code"), [(date(2026, 3, 26), "ahead"), (date(2026, 3, 1), "before"), (date(1, 1, 1), "before")]
)
def test_a_day_outside_the_pairing_is_refused_beside_its_field(pairing, held_on, code):
    with pytest.raises(Refused) as refused:
        note(pairing, held_on=held_on)
    assert (refused.value.field, refused.value.code) == ("held_on", code)
    assert not Meeting.objects.exists()


def test_only_the_two_and_only_at_work(pairing):
    with pytest.raises(NotPermitted):
        note(pairing, user=people.person(staff=True))
    early = stories.introduced()
    with pytest.raises(WrongState):
        note(early, held_on=NOW.date(), now=NOW)


def take_back(pairing, user=None, now=LATER + HOUR):
    meetings.take_back(meeting=pairing.meetings.get(), user=user or pairing.mentee, now=now)


def test_taken_back_the_rounds_count_from_today_as_without_it(pairing):
    note(pairing)
    take_back(pairing)
    assert not Meeting.objects.exists()
    for side in ("mentee", "mentor"):
        assert planned(pairing, side=side)[:2] == [(10, date(2026, 5, 20)), (11, date(2026, 7, 15))]
    asking = Letter.objects.filter(kind="check_in_due", state="pending").values_list("subject_id", flat=True)
    assert set(asking) == set(pairing.check_ins.filter(state="scheduled").values_list("pk", flat=True))
    event = Event.objects.get(verb="take_back_meeting")
    assert (event.user, event.subject_id) == (pairing.mentee, pairing.pk)


def test_what_the_other_side_noted_too_still_counts(pairing):
    note(pairing)
    before = planned(pairing)
    other = note(pairing, user=pairing.mentor, held_on=MET - timedelta(days=1))
    meetings.take_back(meeting=pairing.meetings.get(noted_by=pairing.mentee), user=pairing.mentee, now=LATER)
    assert (planned(pairing), pairing.meetings.get()) == (before, other)


def test_another_cadence_knows_nothing_of_it():
    pairing = stories.active()
    before = planned(pairing)
    note(pairing)
    take_back(pairing)
    assert (planned(pairing), pairing.meetings.count()) == (before, 0)


@pytest.mark.parametrize("by", ["mentor", "a stranger"])
def test_nobody_takes_back_what_another_noted(pairing, by):
    note(pairing)
    with pytest.raises(WrongState if by == "mentor" else NotPermitted):
        take_back(pairing, user=pairing.mentor if by == "mentor" else people.person())
    assert Meeting.objects.exists()


def test_not_once_both_have_been_asked_nor_after_a_day(pairing):
    note(pairing)
    asked = pairing.check_ins.get(side="mentee", round=5).due_at
    assert asked < LATER + meetings.TAKEN_BACK_WITHIN
    with pytest.raises(WrongState):
        take_back(pairing, now=asked)
    take_back(pairing, now=asked - HOUR)
    weekly = stories.active()
    note(weekly)
    for late in (timedelta(days=1), timedelta(days=2)):
        with pytest.raises(WrongState):
            take_back(weekly, now=LATER + late)


def test_not_while_paused(pairing):
    note(pairing)
    pairings.pause(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, until=MET + timedelta(days=30), now=LATER)
    with pytest.raises(WrongState):
        take_back(pairing)


def test_once_a_day_whoever_writes(pairing):
    note(pairing)
    with pytest.raises(IntegrityError, match="meeting_once_a_day"), transaction.atomic():
        Meeting.objects.create(pairing=pairing, held_on=LATER.date(), noted_by=pairing.mentor, noted_at=LATER)
