"""The score of a pair: whole points in 0 … 1,000,000, the exact sum of its parts.

A part earns a share of its points, counted in twelfths. What either side has not said earns half: silence
neither helps nor harms. Every part is a sum of terms that each depend on one topic and its depth, or looks a
value up by one fact of either side: so a whole pool can be scored by one product of whole-number matrices.
Points are given out to topics in whole twelfths, so that what a topic earns is exactly twelfths times a number;
what this leaves goes elsewhere, and to one topic alone where nothing but topics counts.
This module is the definition, one pair at a time; `columns` says the same for a whole pool at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from matching.engine.facts.cards import Id, IndustryWish, MenteeCard, MentorCard, Weights
from matching.engine.facts.slots import shared_half_hours

MAX_SCORE = 1_000_000
FULL_SHARE = 12  # shares are counted in twelfths
NEUTRAL_SHARE = FULL_SHARE // 2

DEPTH_SHARE = {0: 0, 1: 6, 2: 10, 3: 12}
# By how many levels the mentor stands above the mentee: one or two levels up is the best sparring partner.
SENIORITY_SHARE = {-1: 3, 0: 9, 1: 12, 2: 12, 3: 9}
SENIORITY_BELOW, SENIORITY_FAR_ABOVE = 0, 6
ENOUGH_HALF_HOURS = 12  # six shared hours a week are plenty for a meeting a month
# What being named adds to the neutral half: by the mentee as first, second or third wish, and by the mentor.
# Who is not named loses nothing. A first wish that is returned earns all.
WISH_LIFT = (4, 3, 2)
MENTOR_WISH_LIFT = 2


class Part(StrEnum):
    """The parts of the score, in the order in which remainders, pages and ties take them."""

    AIMS = "aims"
    CHALLENGES = "challenges"
    INDUSTRY = "industry"
    FUNCTION = "function"
    SENIORITY = "seniority"
    HOURS = "hours"
    LANGUAGES = "languages"
    WISHES = "wishes"
    PRIORITY = "priority"


@dataclass(frozen=True)
class PartScore:
    """What one part earned: `points` of `most`; `known` is False when it is neutral for want of facts."""

    part: Part
    points: int
    most: int
    known: bool


def max_points_by_part(weights: Weights) -> dict[Part, int]:
    """Give each part's most points, TOTAL in sum; those of topics are whole multiples of WHOLE if they can be.

    What rounding leaves goes to the first part that counts and is not made of topics, or else to the first that
    counts.
    """
    counts = {Part(each.name): int(getattr(weights, each.name)) for each in fields(weights)}
    whole = sum(counts.values())
    most = {
        part: MAX_SCORE * count // (FULL_SHARE * whole) * FULL_SHARE if part in _TOPICS else MAX_SCORE * count // whole
        for part, count in counts.items()
    }
    counting = [part for part, count in counts.items() if count]
    most[min(counting, key=lambda part: part in _TOPICS)] += MAX_SCORE - sum(most.values())
    return most


def split_points(most: int, ranks: Sequence[int]) -> list[int]:
    """Share `most` points out in proportion to the ranks, in multiples of WHOLE; the first takes what that leaves."""
    out = [most // FULL_SHARE * rank // sum(ranks) * FULL_SHARE for rank in ranks]
    if out:
        out[0] += most - sum(out)
    return out


def aim_points(mentee: MenteeCard, most: int) -> list[tuple[Id, int]]:
    """Give each aim with the most points it can earn, `most` in sum: of k aims the first counts k, the last 1."""
    return list(zip(mentee.aims, split_points(most, range(len(mentee.aims), 0, -1)), strict=True))


def challenge_points(mentee: MenteeCard, most: int) -> list[tuple[Id, int]]:
    """Give each challenge, all alike, with the most points it can earn, `most` in sum."""
    # Sets have no order of their own: sort, so that the remainder always goes to the same one.
    challenges = sorted(mentee.challenges, key=str)
    return list(zip(challenges, split_points(most, [1] * len(challenges)), strict=True))


def share_points(most: int, twelfths: int) -> int:
    """Give the whole points that so many twelfths earn of `most`, rounded down."""
    return most * twelfths // FULL_SHARE


def part_scores(mentee: MenteeCard, mentor: MentorCard, weights: Weights) -> tuple[PartScore, ...]:
    """Give the parts of the pair's score, in order. They sum to the score to the unit."""
    return tuple(_part(part, most, mentee, mentor) for part, most in max_points_by_part(weights).items())


def _part(part: Part, most: int, mentee: MenteeCard, mentor: MentorCard) -> PartScore:
    if part in _TOPICS:
        points = _topic_points(_TOPICS[part](mentee, most), dict(mentor.expertise))
    else:
        twelfths = _SHARES[part](mentee, mentor)
        points = None if twelfths is None else share_points(most, twelfths)
    if points is None:
        return PartScore(part, share_points(most, NEUTRAL_SHARE), most, known=False)
    return PartScore(part, points, most, known=True)


def _topic_points(wanted: Iterable[tuple[Id, int]], depths: dict[Id, int]) -> int | None:
    wanted = list(wanted)
    if not wanted or not depths:
        return None
    return sum(share_points(most, DEPTH_SHARE[depths.get(topic, 0)]) for topic, most in wanted)


def seniority_share(levels_above: int) -> int:
    """Give the twelfths for a mentor that many levels above the mentee."""
    outside = SENIORITY_BELOW if levels_above < 0 else SENIORITY_FAR_ABOVE
    return SENIORITY_SHARE.get(levels_above, outside)


def _industry(mentee: MenteeCard, mentor: MentorCard) -> int | None:
    if mentee.industry_wish == IndustryWish.ANY or not mentee.industries or not mentor.industries:
        return None
    same = bool(mentee.industries & mentor.industries)
    return _all_or_nothing(same is (mentee.industry_wish == IndustryWish.SAME))


def _function(mentee: MenteeCard, mentor: MentorCard) -> int | None:
    if mentee.function is None or mentor.function is None:
        return None
    return _all_or_nothing(mentee.function == mentor.function)


def _seniority(mentee: MenteeCard, mentor: MentorCard) -> int | None:
    if mentee.seniority is None or mentor.seniority is None:
        return None
    return seniority_share(mentor.seniority - mentee.seniority)


def _hours(mentee: MenteeCard, mentor: MentorCard) -> int | None:
    if mentee.hours is None or mentor.hours is None:
        return None
    return min(shared_half_hours(mentee.hours, mentor.hours), ENOUGH_HALF_HOURS) * FULL_SHARE // ENOUGH_HALF_HOURS


def _languages(mentee: MenteeCard, mentor: MentorCard) -> int | None:
    if not mentee.languages or not mentor.languages:
        return None
    return _all_or_nothing(bool(mentee.languages & mentor.languages))


def _wishes(mentee: MenteeCard, mentor: MentorCard) -> int | None:
    lift = wish_lift(mentee, mentor.id) + (MENTOR_WISH_LIFT if mentee.id in mentor.asks_again else 0)
    return NEUTRAL_SHARE + lift if lift else None


def wish_lift(mentee: MenteeCard, mentor: Id) -> int:
    """Give the twelfths that the mentee's own wish adds for this mentor."""
    return WISH_LIFT[mentee.wishes.index(mentor)] if mentor in mentee.wishes else 0


def _priority(mentee: MenteeCard, _mentor: MentorCard) -> int | None:
    return FULL_SHARE if mentee.let_down else None


def _all_or_nothing(met: bool) -> int:
    return FULL_SHARE if met else 0


_TOPICS = {Part.AIMS: aim_points, Part.CHALLENGES: challenge_points}
_SHARES = {
    Part.INDUSTRY: _industry,
    Part.FUNCTION: _function,
    Part.SENIORITY: _seniority,
    Part.HOURS: _hours,
    Part.LANGUAGES: _languages,
    Part.WISHES: _wishes,
    Part.PRIORITY: _priority,
}
