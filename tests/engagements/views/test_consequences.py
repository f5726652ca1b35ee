"""What an act on a pairing calls off stands on the page that asks once more: no more and no less than what it does."""

from datetime import datetime, timedelta

import pytest

from engagements.domain import lengths, meetings
from engagements.states import LengthProposalState, MeetingState
from tests.engagements import stories
from tests.engagements.stories import END, NOW

pytestmark = pytest.mark.django_db
WHEN = datetime.fromisoformat("2026-03-23T14:00+00:00")
AGREED, PROPOSED = "Your meeting on Monday 23 March", "The times proposed for a meeting are called off."
LENGTH = "The other length that is proposed is no longer open."
ACTS = {
    "pause": {"until": "2026-04-10"},
    "close": {},
    "end": {"end_class": "time", "text": ""},
}


def page_of(response):
    return " ".join(response.content.decode().split())


def proposed(pairing):
    return meetings.propose(pairing=pairing, user=pairing.mentee, times=[WHEN], minutes=45, now=NOW)


def agreed(pairing):
    return meetings.accept(meeting=proposed(pairing), user=pairing.mentor, starts_at=WHEN, now=NOW)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("plan", "words"), [(agreed, AGREED), (proposed, PROPOSED)])
def test_meetings_that_an_act_calls_off(visit, send, act, plan, words):
    pairing = stories.active()
    meeting = plan(pairing)
    says_so = words in page_of(visit(pairing.mentor, act, pairing.pk))
    send(pairing.mentor, act, pairing.pk, **ACTS[act])
    meeting.refresh_from_db()
    assert says_so == (meeting.state == MeetingState.CANCELLED) == (act != "close")


@pytest.mark.parametrize("act", ACTS)
def test_a_length_that_an_act_lets_lapse(visit, send, act):
    pairing = stories.active()
    proposal = lengths.propose(pairing=pairing, user=pairing.mentee, planned_end=END + timedelta(days=30), now=NOW)
    says_so = LENGTH in page_of(visit(pairing.mentor, act, pairing.pk))
    send(pairing.mentor, act, pairing.pk, **ACTS[act])
    proposal.refresh_from_db()
    assert says_so == (proposal.state == LengthProposalState.LAPSED) == (act != "pause")


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_said_where_nothing_is_called_off(visit, act):
    pairing = stories.active()
    assert "called off" not in page_of(visit(pairing.mentee, act, pairing.pk))


def test_a_no_to_the_first_conversation_calls_it_off(visit, send):
    pairing = stories.introduced()
    assert "With a no:" not in page_of(visit(pairing.mentee, "chemistry", pairing.pk))
    meeting = agreed(pairing)
    page = page_of(visit(pairing.mentee, "chemistry", pairing.pk))
    assert "With a no:" in page
    assert AGREED in page
    send(pairing.mentee, "chemistry", pairing.pk, go_ahead="no")
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CANCELLED


def test_the_review_that_completes_says_what_it_calls_off_and_only_that_one(visit):
    pairing = stories.closing()
    agreed(pairing)
    assert AGREED not in page_of(visit(pairing.mentee, "review", pairing.pk))
    stories.looked_back(pairing, "mentor")
    page = page_of(visit(pairing.mentee, "review", pairing.pk))
    assert AGREED in page
    assert "Your pairing ends once both of you have looked back" not in page  # it ends with this very answer


def test_what_an_end_hides_is_said_before_it(visit, send):
    pairing = stories.active()
    assert "the page no longer shows how to reach each other" in page_of(visit(pairing.mentee, "end", pairing.pk))
    send(pairing.mentee, "end", pairing.pk, **ACTS["end"])
    assert pairing.mentor.email not in page_of(visit(pairing.mentee, "pairing", pairing.pk))


def test_what_a_resting_pairing_resumes_with(visit, send):
    pairing = stories.active()
    send(pairing.mentee, "pause", pairing.pk, **ACTS["pause"])
    assert "the planned end moves by the days that it rested" in page_of(visit(pairing.mentor, "resume", pairing.pk))
