"""The score of a pair: whole points in 0 … 1,000,000, the exact sum of its parts.

A part earns a share of its points, counted in twelfths so that nothing is ever rounded twice. What either
side has not said earns half: silence neither helps nor harms. This module is the definition, one pair at a
time; `columns` says the same for a whole pool at once.
"""

from dataclasses import dataclass, fields
from enum import StrEnum

from matching.engine.cards import Id, IndustryWish, MenteeCard, MentorCard, Weights
from matching.engine.slots import shared_half_hours

TOTAL = 1_000_000
WHOLE = 12  # shares are counted in twelfths
NEUTRAL = WHOLE // 2

DEPTH_SHARE = {0: 0, 1: 6, 2: 10, 3: 12}
# By how many levels the mentor stands above the mentee: one or two levels up is the best sparring partner.
SENIORITY_SHARE = {-1: 3, 0: 9, 1: 12, 2: 12, 3: 9}
SENIORITY_BELOW, SENIORITY_FAR_ABOVE = 0, 6
PLENTY_HALF_HOURS = 12  # six shared hours a week are plenty for a meeting a month


class Part(StrEnum):
    """The parts of the score, in the order in which remainders, pages and ties take them."""

    AIMS = "aims"
    CHALLENGES = "challenges"
    INDUSTRY = "industry"
    FUNCTION = "function"
    SENIORITY = "seniority"
    HOURS = "hours"
    LANGUAGES = "languages"


@dataclass(frozen=True)
class PartScore:
    """What one part earned: `points` of `most`; `known` is False when it is neutral for want of facts."""

    part: Part
    points: int
    most: int
    known: bool


@dataclass(frozen=True)
class Share:
    """A fraction of a part's points: `earned` of `of`, or nothing known."""

    earned: int
    of: int = WHOLE
    known: bool = True

    def points(self, most: int) -> int:
        """Give the whole points this share earns of `most`, rounded down."""
        return most * self.earned // self.of


UNKNOWN = Share(NEUTRAL, known=False)


def budgets(weights: Weights) -> dict[Part, int]:
    """Give each part's most points, TOTAL in sum: the first part that counts takes what rounding leaves."""
    counts = {Part(each.name): int(getattr(weights, each.name)) for each in fields(weights)}
    whole = sum(counts.values())
    most = {part: TOTAL * count // whole for part, count in counts.items()}
    first = next(part for part, count in counts.items() if count)
    most[first] += TOTAL - sum(most.values())
    return most


def rank_weights(count: int) -> range:
    """Give how much each of `count` aims counts, first things first: count, count − 1, …, 1."""
    return range(count, 0, -1)


def shares(mentee: MenteeCard, mentor: MentorCard) -> dict[Part, Share]:
    """Give the share of every part, in order."""
    depths = dict(mentor.expertise)
    return {
        Part.AIMS: _aims(mentee, depths),
        Part.CHALLENGES: _challenges(mentee, depths),
        Part.INDUSTRY: _industry(mentee, mentor),
        Part.FUNCTION: _function(mentee, mentor),
        Part.SENIORITY: _seniority(mentee, mentor),
        Part.HOURS: _hours(mentee, mentor),
        Part.LANGUAGES: _languages(mentee, mentor),
    }


def part_scores(mentee: MenteeCard, mentor: MentorCard, weights: Weights) -> tuple[PartScore, ...]:
    """Give the parts of the pair's score. They sum to the score to the unit."""
    most = budgets(weights)
    return tuple(
        PartScore(part, share.points(most[part]), most[part], share.known)
        for part, share in shares(mentee, mentor).items()
    )


def seniority_share(levels_above: int) -> int:
    """Give the twelfths for a mentor that many levels above the mentee."""
    outside = SENIORITY_BELOW if levels_above < 0 else SENIORITY_FAR_ABOVE
    return SENIORITY_SHARE.get(levels_above, outside)


def _aims(mentee: MenteeCard, depths: dict[Id, int]) -> Share:
    if not mentee.aims or not depths:
        return UNKNOWN
    ranks = rank_weights(len(mentee.aims))
    earned = sum(rank * DEPTH_SHARE[depths.get(topic, 0)] for rank, topic in zip(ranks, mentee.aims, strict=True))
    return Share(earned, WHOLE * sum(ranks))


def _challenges(mentee: MenteeCard, depths: dict[Id, int]) -> Share:
    if not mentee.challenges or not depths:
        return UNKNOWN
    earned = sum(DEPTH_SHARE[depths.get(topic, 0)] for topic in mentee.challenges)
    return Share(earned, WHOLE * len(mentee.challenges))


def _industry(mentee: MenteeCard, mentor: MentorCard) -> Share:
    if mentee.industry_wish == IndustryWish.ANY or not mentee.industries or not mentor.industries:
        return UNKNOWN
    same = bool(mentee.industries & mentor.industries)
    return _all_or_nothing(same is (mentee.industry_wish == IndustryWish.SAME))


def _function(mentee: MenteeCard, mentor: MentorCard) -> Share:
    if mentee.function is None or mentor.function is None:
        return UNKNOWN
    return _all_or_nothing(mentee.function == mentor.function)


def _seniority(mentee: MenteeCard, mentor: MentorCard) -> Share:
    if mentee.seniority is None or mentor.seniority is None:
        return UNKNOWN
    return Share(seniority_share(mentor.seniority - mentee.seniority))


def _hours(mentee: MenteeCard, mentor: MentorCard) -> Share:
    if mentee.hours is None or mentor.hours is None:
        return UNKNOWN
    return Share(min(shared_half_hours(mentee.hours, mentor.hours), PLENTY_HALF_HOURS), PLENTY_HALF_HOURS)


def _languages(mentee: MenteeCard, mentor: MentorCard) -> Share:
    if not mentee.languages or not mentor.languages:
        return UNKNOWN
    return _all_or_nothing(bool(mentee.languages & mentor.languages))


def _all_or_nothing(met: bool) -> Share:
    return Share(WHOLE if met else 0)
