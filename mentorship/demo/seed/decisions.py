"""What demo mentees had to decide: one that waits for a view, one answered, some looked back on."""

from datetime import timedelta

from engagements.domain import decisions
from engagements.domain.decisions import Question, View
from engagements.models import Decision
from engagements.states import Outcome
from matching.models import Pairing
from mentorship.demo.seed.story import Story

LOOKED_BACK_AFTER = 45
MERGER = (
    "Name the head of the merged unit now, or after the summer",
    "Two candidates, both good, both told by different people that it is theirs.",
    "Now, and lose one of them\nAfter the summer, and perhaps lose both\nLet them lead it together for a year",
    "Now. Everybody guesses anyway.",
)
MERGER_VIEW = View(
    "Whoever is not named will have left by autumn; plan for it. Waiting costs you the other one, too.",
    "Your own people will read it as a verdict on which side of the merger counts.",
    "You call both good. You have described one of them to me in four conversations, and the other in none.",
    "What would the one who is not named have to hear from you to stay?",
)
PLANT = (
    "Close the second plant a year early",
    "The figures say so, and the contract with the town says otherwise.",
    "Close it early\nKeep to the contract\nSell it with the people in it",
    "Sell it. I am told nobody buys.",
)
# What was decided, how sure before and after, and what came of it.
PAST = (
    ("Answer the chair’s letter in writing", 60, 80, Outcome.HOPED, "He read it aloud to the others."),
    ("Take the trade fair out of the budget", 85, 90, Outcome.HOPED, "Nobody has asked about it."),
    (
        "Promote from outside the department",
        70,
        75,
        Outcome.PARTLY,
        "She is right for it; I told the two others too late.",
    ),
    ("Move the launch by a month", 90, 95, Outcome.NOT, "The competitor did not wait for us."),
    ("Give up one of my own two mandates", 50, 55, Outcome.HOPED, "I had not known how tired I was of it."),
    ("Let the consultants go before their report", 65, 70, Outcome.NOT, "We wrote it ourselves, twice."),
)


def tell(story: Story, pairing: Pairing) -> None:
    """One answered and waiting to be decided, one that waits for a view."""
    merger = _ask(story, pairing, MERGER, asked=5, sure=70, due=3)
    decisions.give_view(decision=merger, user=story.mentor.person, view=MERGER_VIEW, now=story.at(3))
    _ask(story, pairing, PLANT, asked=0.5, sure=40, due=9)


def tell_past(story: Story, pairing: Pairing, began: float) -> None:
    """Enough of them looked back on to say how sure, and how right; the first asked a week after `began` days ago."""
    for number, (title, before, after, outcome, lesson) in enumerate(PAST):
        asked = began - 7 - 10 * number
        words = (title, "It was on the table for weeks.", "Do it\nLeave it", "Do it.")
        made = _ask(story, pairing, words, asked=asked, sure=before, due=-asked + 4)
        view = View(question="Who would be relieved if you did not?")
        decisions.give_view(decision=made, user=story.mentor.person, view=view, now=story.at(asked - 1))
        decisions.decide(
            decision=made,
            user=story.mentee.person,
            choice="I do it.",
            confidence_after=after,
            look_back_on=(story.at(asked) + timedelta(days=LOOKED_BACK_AFTER)).date(),
            now=story.at(asked - 3),
        )
        decisions.look_back(
            decision=made,
            user=story.mentee.person,
            outcome=outcome,
            lesson=lesson,
            now=story.at(asked - LOOKED_BACK_AFTER),
        )


def _ask(story: Story, pairing: Pairing, words: tuple[str, ...], *, asked: float, sure: int, due: float) -> Decision:
    """The mentee asks for a view, `asked` days ago, to be decided in `due` days from today."""
    title, situation, options, leaning = words
    question = Question(title, situation, options, leaning, sure, (story.today + timedelta(days=due)).date())
    return decisions.ask(pairing=pairing, user=story.mentee.person, question=question, now=story.at(asked))
