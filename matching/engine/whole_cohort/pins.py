"""Pairs that a coordinator has decided: pinned ones, checked, and forbidden ones; and who is left to be matched."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.errors import EngineError, PinError
from matching.engine.facts.cards import Id, MenteeCard, MentorCard
from matching.engine.facts.rules import excluding_rule
from matching.engine.solver.validation import check_unique
from matching.engine.suggesting.pool import Pool
from matching.engine.whole_cohort.columns import CohortColumns


@dataclass(frozen=True)
class PinnedPair:
    """A pair that must be made, by its cards."""

    mentee: MenteeCard
    mentor: MentorCard


def check_mentees(mentees: Sequence[MenteeCard]) -> None:
    """Raise EngineError for what is not a mentee's card, IdsError for a mentee given twice."""
    for card in mentees:
        if not isinstance(card, MenteeCard):
            raise EngineError(f"mentees are given as mentee cards, not as {card!r}")
    check_unique([card.id for card in mentees])


def check_pins(
    pool: Pool,
    mentees: Sequence[MenteeCard],
    pinned: Iterable[tuple[Id, Id]],
    forbidden: frozenset[tuple[Id, Id]],
) -> tuple[PinnedPair, ...]:
    """Give the pinned pairs, (mentee id, mentor id), as cards, each once.

    Raises PinError when a pair names somebody who is not here, is forbidden or excluded by a rule, when it gives a
    mentee a second mentor, or a mentor more mentees than places.
    """
    mentee_of = {card.id: card for card in mentees}
    mentor_of = {card.id: card for card in pool.ordered}
    taken: Counter[Id] = Counter()
    pins: dict[Id, PinnedPair] = {}
    for mentee, mentor in dict.fromkeys(pinned):
        if mentee not in mentee_of or mentor not in mentor_of:
            raise PinError(mentee, mentor, f"there is no {'mentor' if mentee in mentee_of else 'mentee'} with this id")
        pin = PinnedPair(mentee_of[mentee], mentor_of[mentor])
        taken[mentor] += 1
        if mentee in pins:
            raise PinError(mentee, mentor, f"the mentee is pinned to {pins[mentee].mentor.id!r} already")
        if (mentee, mentor) in forbidden:
            raise PinError(mentee, mentor, "the pair is forbidden")
        if rule := excluding_rule(pin.mentee, pin.mentor, pool.rules, waived=pool.is_waived(pin.mentee, pin.mentor)):
            raise PinError(mentee, mentor, f"the rule {rule.public_key} excludes the pair")
        if taken[mentor] > pin.mentor.open_places:
            raise PinError(mentee, mentor, f"the mentor has {pin.mentor.open_places} open places")
        pins[mentee] = pin
    return tuple(pins.values())


def unpinned_people(
    pool: Pool, mentees: Sequence[MenteeCard], pins: Iterable[PinnedPair]
) -> tuple[list[MenteeCard], list[MentorCard], Ints]:
    """Give the mentees and mentors who can still be paired at all, and these mentors' places left. Shape (m,)."""
    pins = list(pins)
    taken = Counter(pin.mentor.id for pin in pins)
    pinned_mentees = {pin.mentee.id for pin in pins}
    free_mentors = [card for card in pool.ordered if _can_be_asked(card) and card.open_places > taken[card.id]]
    free_mentees = [card for card in mentees if card.may_be_judged and card.id not in pinned_mentees]
    places = np.array([card.open_places - taken[card.id] for card in free_mentors], np.int64)
    return free_mentees, free_mentors, places


def _can_be_asked(mentor: MentorCard) -> bool:
    return mentor.available and mentor.may_be_judged and not mentor.away


def with_forbidden(cohort: CohortColumns, forbidden: Iterable[tuple[Id, Id]]) -> CohortColumns:
    """Give the columns with these pairs, (mentee id, mentor id), excluded; people who are not here do not matter."""
    row_of = {person: row for row, person in enumerate(cohort.mentees.ids)}
    column_of = {person: column for column, person in enumerate(cohort.mentors.ids)}
    numbers = [(row_of[one], column_of[other]) for one, other in forbidden if one in row_of and other in column_of]
    if not numbers:
        return cohort
    mentee, mentor = np.array(numbers, np.int64).T
    overrides = cohort.overrides.excluding(mentee, mentor, len(cohort.mentors.ids))
    return CohortColumns(cohort.mentees, cohort.mentors, overrides)
