"""Every reason the engine can give has a sentence for either reader."""

import uuid

import pytest

from matching.engine import TABLE, Explanation, Reason, Why
from matching.views import words
from matching.views.presenting import _band

TOPIC = uuid.uuid4()
VALUES = {
    Why.SAME_INDUSTRY: ("energy",),
    Why.OTHER_INDUSTRY: ("energy",),
    Why.SAME_FUNCTION: ("finance",),
    Why.OTHER_FUNCTION: ("finance",),
    Why.SHARED_LANGUAGES: ("en",),
}


@pytest.mark.parametrize("to_mentor", [False, True])
@pytest.mark.parametrize("key", [key for key in Why if key not in words.UNSAID])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_reason_has_words(key: Why, to_mentor: bool, number: int) -> None:
    reason = Reason(key, 10, VALUES.get(key, (TOPIC,)), number)
    explanation = Explanation("a", "b", reasons_for=(Reason(Why.NO_TIE, 0), reason), reasons_against=(reason,))
    voice = words.Voice("Ruth", to_mentor)
    good, bad = words.lines(explanation, voice, {TOPIC: "Boards"})
    assert good.text
    assert (good.against, bad.against) == (False, True)
    assert words.why(explanation, voice, {TOPIC: "Boards"}).endswith(".")
    assert words.no_tie(explanation)


def test_wishes_and_places_in_line_are_told_to_neither_of_the_two() -> None:
    told = (Reason(Why.WISHED, 10, number=2), Reason(Why.LET_DOWN, 5))
    for to_mentor in (False, True):
        assert words.lines(Explanation("a", "b", reasons_for=told), words.Voice("Ruth", to_mentor), {}) == []


@pytest.mark.parametrize(("number", "sentence"), [(-1, "less far up"), (0, "carries as much"), (2, "go next")])
def test_seniority(number: int, sentence: str) -> None:
    explanation = Explanation("a", "b", reasons_for=(Reason(Why.SENIORITY, 1, (), number),))
    assert sentence in words.why(explanation, words.Voice("Ruth"), {})


def test_nothing_to_say_still_says_something() -> None:
    assert "outside your organisation" in words.why(Explanation("a", "b"), words.Voice("Ruth"), {})
    assert not words.no_tie(Explanation("a", "b"))


def test_no_shared_hours() -> None:
    explanation = Explanation("a", "b", reasons_against=(Reason(Why.SHARED_HOURS, 1),))
    assert words.lines(explanation, words.Voice("Ruth"), {})[0].text == "Your working hours do not overlap"


@pytest.mark.parametrize(
    ("half_hours", "said"),
    [
        (0, "0 hours a week"),
        (1, "0.5 hours a week"),
        (2, "1 hour a week"),
        (3, "1.5 hours a week"),
        (13, "6.5 hours a week"),
    ],
)
def test_hours(half_hours: int, said: str) -> None:
    assert words.hours(half_hours) == said


def test_every_rule_has_words_for_the_funnel() -> None:
    assert {rule.public_key for rule in TABLE} <= set(words._EXCLUDED)


@pytest.mark.parametrize(("days", "said"), [(1, "2 days"), (3, "4 days"), (6, "a week")])
def test_answer_bands(days: int, said: str) -> None:
    from datetime import timedelta

    assert _band(timedelta(days=days)).startswith(said)
