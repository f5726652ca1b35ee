"""Whether the two have met: said of an agreed meeting or noted afterwards, and the check-in that follows from it."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transitions import Actor
from engagements.cadence import Cadence, Unit
from engagements.domain import meeting_outcomes, meetings
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
    return meeting_outcomes.note(pairing=pairing, user=user or pairing.mentee, held_on=held_on, now=now)


def planned(pairing, now=LATER, side="mentor"):
    return [(row.round, row.due_at.date()) for row in pairing.check_ins.ahead(now).filter(side=side)]


def test_without_a_meeting_each_is_asked_after_eight_weeks(pairing):
    assert planned(pairing)[:2] == [(1, date(2026, 5, 5)), (2, date(2026, 6, 30))]


def test_after_a_meeting_both_are_asked_on_the_next_morning(pairing):
    note(pairing)
    for side in ("mentee", "mentor"):
        assert planned(pairing, side=side)[:2] == [(5, date(2026, 3, 26)), (6, date(2026, 5, 20))]
    assert set(pairing.check_ins.filter(round__lt=5).values_list("state", flat=True)) == {"cancelled"}
    event = Event.objects.get(subject_type="meeting")
    assert (event.verb, event.user, event.pairing_id) == ("note", pairing.mentee, pairing.pk)


def test_noted_by_both_it_counts_once(pairing):
    note(pairing)
    before = planned(pairing)
    note(pairing, user=pairing.mentor)
    note(pairing, user=pairing.mentor, held_on=LATER.date() - timedelta(days=1))
    assert planned(pairing) == before
    assert pairing.meetings.count() == 2
    assert Event.objects.filter(verb="note").count() == 2


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
    meeting_outcomes.take_back(meeting=pairing.meetings.get(), user=user or pairing.mentee, now=now)


def test_taken_back_the_rounds_count_from_today_as_without_it(pairing):
    note(pairing)
    take_back(pairing)
    assert not Meeting.objects.held().exists()
    for side in ("mentee", "mentor"):
        assert planned(pairing, side=side)[:2] == [(10, date(2026, 5, 20)), (11, date(2026, 7, 15))]
    asking = Letter.objects.filter(kind="check_in_due", state="pending").values_list("subject_id", flat=True)
    assert set(asking) == set(pairing.check_ins.filter(state="scheduled").values_list("pk", flat=True))
    event = Event.objects.get(verb="take_back")
    assert (event.user, event.pairing_id) == (pairing.mentee, pairing.pk)


def test_what_the_other_side_noted_too_still_counts(pairing):
    note(pairing)
    before = planned(pairing)
    other = note(pairing, user=pairing.mentor, held_on=MET - timedelta(days=1))
    meeting_outcomes.take_back(meeting=pairing.meetings.get(noted_by=pairing.mentee), user=pairing.mentee, now=LATER)
    assert (planned(pairing), pairing.meetings.held().get()) == (before, other)


def test_another_cadence_knows_nothing_of_it():
    pairing = stories.active()
    before = planned(pairing)
    note(pairing)
    take_back(pairing)
    assert (planned(pairing), pairing.meetings.held().count()) == (before, 0)


@pytest.mark.parametrize("by", ["mentor", "a stranger"])
def test_nobody_takes_back_what_another_noted(pairing, by):
    note(pairing)
    with pytest.raises(WrongState if by == "mentor" else NotPermitted):
        take_back(pairing, user=pairing.mentor if by == "mentor" else people.person())
    assert Meeting.objects.exists()


def test_not_once_both_have_been_asked_nor_after_a_day(pairing):
    note(pairing)
    asked = pairing.check_ins.get(side="mentee", round=5).due_at
    assert asked < LATER + meeting_outcomes.TAKEN_BACK_WITHIN
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
        Meeting.objects.create(
            pairing=pairing,
            state="held",
            changed_at=LATER,
            held_on=LATER.date(),
            noted_by=pairing.mentor,
            noted_at=LATER,
        )


def test_a_check_in_knows_of_what_was_held_since_the_last_answer(pairing):
    assert not meeting_outcomes.held_since_last_answer(stories.check_in(pairing))
    note(pairing)
    first, second = (stories.check_in(pairing, round=number) for number in (5, 6))
    assert meeting_outcomes.held_since_last_answer(first)
    stories.answered(first)
    assert not meeting_outcomes.held_since_last_answer(second)


def agreed(pairing, at=LATER - 2 * HOUR, now=NOW):
    """One that both have agreed on, which is over at `LATER`."""
    meeting = meetings.propose(pairing=pairing, user=pairing.mentee, times=[at], minutes=60, now=now)
    return meetings.accept(meeting=meeting, user=pairing.mentor, starts_at=at, now=now)


def test_held_it_counts_like_a_noted_one(pairing):
    meeting = agreed(pairing)
    held = meeting_outcomes.hold(meeting=meeting, user=pairing.mentor, now=LATER)
    assert (held.state, held.held_on, held.noted_by) == ("held", MET, pairing.mentor)
    assert planned(pairing)[0] == (5, date(2026, 3, 26))
    assert note(pairing) == held  # noting the day it was held on is once


def test_noting_the_day_of_an_agreed_one_says_that_it_was_held(pairing):
    meeting = agreed(pairing)
    assert note(pairing).pk == meeting.pk
    assert pairing.meetings.get().state == "held"


def test_missed_names_who_was_not_there_and_plans_nothing(pairing):
    before = planned(pairing)
    missed = meeting_outcomes.miss(meeting=agreed(pairing), user=pairing.mentee, absent="mentee", now=LATER)
    assert (missed.state, missed.absent, missed.noted_by) == ("missed", "mentee", pairing.mentee)
    assert planned(pairing) == before


def test_the_other_side_corrects_it_for_a_week(pairing):
    meeting = agreed(pairing)
    before = planned(pairing)[0][1]
    meeting_outcomes.hold(meeting=meeting, user=pairing.mentee, now=LATER)
    meeting_outcomes.miss(meeting=meeting, user=pairing.mentor, absent="both", now=LATER + HOUR)
    assert planned(pairing)[0][1] >= before  # as if it had not been
    meeting_outcomes.hold(meeting=meeting, user=pairing.mentor, now=LATER + 2 * HOUR)
    late = LATER + 3 * HOUR + meeting_outcomes.CORRECTABLE_FOR
    for say in (
        lambda: meeting_outcomes.miss(meeting=meeting, user=pairing.mentor, absent="both", now=late),
        lambda: meeting_outcomes.hold(meeting=meeting, user=pairing.mentor, now=late),
    ):
        with pytest.raises((Refused, WrongState)):
            say()
    assert pairing.meetings.get().state == "held"


def test_nothing_is_said_of_what_is_ahead_nor_by_others_nor_without_who(pairing):
    meeting = agreed(pairing)
    with pytest.raises(Refused) as refused:
        meeting_outcomes.hold(meeting=meeting, user=pairing.mentee, now=LATER - 3 * HOUR)
    assert refused.value.code == "ahead"
    with pytest.raises(NotPermitted):
        meeting_outcomes.hold(meeting=meeting, user=people.person(), now=LATER)
    with pytest.raises(Refused) as refused:
        meeting_outcomes.miss(meeting=meeting, user=pairing.mentee, absent="nobody", now=LATER)
    assert refused.value.field == "outcome"


def test_what_nobody_speaks_of_passes_and_may_still_be_said(pairing):
    meeting = agreed(pairing)
    meeting_outcomes.sweep(now=LATER)
    assert pairing.meetings.get().state == "agreed"
    later = LATER + meeting_outcomes.SAID_WITHIN
    meeting_outcomes.sweep(now=later)
    meeting_outcomes.sweep(now=later)
    assert pairing.meetings.get().state == "passed"
    assert Event.objects.get(verb="pass_by").actor == "clock"
    assert meeting_outcomes.hold(meeting=meeting, user=pairing.mentee, now=later).state == "held"


def test_a_proposal_whose_times_have_passed_is_taken_off(pairing):
    meetings.propose(pairing=pairing, user=pairing.mentee, times=[LATER], minutes=60, now=NOW)
    meeting_outcomes.sweep(now=LATER - HOUR)
    assert pairing.meetings.get().state == "proposed"
    meeting_outcomes.sweep(now=LATER)
    assert pairing.meetings.get().state == "cancelled"
