"""Stock that demo pairs took: marks that rise as the months pass, two views that differ, and words of both."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from accounts.calendars import today_of
from cohorts.states import Role
from engagements.domain import stock
from engagements.domain.stock import Stock
from engagements.models import StockRound
from engagements.states import StockMoment
from matching.models import Pairing
from mentorship.demo.seed.story import Story

ANSWERED_AFTER = {Role.MENTEE: timedelta(days=2, hours=3), Role.MENTOR: timedelta(days=4, hours=6)}
# By round and side: a mark for each topic in its place, what is a strength and what a challenge.
SAID: Mapping[tuple[str, str], tuple[tuple[int, ...], str, str]] = {
    (StockMoment.START, Role.MENTEE): (
        (2, 3, 1, 4, 2, 3),
        "I see early where something will go wrong, and I say it.",
        "Saying it so that somebody does something about it.",
    ),
    (StockMoment.START, Role.MENTOR): (
        (3, 3, 3, 2, 2, 4),
        "People tell the truth in the room as soon as the first sentence is yours.",
        "You prepare until nobody can contradict. Nobody then helps either.",
    ),
    (StockMoment.MIDDLE, Role.MENTEE): (
        (3, 4, 2, 4, 3, 3),
        "I ask before I have the answer.",
        "Letting a decision stand overnight that I could improve.",
    ),
    (StockMoment.MIDDLE, Role.MENTOR): (
        (3, 4, 4, 2, 3, 4),
        "You let silences stand. In spring you filled them.",
        "You still carry what others should.",
    ),
    (StockMoment.END, Role.MENTEE): (
        (4, 4, 3, 4, 4, 4),
        "I know which three things are mine.",
        "Being liked a little less.",
    ),
    (StockMoment.END, Role.MENTOR): (
        (4, 5, 4, 3, 4, 4),
        "You have stopped asking me what I would do.",
        "The next position will want you to be the expert again. Do not be.",
    ),
}


def take(story: Story, pairing: Pairing) -> None:
    """Both answer every round whose time has come for it, some days after it opened."""
    for row in StockRound.objects.planned().filter(pairing=pairing).select_related("pairing"):
        for side, person in ((Role.MENTEE, story.mentee.person), (Role.MENTOR, story.mentor.person)):
            at = story.at((story.today.date() - row.opens_on).days) + ANSWERED_AFTER[side]
            if at < story.today and row.opens_on <= today_of(person, at) <= row.closes_on:
                stock.take(row=row, user=person, said=_said(row, side), now=at)


def _said(row: StockRound, side: Role) -> Stock:
    marks, strengths, challenges = SAID[row.moment, side]
    rated: dict[UUID, int] = dict(zip(row.topics, marks, strict=False))
    return Stock(rated, strengths, challenges)
