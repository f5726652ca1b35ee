"""A demo pair that shows each other its scores, one of whom has talked to somebody outside."""

from engagements.domain import shared_scores, talks
from matching.models import Pairing
from mentorship.demo.seed.story import Story

TALKED = 33  # days ago


def agree(story: Story, pairing: Pairing, days_ago: float) -> None:
    """Both share from here on."""
    for person in story.both():
        shared_scores.share(pairing=pairing, user=person, now=story.at(days_ago))


def talk(story: Story, pairing: Pairing) -> None:
    """Asked, and some days later they have talked."""
    who = story.mentee.person
    to = pairing.cohort.concern_email
    asked = talks.ask(pairing=pairing, user=who, to=to, with_phone=False, now=story.at(TALKED))
    talks.settle(talk=asked, user=who, now=story.at(TALKED - 4))
