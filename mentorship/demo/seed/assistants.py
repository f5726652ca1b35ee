"""Who handles the meeting times of one of the demo's leaders."""

from accounts import tokens
from accounts.domain import invitations
from engagements.domain import assistants, meeting_times, meetings
from engagements.states import MeetingState
from matching.models import Pairing
from mentorship.demo.seed.people import address, demo_password
from mentorship.demo.seed.story import Story

NAME = "Yusuf Demir"
DAYS = 20  # ago, that the invitation was sent


def tell(story: Story, pairing: Pairing) -> None:
    """The mentee has an assistant, who has just asked for another time of the meeting that is agreed."""
    leader = story.mentee.person
    employer = leader.email.partition("@")[2].removesuffix(".example")
    row = assistants.invite(leader=leader, email=address(NAME, employer), name=NAME, now=story.at(DAYS))
    token = tokens.link_token(row.invitation_id, 1)
    person = invitations.join(
        token=token, name=NAME, zone="Europe/Istanbul", password=demo_password(), now=story.at(DAYS - 1)
    )
    ahead = pairing.meetings.filter(state=MeetingState.AGREED, starts_at__gt=story.today).first()
    if ahead is not None:
        found = meeting_times.suggest(pairing=pairing, user=leader, minutes=ahead.minutes, now=story.today)
        row.refresh_from_db()
        meetings.offer_others(meeting=ahead, user=person, assistant=row, times=found.times[3:5], now=story.at(0.2))
