from typing import Any

import pytest
from hypothesis import given

from matching.engine import IndustryPreference, MenteeCard, MentorCard, Part, Weights
from matching.engine.facts.score import MAX_SCORE, aim_points, challenge_points, max_points_by_part, part_scores
from tests.matching.engine.builders import MENTEE, MENTOR, mentee, mentees, mentor, mentors, steady, weights

ONLY = {part: Weights(**{each.value: int(each is part) for each in Part}) for part in Part}
NEUTRAL = MAX_SCORE // 2


def earned(part: Part, of_mentee: dict[str, Any], of_mentor: dict[str, Any]) -> int:
    parts = part_scores(mentee(**of_mentee), mentor(**of_mentor), ONLY[part])
    assert all(score.points == 0 for score in parts if score.part is not part)
    return sum(score.points for score in parts)


def knows(**depths: int) -> dict[str, Any]:
    return {"expertise": frozenset(depths.items())}


@steady
@given(weights)
def test_budgets_sum_to_the_total_and_no_part_without_weight_earns(some: Weights) -> None:
    max_points = max_points_by_part(some)

    assert sum(max_points.values()) == MAX_SCORE
    assert all((max_points[part] > 0) == (getattr(some, part.value) > 0) for part in Part)


def only(*parts: Part) -> Weights:
    return Weights(**{part.value: int(part in parts) for part in Part})


def test_topics_get_whole_twelfths_and_the_first_other_part_what_rounding_leaves() -> None:
    max_points = max_points_by_part(only(Part.CHALLENGES, Part.INDUSTRY, Part.FUNCTION))

    assert max_points[Part.CHALLENGES] == 12 * 27_777
    assert max_points[Part.FUNCTION] == 333_333
    assert max_points[Part.INDUSTRY] == MAX_SCORE - 333_324 - 333_333


def test_where_nothing_but_topics_counts_the_first_part_takes_what_rounding_leaves() -> None:
    max_points = max_points_by_part(only(Part.AIMS, Part.CHALLENGES))

    assert max_points[Part.CHALLENGES] == 12 * 41_666
    assert max_points[Part.AIMS] == MAX_SCORE - 499_992


@steady
@given(weights, mentees)
def test_only_the_first_topic_may_be_worth_more_than_whole_twelfths(some: Weights, one: MenteeCard) -> None:
    max_points = max_points_by_part(some)
    shares = [aim_points(one, max_points[Part.AIMS]), challenge_points(one, max_points[Part.CHALLENGES])]

    assert all(points % 12 == 0 for topics in shares for _, points in topics[1:])
    if any(getattr(some, part.value) for part in Part if part not in (Part.AIMS, Part.CHALLENGES)):
        assert all(points % 12 == 0 for topics in shares for _, points in topics)


@steady
@given(mentees, mentors, weights)
def test_every_part_stays_within_its_budget(one: MenteeCard, other: MentorCard, some: Weights) -> None:
    parts = part_scores(one, other, some)

    assert [score.part for score in parts] == list(Part)
    assert all(0 <= score.points <= score.max_points for score in parts)
    assert sum(score.max_points for score in parts) == MAX_SCORE


@pytest.mark.parametrize("part", Part)
def test_silence_is_neutral(part: Part) -> None:
    assert earned(part, {}, {}) == NEUTRAL


@pytest.mark.parametrize(
    ("aims", "expertise", "points"),
    [
        (("boards",), knows(boards=3), MAX_SCORE),
        (("boards",), knows(boards=2), MAX_SCORE * 10 // 12),
        (("boards",), knows(boards=1), MAX_SCORE * 8 // 12),
        (("boards",), knows(growth=3), 0),
        (("boards", "growth"), knows(boards=3), MAX_SCORE - 12 * 20_833),  # whole twelfths; the first takes the rest
        (("boards", "growth"), knows(growth=3), 12 * 20_833),
        (("boards", "growth", "exit"), knows(exit=3), 12 * 6_410),
        (("boards", "growth"), {}, NEUTRAL),
        ((), knows(growth=3), NEUTRAL),
    ],
)
def test_aims_count_by_rank_and_depth(aims: tuple[str, ...], expertise: dict[str, Any], points: int) -> None:
    assert earned(Part.AIMS, {"aims": aims}, expertise) == points


def test_to_have_worked_with_the_first_aim_outweighs_all_later_ones() -> None:
    for aims in (("boards", "growth"), ("boards", "growth", "exit"), ("boards", "growth", "exit", "teams")):
        later = dict.fromkeys(aims[1:], 3)
        assert earned(Part.AIMS, {"aims": aims}, knows(boards=1)) > earned(Part.AIMS, {"aims": aims}, knows(**later))


def test_challenges_count_alike() -> None:
    both = {"challenges": frozenset({"boards", "growth"})}

    assert earned(Part.CHALLENGES, both, knows(boards=3)) == MAX_SCORE - 12 * 41_666
    assert earned(Part.CHALLENGES, both, knows(boards=3, growth=2)) == MAX_SCORE - 2 * 41_666


@pytest.mark.parametrize(
    ("wish", "same", "other"),
    [
        (IndustryPreference.SAME, MAX_SCORE, 0),
        (IndustryPreference.DIFFERENT, 0, MAX_SCORE),
        (IndustryPreference.ANY, NEUTRAL, NEUTRAL),
    ],
)
def test_industry_as_the_mentee_wishes(wish: IndustryPreference, same: int, other: int) -> None:
    who = {"industry_preference": wish, "industries": frozenset({"media"})}

    assert earned(Part.INDUSTRY, who, {"industries": frozenset({"media", "retail"})}) == same
    assert earned(Part.INDUSTRY, who, {"industries": frozenset({"retail"})}) == other
    assert earned(Part.INDUSTRY, who, {}) == NEUTRAL


def test_function() -> None:
    assert earned(Part.FUNCTION, {"function": "finance"}, {"function": "finance"}) == MAX_SCORE
    assert earned(Part.FUNCTION, {"function": "finance"}, {"function": "people"}) == 0


def test_seniority_fits_best_one_or_two_levels_up() -> None:
    twelfths = {
        above: earned(Part.SENIORITY, {"seniority": 5}, {"seniority": 5 + above}) * 12 / MAX_SCORE
        for above in range(-3, 6)
    }

    assert twelfths == {-3: 0, -2: 0, -1: 3, 0: 9, 1: 12, 2: 12, 3: 9, 4: 6, 5: 6}


def test_a_few_shared_hours_are_nearly_as_good_as_many_and_none_earn_nothing() -> None:
    always = {"hours": (1 << 336) - 1}
    points = [earned(Part.HOURS, always, {"hours": (1 << shared) - 1}) for shared in range(14)]

    assert [round(each * 12 / MAX_SCORE) for each in points] == [0, 6, 8, 8, 10, 10, 10, 10, 11, 11, 11, 11, 12, 12]
    assert earned(Part.HOURS, always, always) == MAX_SCORE


@pytest.mark.parametrize(
    ("part", "alone", "together"),
    [
        (Part.HOURS, {"hours": 0}, {"hours": 1}),
        (Part.LANGUAGES, {"languages": frozenset({"de"})}, {"languages": frozenset({"en"})}),
    ],
)
def test_what_a_conversation_needs_is_an_obstacle_only_when_it_is_known_to_be_missing_and_counts(
    part: Part, alone: dict[str, Any], together: dict[str, Any]
) -> None:
    one = mentee(hours=0b11, languages=frozenset({"en"}))

    def obstacles(of_mentor: dict[str, Any], some: Weights) -> list[Part]:
        return [score.part for score in part_scores(one, mentor(**of_mentor), some) if score.obstacle]

    assert obstacles(alone, Weights()) == [part]
    assert obstacles(together, Weights()) == obstacles({}, Weights()) == []
    assert obstacles(alone, only(Part.AIMS)) == []


def test_one_shared_language_is_enough() -> None:
    english = {"languages": frozenset({"en"})}

    assert earned(Part.LANGUAGES, english, {"languages": frozenset({"en", "de"})}) == MAX_SCORE
    assert earned(Part.LANGUAGES, english, {"languages": frozenset({"de"})}) == 0


@pytest.mark.parametrize(
    ("shortlist", "would_pair_again", "twelfths"),
    [
        ((MENTOR,), (), 10),
        ((7, MENTOR), (), 9),
        ((7, 8, MENTOR), (), 8),
        ((7, 8, 9), (), 6),
        ((), (MENTEE,), 8),
        ((), (7,), 6),
        ((MENTOR,), (MENTEE,), 12),
    ],
)
def test_who_is_named_gains_and_who_is_not_loses_nothing(
    shortlist: tuple[int, ...], would_pair_again: tuple[int, ...], twelfths: int
) -> None:
    points = earned(Part.SHORTLIST, {"shortlist": shortlist}, {"would_pair_again": frozenset(would_pair_again)})

    assert points == MAX_SCORE * twelfths // 12


def test_whoever_was_let_down_comes_first_by_a_stated_bonus() -> None:
    assert earned(Part.PRIORITY, {"let_down": True}, {}) == MAX_SCORE
    assert earned(Part.PRIORITY, {"let_down": False}, {}) == NEUTRAL
