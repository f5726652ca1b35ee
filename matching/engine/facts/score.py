"""The score of a pair: whole points in 0 … 1,000,000, the exact sum of its parts.

Each part has a maximum of points and earns a share of it, counted in twelfths. A part about which either side has
said nothing earns half of its maximum. Each part is either a sum over topics, or a look-up by one value of the
mentee and one of the mentor: so the scores of many pairs are one product of integer matrices
(`whole_cohort.feature_matrices`). The maximum of a topic is a multiple of twelve, so that any share of it is whole.
The points that rounding leaves over go to another part, or to one topic alone where only topics have weight.

This module defines the score, one pair at a time. `suggesting.pool_columns` computes it for a pool and
`whole_cohort.score_matrix` for a cohort; tests hold both to this definition.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from matching.engine.facts.cards import Id, IndustryPreference, MenteeCard, MentorCard, Weights
from matching.engine.facts.slots import shared_half_hours

MAX_SCORE = 1_000_000
FULL_SHARE = 12  # shares are counted in twelfths
NEUTRAL_SHARE = FULL_SHARE // 2

DEPTH_SHARE = {0: 0, 1: 8, 2: 10, 3: 12}
AIM_RATIO = 3  # an aim counts this many times as much as the next
# By how many levels the mentor stands above the mentee: one or two levels up is the best sparring partner.
SENIORITY_SHARE = {-1: 3, 0: 9, 1: 12, 2: 12, 3: 9}
SENIORITY_BELOW, SENIORITY_FAR_ABOVE = 0, 6
# By shared half-hours of a week: a few are enough for a meeting a month, and more than six hours earn no more.
HOURS_SHARE = (0, 6, 8, 8, 10, 10, 10, 10, 11, 11, 11, 11, 12)
ENOUGH_HALF_HOURS = len(HOURS_SHARE) - 1
# Twelfths added to the neutral half: for the first, second and third on the mentee's shortlist, and for a mentor who
# would pair again.
# A first choice that is returned earns all; whoever is not named keeps the neutral half.
SHORTLIST_LIFT = (4, 3, 2)
PAIR_AGAIN_LIFT = 2


class Part(StrEnum):
    """The parts of the score, in the order in which pages show them and remainders are given out."""

    AIMS = "aims"
    CHALLENGES = "challenges"
    INDUSTRY = "industry"
    FUNCTION = "function"
    SENIORITY = "seniority"
    HOURS = "hours"
    LANGUAGES = "languages"
    SHORTLIST = "shortlist"
    PRIORITY = "priority"


# What a conversation needs. Whoever shares none of one of these is suggested after everybody else, whatever the score.
NEEDED_PARTS = (Part.HOURS, Part.LANGUAGES)


@dataclass(frozen=True)
class PartScore:
    """What one part earned: `points` of `max_points`. `known`: False when it is neutral, as one side said nothing."""

    part: Part
    points: int
    max_points: int
    known: bool

    @property
    def obstacle(self) -> bool:
        """Whether the two lack what a conversation needs. A part without weight is no obstacle."""
        return self.part in NEEDED_PARTS and self.points == 0 < self.max_points


def max_points_by_part(weights: Weights) -> dict[Part, int]:
    """Give the maximum of points of each part, MAX_SCORE in sum and in proportion to the weights.

    The maxima of aims and challenges are multiples of twelve. The remainder goes to the first part that has a
    weight and is not about topics, or else to the first that has a weight.
    """
    weight_by_part = {Part(part_field.name): int(getattr(weights, part_field.name)) for part_field in fields(weights)}
    weight_sum = sum(weight_by_part.values())
    max_points = {
        part: MAX_SCORE * weight // (FULL_SHARE * weight_sum) * FULL_SHARE
        if part in _TOPIC_POINTS
        else MAX_SCORE * weight // weight_sum
        for part, weight in weight_by_part.items()
    }
    weighted_parts = [part for part, weight in weight_by_part.items() if weight]
    max_points[min(weighted_parts, key=lambda part: part in _TOPIC_POINTS)] += MAX_SCORE - sum(max_points.values())
    return max_points


def split_points(max_points: int, proportions: Sequence[int]) -> list[int]:
    """Split the points in these proportions, in multiples of twelve; the first also gets the remainder."""
    points = [max_points // FULL_SHARE * proportion // sum(proportions) * FULL_SHARE for proportion in proportions]
    if points:
        points[0] += max_points - sum(points)
    return points


def aim_proportions(count: int) -> list[int]:
    """Give how much each of so many aims counts, the most important first: of three 9, 3 and 1."""
    return [AIM_RATIO**later for later in reversed(range(count))]


def aim_points(mentee: MenteeCard, max_points: int) -> list[tuple[Id, int]]:
    """Give each aim with the most points it can earn, `max_points` in sum."""
    return list(zip(mentee.aims, split_points(max_points, aim_proportions(len(mentee.aims))), strict=True))


def challenge_points(mentee: MenteeCard, max_points: int) -> list[tuple[Id, int]]:
    """Give each challenge with the most points it can earn, `max_points` in sum: all count alike."""
    # Sets have no order of their own: sort, so that the remainder always goes to the same one.
    challenges = sorted(mentee.challenges, key=str)
    return list(zip(challenges, split_points(max_points, [1] * len(challenges)), strict=True))


def share_points(max_points: int, twelfths: int) -> int:
    """Give so many twelfths of `max_points`, rounded down."""
    return max_points * twelfths // FULL_SHARE


def part_scores(mentee: MenteeCard, mentor: MentorCard, weights: Weights) -> tuple[PartScore, ...]:
    """Give the parts of the pair's score, in the order of `Part`. Their points sum exactly to the score."""
    return tuple(
        _part_score(part, max_points, mentee, mentor) for part, max_points in max_points_by_part(weights).items()
    )


def _part_score(part: Part, max_points: int, mentee: MenteeCard, mentor: MentorCard) -> PartScore:
    if part in _TOPIC_POINTS:
        points = _topic_points(_TOPIC_POINTS[part](mentee, max_points), dict(mentor.expertise))
    else:
        twelfths = _SHARE_OF_PART[part](mentee, mentor)
        points = None if twelfths is None else share_points(max_points, twelfths)
    if points is None:
        return PartScore(part, share_points(max_points, NEUTRAL_SHARE), max_points, known=False)
    return PartScore(part, points, max_points, known=True)


def _topic_points(wanted: Iterable[tuple[Id, int]], depths: dict[Id, int]) -> int | None:
    wanted = list(wanted)
    if not wanted or not depths:
        return None
    return sum(share_points(max_points, DEPTH_SHARE[depths.get(topic, 0)]) for topic, max_points in wanted)


def seniority_share(levels_above: int) -> int:
    """Give the twelfths that a mentor so many levels above the mentee earns."""
    outside = SENIORITY_BELOW if levels_above < 0 else SENIORITY_FAR_ABOVE
    return SENIORITY_SHARE.get(levels_above, outside)


def _industry(mentee: MenteeCard, mentor: MentorCard) -> int | None:
    if mentee.industry_preference == IndustryPreference.ANY or not mentee.industries or not mentor.industries:
        return None
    same = bool(mentee.industries & mentor.industries)
    return _all_or_nothing(same is (mentee.industry_preference == IndustryPreference.SAME))


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
    return HOURS_SHARE[min(shared_half_hours(mentee.hours, mentor.hours), ENOUGH_HALF_HOURS)]


def _languages(mentee: MenteeCard, mentor: MentorCard) -> int | None:
    if not mentee.languages or not mentor.languages:
        return None
    return _all_or_nothing(bool(mentee.languages & mentor.languages))


def _shortlist(mentee: MenteeCard, mentor: MentorCard) -> int | None:
    lift = shortlist_lift(mentee, mentor.id) + (PAIR_AGAIN_LIFT if mentee.id in mentor.would_pair_again else 0)
    return NEUTRAL_SHARE + lift if lift else None


def shortlist_lift(mentee: MenteeCard, mentor: Id) -> int:
    """Give the twelfths that the mentee's shortlist adds for this mentor."""
    return SHORTLIST_LIFT[mentee.shortlist.index(mentor)] if mentor in mentee.shortlist else 0


def _priority(mentee: MenteeCard, _mentor: MentorCard) -> int | None:
    return FULL_SHARE if mentee.let_down else None


def _all_or_nothing(met: bool) -> int:
    return FULL_SHARE if met else 0


_TOPIC_POINTS = {Part.AIMS: aim_points, Part.CHALLENGES: challenge_points}
_SHARE_OF_PART = {
    Part.INDUSTRY: _industry,
    Part.FUNCTION: _function,
    Part.SENIORITY: _seniority,
    Part.HOURS: _hours,
    Part.LANGUAGES: _languages,
    Part.SHORTLIST: _shortlist,
    Part.PRIORITY: _priority,
}
