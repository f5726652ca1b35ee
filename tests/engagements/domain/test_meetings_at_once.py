"""Both act at once: one of them is told, and calendars hear of what stands."""

from datetime import timedelta

import pytest

from common.transitions import Actor
from engagements.domain import meetings
from engagements.models import Meeting
from matching.domain import pairings
from outbox.models import Letter
from tests.engagements import stories
from tests.matching.domain.test_concurrency import at_once
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
AT = NOW + timedelta(days=14)


def test_one_proposal_one_answer_and_no_meeting_of_a_pairing_that_ends():
    pairing = stories.active()
    both = (pairing.mentee, pairing.mentor)

    def proposing(user):
        return lambda: meetings.propose(pairing=pairing, user=user, times=[AT], minutes=60, now=NOW)

    assert at_once(map(proposing, both)) == {"done": 1, "proposed": 1}
    meeting = Meeting.objects.get()
    asking = meeting.offered_by
    asked = next(user for user in both if user != asking)
    ended = at_once(
        [
            lambda: meetings.accept(meeting=meeting, user=asked, starts_at=AT, now=NOW),
            lambda: meetings.offer_others(
                meeting=meeting, user=asking, times=[AT + timedelta(days=1)], based_on=1, now=NOW
            ),
            lambda: pairings.end_early(
                pairing=pairing,
                user=asking,
                actor=Actor.MENTEE if asking == pairing.mentee else Actor.MENTOR,
                end_class="time",
                now=NOW,
            ),
        ]
    )
    assert ended["done"] >= 1
    assert set(ended) <= {"done", "wrong_state", "newer_offer"}
    meeting.refresh_from_db()
    assert meeting.state == "cancelled"
    assert not Letter.objects.filter(kind__in=("meeting_proposed", "meeting_invitation"), state="pending").exists()
