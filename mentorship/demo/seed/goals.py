"""What demo pairs work towards: goals from the mentee's aims and one that the mentor proposed, with how they went."""

from dataclasses import dataclass
from datetime import timedelta

from engagements.domain import goals
from engagements.domain.goals import GoalWords
from engagements.models import Goal
from matching.models import Pairing
from mentorship.demo.seed.story import Story


@dataclass(frozen=True, slots=True)
class Told:
    """A goal, and what was noted of it: by the mentee unless `by_mentor`, so many days after the pairing began."""

    words: GoalWords
    notes: tuple[tuple[int, bool, str], ...] = ()
    done: int = 0
    by_mentor: bool = False
    verb: str = ""
    line: str = ""
    due_after: int = 150


TOLD = (
    Told(
        GoalWords(
            "Lead my team through the merger without losing the four people it depends on",
            "Two of them have offers already, and I have not said a word about it to either.",
            "All four are here at midsummer, and each can say why.",
            milestones=(
                "Speak with each of the four alone",
                "Agree with my chief what I may promise",
                "Say in public what is decided and what is not",
            ),
        ),
        notes=(
            (5, False, "Spoke with two of the four. One had waited for it since autumn."),
            (12, True, "We rehearsed the hardest of the four conversations. It took eight minutes, not forty."),
            (24, False, "All four are spoken with. One will go, and says so openly; we part well."),
        ),
        done=2,
    ),
    Told(
        GoalWords(
            "Put my own proposal on the board’s table",
            "I prepare other people’s papers, and answer for them.",
            "The minutes name it as mine.",
            milestones=("One page, read by somebody who is against it", "A date with the chair"),
        ),
        notes=((9, False, "The page is written. It is two pages."),),
        done=1,
    ),
)
PROPOSED = Told(
    GoalWords(
        "One afternoon a week that belongs to nobody else",
        "You have mentioned in three conversations that you think in the car.",
    ),
    by_mentor=True,
)
OVER = (
    Told(
        GoalWords(
            "Hand over the daily business before the summer",
            "As long as I decide the rosters, nobody else learns to.",
            "I am away for two weeks, and nobody telephones.",
            milestones=("Name a deputy", "Two weeks of both of us", "Two weeks of her alone"),
        ),
        notes=((20, False, "She has run the morning meeting since Monday. I was not in the room."),),
        done=3,
        verb="reach",
        line="Two weeks away, one telephone call, and that was to wish me well.",
    ),
    Told(
        GoalWords("Learn enough Portuguese to chair the Lisbon meeting"),
        verb="let_go",
        line="They would rather hear my English than wait for my verbs. A relief to all of us.",
    ),
)


def set_goals(story: Story, pairing: Pairing, began: float, told: tuple[Told, ...]) -> None:
    """These goals, set three days after the pairing began, `began` days ago, with what was noted up to today."""
    for each in told:
        _set_goal(story, pairing, began, each)


def _set_goal(story: Story, pairing: Pairing, began: float, told: Told) -> None:
    mentee, mentor = story.both()
    words = told.words
    if words.milestones:
        by_when = (story.at(began) + timedelta(days=told.due_after)).date()
        words = GoalWords(words.title, words.why, words.signs, by_when, words.milestones)
    goal = goals.propose(
        pairing=pairing, user=mentor if told.by_mentor else mentee, words=words, now=story.at(began - 3)
    )
    for days, by_mentor, line in told.notes:
        if days < began:
            user = mentor if by_mentor else mentee
            goals.act(goal=goal, verb="note", user=user, line=line, now=story.at(began - days))
    _finish(story, goal, told, max(0.5, began - 30))


def _finish(story: Story, goal: Goal, told: Told, days_ago: float) -> None:
    user, at = story.mentee.person, story.at(days_ago)
    for step in goal.milestones.all()[: told.done]:
        goals.tick(milestone=step, user=user, done=True, now=at)
    if told.verb:
        goals.act(goal=goal, verb=told.verb, user=user, line=told.line, now=at)
