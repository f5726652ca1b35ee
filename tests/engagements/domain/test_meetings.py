"""Planning a meeting: proposed, countered, agreed, moved, called off, and what calendars are told of it."""

from datetime import datetime, timedelta

import pytest

from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transitions import Actor
from engagements.domain import meetings
from engagements.models import Meeting
from matching.domain import pairings
from outbox.models import Letter
from tests import people
from tests.engagements import stories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MON, TUE, WED = (datetime.fromisoformat(f"2026-03-{day:02}T14:00+00:00") for day in (23, 24, 25))


@pytest.fixture
def pairing():
    return stories.active()


def propose(pairing, times=(MON, TUE), user=None, now=NOW, **words):
    who = user or pairing.mentee
    return meetings.propose(pairing=pairing, user=who, times=times, minutes=60, now=now, **words)


def agreed(pairing, at=MON, now=NOW, **words):
    meeting = propose(pairing, [at, WED], now=now, **words)
    return meetings.accept(meeting=meeting, user=pairing.mentor, starts_at=at, now=now)


def waiting(kind):
    """Whom letters of a kind wait for, and what occasion they name."""
    rows = Letter.objects.filter(kind=kind, state="pending").select_related("person")
    return sorted((row.person.name, row.occasion) for row in rows)


def both(pairing, occasion):
    return sorted((person.name, occasion) for person in (pairing.mentee, pairing.mentor))


def test_up_to_three_times_are_proposed_and_the_other_side_is_asked(pairing):
    meeting = propose(pairing, [TUE, MON, TUE])
    assert (meeting.state, meeting.offered, meeting.offered_by) == ("proposed", [MON, TUE], pairing.mentee)
    assert waiting("meeting_proposed") == [(pairing.mentor.name, "1")]
    event = Event.objects.get(subject_type="meeting")
    assert (event.verb, event.actor, event.pairing_id) == ("propose", "mentee", pairing.pk)


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ([], "how_many"),
        ([MON, TUE, WED, WED + HOUR], "how_many"),
        ([NOW, MON], "past"),
        ([MON, NOW + meetings.FURTHEST + HOUR], "far"),
        ([datetime.fromisoformat("9999-12-31T23:59+00:00")], "far"),
        ([datetime.fromisoformat("0001-01-01T00:00+14:00")], "past"),
    ],
)
def test_impossible_times_are_refused_beside_their_field(pairing, times, code):
    with pytest.raises(Refused) as refused:
        propose(pairing, times)
    assert (refused.value.field, refused.value.code) == ("times", code)
    assert not Meeting.objects.exists()


def test_only_the_two_plan_and_only_while_the_pairing_runs(pairing):
    with pytest.raises(NotPermitted):
        propose(pairing, user=people.person(staff=True))
    pairings.pause(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, until=TUE.date(), now=NOW)
    with pytest.raises(WrongState):
        propose(pairing)


def test_the_first_conversation_is_planned_before_anything_is_agreed():
    assert agreed(stories.introduced()).state == "agreed"


def test_one_proposal_at_a_time_and_the_second_says_whose_is_there(pairing):
    propose(pairing)
    for user in (pairing.mentee, pairing.mentor):
        with pytest.raises(Refused) as refused:
            propose(pairing, user=user)
        assert refused.value.code == "proposed"
    assert Meeting.objects.count() == 1


def test_the_other_side_picks_one_and_both_calendars_are_told(pairing):
    meeting = agreed(pairing)
    assert (meeting.state, meeting.starts_at, meeting.offered, meeting.sequence) == ("agreed", MON, [], 1)
    assert waiting("meeting_proposed") == []
    assert waiting("meeting_invitation") == both(pairing, "1")


def test_nobody_picks_from_their_own_proposal_nor_what_was_not_proposed_or_has_passed(pairing):
    meeting = propose(pairing)
    with pytest.raises(NotPermitted):
        meetings.accept(meeting=meeting, user=pairing.mentee, starts_at=MON, now=NOW)
    for at, now, code in ((WED, NOW, "newer_offer"), (MON, MON, "passed")):
        with pytest.raises(Refused) as refused:
            meetings.accept(meeting=meeting, user=pairing.mentor, starts_at=at, now=now)
        assert refused.value.code == code


def test_countered_the_first_one_is_asked_and_an_older_page_is_told(pairing):
    meeting = propose(pairing)
    meetings.offer_others(meeting=meeting, user=pairing.mentor, times=[WED], based_on=1, now=NOW)
    assert waiting("meeting_proposed") == [(pairing.mentee.name, "2")]
    with pytest.raises(Refused) as refused:
        meetings.offer_others(meeting=meeting, user=pairing.mentee, times=[TUE], based_on=1, now=NOW)
    assert refused.value.code == "newer_offer"
    with pytest.raises(Refused) as refused:
        meetings.accept(meeting=meeting, user=pairing.mentee, starts_at=MON, now=NOW)
    assert refused.value.code == "newer_offer"
    assert meetings.accept(meeting=meeting, user=pairing.mentee, starts_at=WED, now=NOW).starts_at == WED


def test_what_is_agreed_stands_until_another_time_is_picked(pairing):
    meeting = agreed(pairing)
    moved = meetings.offer_others(meeting=meeting, user=pairing.mentee, times=[TUE], now=NOW)
    assert (moved.state, moved.starts_at, moved.sequence) == ("agreed", MON, 1)
    kept = meetings.keep(meeting=meeting, user=pairing.mentor, now=NOW)
    assert (kept.starts_at, kept.offered) == (MON, [])
    meetings.offer_others(meeting=meeting, user=pairing.mentee, times=[TUE], now=NOW)
    moved = meetings.accept(meeting=meeting, user=pairing.mentor, starts_at=TUE, now=NOW)
    assert (moved.starts_at, moved.sequence) == (TUE, 2)
    assert waiting("meeting_invitation") == both(pairing, "2")


def test_a_meeting_is_not_moved_or_called_off_once_it_has_begun(pairing):
    meeting = agreed(pairing)
    with pytest.raises(WrongState):
        meetings.offer_others(meeting=meeting, user=pairing.mentee, times=[WED], now=MON)
    with pytest.raises(WrongState):
        meetings.cancel(meeting=meeting, user=pairing.mentee, now=MON)


def test_two_do_not_agree_to_meet_twice_at_once(pairing):
    agreed(pairing)
    with pytest.raises(Refused) as refused:
        propose(pairing, [MON + HOUR / 2])
    assert refused.value.code == "twice"
    assert propose(pairing, [MON + HOUR]).state == "proposed"


def test_called_off_calendars_are_told_and_a_proposal_taken_back_tells_nobody(pairing):
    meeting = agreed(pairing)
    off = meetings.cancel(meeting=meeting, user=pairing.mentor, now=NOW)
    assert (off.state, off.sequence) == ("cancelled", 2)
    assert waiting("meeting_invitation") == []
    assert waiting("meeting_cancelled") == both(pairing, "2")
    with pytest.raises(WrongState):
        meetings.cancel(meeting=meeting, user=pairing.mentee, now=NOW)
    meetings.cancel(meeting=propose(pairing), user=pairing.mentee, now=NOW)
    assert waiting("meeting_proposed") == []
    assert len(waiting("meeting_cancelled")) == 2


@pytest.mark.parametrize("how", ["pause", "end_early"])
def test_a_pairing_that_rests_or_ends_calls_off_what_is_ahead_and_lets_the_rest_pass(pairing, how):
    earlier, ahead = agreed(pairing, MON), agreed(pairing, TUE)
    propose(pairing, [WED + DAY])
    words = {"until": WED.date() + DAY} if how == "pause" else {"end_class": "time"}
    do = getattr(pairings, how)
    do(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, now=MON + HOUR, **words)
    states = dict(pairing.meetings.values_list("pk", "state"))
    assert (states.pop(earlier.pk), states.pop(ahead.pk), [*states.values()]) == ("passed", "cancelled", ["cancelled"])
    assert waiting("meeting_cancelled") == both(pairing, "2")
    assert waiting("meeting_proposed") == []


def test_the_place_is_sealed_and_told_to_calendars_only_if_its_writer_says_so(pairing):
    meeting = agreed(pairing, place=" The blue room ")
    assert (meeting.read("place"), meeting.place_in_invitation, meeting.place_by) == (
        "The blue room",
        False,
        pairing.mentee,
    )

    def told(place, in_invitation, user=pairing.mentor):
        row = meetings.set_place(meeting=meeting, user=user, place=place, in_invitation=in_invitation, now=NOW)
        return row.sequence, row.read("place")

    assert told("Elsewhere", in_invitation=False) == (1, "Elsewhere")
    assert told("Elsewhere", in_invitation=True) == (2, "Elsewhere")
    assert told("Elsewhere", in_invitation=True) == (2, "Elsewhere")
    assert told("", in_invitation=True) == (3, "")
    row = Meeting.objects.get()
    assert (row.place, row.place_by, row.place_in_invitation) == (None, None, False)
    with pytest.raises(WrongState):
        meetings.set_place(meeting=meeting, user=pairing.mentee, place="", in_invitation=False, now=MON)
