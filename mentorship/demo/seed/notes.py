"""What demo pairs note: the mentee for themselves and for both, the mentor for themselves."""

from engagements.domain import notes
from matching.models import Pairing
from mentorship.demo.seed.story import Story

# So many days after the pairing began, by the mentor, for both, and the words.
TOLD = (
    (4, False, False, "Ask how she told her own board. She mentioned it in half a sentence, and went on."),
    (
        9,
        False,
        True,
        "The chapter you named is worth its forty pages. Let us begin with the chair who listened last.",
    ),
    (11, True, False, "Says “we” whenever it is hard, and “I” when it went well. Wait for the right day to say so."),
    (20, False, False, "Slept badly before Monday, and not at all because of Monday. Bring that up, not the budget."),
)


def take(told: Story, pairing: Pairing, days: float) -> None:
    """These notes, in a pairing that began `days` ago; what lies ahead is not written yet."""
    for after, by_mentor, shared, text in TOLD:
        if after < days:
            user = pairing.mentor if by_mentor else pairing.mentee
            notes.write(pairing=pairing, user=user, text=text, shared=shared, now=told.at(days - after))
