"""Noting that the two have met, and the check-in that follows from it."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from common.models import Event
from common.steps import NotYours, Refused, WrongState
from engagements.cadence import Cadence, Unit
from engagements.domain import meetings
from engagements.models import Meeting
from tests import people
from tests.engagements import stories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
AFTER_EACH = {"cadence": Cadence(Unit.MEETING, 8)}
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
    assert (event.person, event.subject_id) == (pairing.mentee, pairing.pk)


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
    with pytest.raises(NotYours):
        note(pairing, user=people.person(staff=True))
    early = stories.introduced()
    with pytest.raises(WrongState):
        note(early, held_on=NOW.date(), now=NOW)


def test_once_a_day_whoever_writes(pairing):
    note(pairing)
    with pytest.raises(IntegrityError, match="meeting_once_a_day"), transaction.atomic():
        Meeting.objects.create(pairing=pairing, held_on=LATER.date(), noted_by=pairing.mentor, noted_at=LATER)
