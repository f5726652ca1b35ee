"""How demo pairs looked back, and a cohort that has ended with enough of them for a report."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from cohorts.models import Enrolment
from common.errors import Refused
from common.transitions import Actor
from engagements.domain import reviews
from engagements.domain.reviews import LearningInterview, MenteeReview
from matching.domain import pairings
from matching.models import Pairing
from matching.models.pairings import CLOSING_TIME, EndClass
from mentorship.demo.seed.story import Story, close

LAST_YEAR, LASTED = 420, 160  # days ago it began, and days it went on
TAKES_AWAY = (
    "That I may ask before I know. It has changed how my own people ask me.",
    "One sentence: decide as if you had to explain it to somebody who likes you.",
    "",
)
LEARNED = (
    "How much of what I call experience is habit. I had to say why, each time.",
    "That another industry solves in a week what we have discussed for years.",
    "",
)
CHANGED = "I ask two more questions before I say what I would do."
# How far each mentee says that mistakes were avoided, that they were faster, and decided better; how many goals; again.
MENTEES = (
    ("clearly", "clearly", "clearly", "most", "yes"),
    ("clearly", "somewhat", "somewhat", "all", "yes"),
    ("somewhat", "clearly", "clearly", "some", "yes"),
    ("no", "somewhat", "clearly", "some", "perhaps"),
    ("clearly", "clearly", "somewhat", "most", "yes"),
    ("somewhat", "no", "no", "none", "no"),
    ("clearly", "clearly", "clearly", "not_set", "yes"),
    ("clearly", "somewhat", "clearly", "most", "perhaps"),
)


def look_back(story: Story, pairing: Pairing, number: int, *, mentee: float | None, mentor: float | None) -> None:
    """Each side on its day, so many days ago; None for who has not. `number` tells one pair from another."""
    if mentor is not None:
        words = {"learned": LEARNED[number % len(LEARNED)], "does_differently": CHANGED if number % 2 else ""}
        interview = LearningInterview(again="yes" if number % 4 else "perhaps", shared=number % 2 == 0, **words)
        _answer(story, pairing, story.mentor.person, interview, mentor)
    if mentee is not None:
        mistakes, faster, decisions, goals, again = MENTEES[number % len(MENTEES)]
        review = MenteeReview(
            mistakes_avoided=mistakes,
            faster=faster,
            decisions=decisions,
            goals=goals,
            connection=5 - number % 2,
            clarity=3 + number % 3,
            competency=4 - number % 2,
            again=again,
            takes_away=TAKES_AWAY[number % len(TAKES_AWAY)],
            shared=number % 3 != 1,
        )
        _answer(story, pairing, story.mentee.person, review, mentee)


def _answer(story: Story, pairing: Pairing, person: User, said: reviews.Said, days_ago: float) -> None:
    row = pairing.reviews.get(person=person)
    reviews.answer(review=row, user=person, said=said, now=story.at(days_ago))


def tell_last_year(mentees: list[Enrolment], mentors: list[Enrolment], note: str, *, now: datetime) -> None:
    """Each mentee with the first of these mentors who is free and independent: most looked back, some did not."""
    free = list(mentors)
    for number, mentee in enumerate(mentees):
        for mentor in free:
            told = Story(mentee, mentor, now)
            begun = _begin(told, note)
            if begun is not None:
                free.remove(mentor)
                _tell(told, begun, number)
                break


def _begin(story: Story, note: str) -> Pairing | None:
    try:
        with transaction.atomic():
            return story.begin(LAST_YEAR - 30, note, days_long=LASTED - 40)
    except Refused:  # no pair, by the rules
        return None


def _tell(story: Story, pairing: Pairing, number: int) -> None:
    closed = LAST_YEAR - 30 - (LASTED - 40)
    if number == len(MENTEES):
        pairings.end_early(
            pairing=pairing,
            user=story.mentee.person,
            actor=Actor.MENTEE,
            end_class=EndClass.MOVED,
            now=story.at(closed + 50),
        )
        return
    story.meet(pairing, LAST_YEAR - 60)
    close(story, pairing, began=closed)
    silent = number == 5  # noqa: PLR2004 - one of them, whoever
    look_back(story, pairing, number, mentee=closed - 3, mentor=None if silent else closed - 6)
    if silent:
        pairings.complete(pairing=pairing, user=None, actor=Actor.CLOCK, now=story.at(closed) + CLOSING_TIME)
