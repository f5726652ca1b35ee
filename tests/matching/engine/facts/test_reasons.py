from hypothesis import given

from matching.engine import (
    Explanation,
    IndustryPreference,
    MenteeCard,
    MentorCard,
    Part,
    Pool,
    Reason,
    Rules,
    Why,
    explain,
)
from tests.matching.engine.builders import MENTEE, MENTOR, mentee, mentees, mentor, mentors, pools, steady

FIT = {
    "aims": ("boards", "growth", "exit", "boards"),
    "challenges": frozenset({"crisis", "teams"}),
    "industry_preference": IndustryPreference.DIFFERENT,
    "industries": frozenset({"energy"}),
    "function": "finance",
    "seniority": 3,
    "languages": frozenset({"en", "sv"}),
    "hours": 0b11111,
}
OFFER = {
    "expertise": frozenset({("boards", 1), ("growth", 3), ("crisis", 2)}),
    "industries": frozenset({"media"}),
    "function": "finance",
    "seniority": 5,
    "languages": frozenset({"en", "sv", "de"}),
    "hours": 0b11110,
}


def told(one: MenteeCard, other: MentorCard, pool: Pool | None = None) -> Explanation:
    return explain(pool or Pool(()), one, other)


def found(reasons: tuple[Reason, ...], key: Why) -> Reason:
    (reason,) = (each for each in reasons if each.key is key)
    return reason


def test_a_good_fit_says_why() -> None:
    story = told(mentee(**FIT), mentor(**OFFER))
    good, bad = story.reasons_for, story.reasons_against
    points = {score.part: score.points for score in story.parts}

    met = found(good, Why.AIMS_MET)
    assert met == Reason(Why.AIMS_MET, points[Part.AIMS], ("boards", "growth"), depths=(1, 3), places=(1, 2))
    assert (found(bad, Why.AIMS_UNMET).ids, found(bad, Why.AIMS_UNMET).places) == (("exit",), (3,))
    assert (found(good, Why.CHALLENGES_MET).ids, found(good, Why.CHALLENGES_MET).depths) == (("crisis",), (2,))
    assert found(bad, Why.CHALLENGES_UNMET).ids == ("teams",)
    assert found(good, Why.OTHER_INDUSTRY).ids == ("media",)
    assert found(good, Why.SAME_FUNCTION).ids == ("finance",)
    assert found(good, Why.SENIORITY).number == 2
    assert (found(good, Why.SHARED_HOURS).number, found(good, Why.SHARED_HOURS).week) == (4, 0b11110)
    assert found(good, Why.SHARED_LANGUAGES).ids == ("en", "sv")
    assert good[-1] == Reason(Why.NO_TIE, 0)


def test_a_poor_fit_says_why_not() -> None:
    poor = {
        "expertise": frozenset({("money", 3)}),
        "industries": frozenset({"energy"}),
        "function": "people",
        "seniority": 1,
        "languages": frozenset({"de"}),
        "hours": 0b1,
    }
    story = told(mentee(**FIT), mentor(**poor))

    assert [reason.key for reason in story.reasons_for] == [Why.NO_TIE]
    assert {reason.key for reason in story.reasons_against} == {
        Why.AIMS_UNMET,
        Why.CHALLENGES_UNMET,
        Why.SAME_INDUSTRY,
        Why.OTHER_FUNCTION,
        Why.SENIORITY,
        Why.SHARED_HOURS,
        Why.NO_SHARED_LANGUAGE,
    }
    assert found(story.reasons_against, Why.SENIORITY).number == -2


def test_the_same_industry_speaks_for_who_wished_it() -> None:
    wish = mentee(industry_preference=IndustryPreference.SAME, industries=frozenset({"media"}))

    assert found(told(wish, mentor(**OFFER)).reasons_for, Why.SAME_INDUSTRY).ids == ("media",)
    other = told(wish, mentor(industries=frozenset({"retail"})))
    assert found(other.reasons_against, Why.OTHER_INDUSTRY).ids == ("retail",)


def test_silence_gives_no_reason() -> None:
    story = told(mentee(), mentor())

    assert story.reasons_for == (Reason(Why.NO_TIE, 0),)
    assert story.reasons_against == ()


def test_a_flag_or_a_waiver_takes_the_promise_of_no_tie_away() -> None:
    one, other = mentee(families=frozenset({7})), mentor(competitor_families=frozenset({7}))
    flagged = told(one, other, Pool((), rules=Rules(competitors_flag_only=True)))
    waived = told(one, other, Pool((), waived=frozenset({(MENTEE, MENTOR)})))

    assert [rule.key for rule in flagged.flags] == ["competitors"]
    assert [rule.key for rule in waived.lifted] == ["competitors"]
    assert flagged.lifted == waived.flags == ()
    assert flagged.allowed
    assert waived.allowed
    assert flagged.reasons_for == waived.reasons_for == ()


def test_an_excluded_pair_has_a_rule_and_nothing_else() -> None:
    story = told(mentee(), mentor(open_places=0))

    assert story.excluded_by is not None
    assert story.excluded_by.key == "full"
    assert not story.allowed
    assert story == Explanation(MENTEE, MENTOR, excluded_by=story.excluded_by)
    assert story.score == 0


@steady
@given(pools, mentees, mentors)
def test_parts_sum_to_the_score_and_reasons_come_heaviest_first(pool: Pool, one: MenteeCard, other: MentorCard) -> None:
    story = explain(pool, one, other)

    assert story.score == sum(score.points for score in story.parts)
    assert 0 <= story.score <= 1_000_000
    assert bool(story.parts) == story.allowed == (story.excluded_by is None)
    for side in (story.reasons_for, story.reasons_against):
        assert [reason.weight for reason in side] == sorted((reason.weight for reason in side), reverse=True)


def test_a_wish_and_first_in_line_are_reasons() -> None:
    story = told(mentee(shortlist=(9, MENTOR), let_down=True), mentor())

    assert found(story.reasons_for, Why.SHORTLISTED).number == 2
    assert found(story.reasons_for, Why.LET_DOWN).weight == max(score.points for score in story.parts[-1:])


def test_meeting_again_is_said_only_when_both_said_so() -> None:
    again, back = frozenset({MENTOR}), frozenset({MENTEE})

    both = told(mentee(would_pair_again=again), mentor(would_pair_again=back))
    assert Why.BOTH_AGAIN in {reason.key for reason in both.reasons_for}
    for story in (told(mentee(), mentor(would_pair_again=back)), told(mentee(would_pair_again=again), mentor())):
        assert Why.BOTH_AGAIN not in {reason.key for reason in story.reasons_for}
