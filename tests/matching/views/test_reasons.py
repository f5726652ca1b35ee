"""Every reason the engine can give has a sentence for either reader."""

import uuid
from datetime import date, time

import pytest
from django.utils import timezone

from matching.engine import TABLE, Explanation, Reason, Why, weekly_slots
from matching.sentences import RULES
from matching.views import reasons
from matching.views.mentor_cards import _band

TOPIC = uuid.uuid4()
WINTER = date(2026, 1, 14)
VALUES = {
    Why.SAME_INDUSTRY: ("energy",),
    Why.OTHER_INDUSTRY: ("energy",),
    Why.SAME_FUNCTION: ("finance",),
    Why.OTHER_FUNCTION: ("finance",),
    Why.SHARED_LANGUAGES: ("en",),
}


@pytest.mark.parametrize("reader", reasons.Reader)
@pytest.mark.parametrize("key", [key for key in Why if key != Why.NO_TIE])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_reason_has_words(key: Why, reader: reasons.Reader, number: int) -> None:
    if key in reasons.FOR_THE_DESK and reader is not reasons.Reader.DESK:
        return
    more = {"depths": (min(number, 3),), "places": (number,), "week": 0b1111}
    reason = Reason(key, 10, VALUES.get(key, (TOPIC,)), number, **more)
    explanation = Explanation("a", "b", reasons_for=(Reason(Why.NO_TIE, 0), reason), reasons_against=(reason,))
    voice = reasons.Voice("Ruth", reader, WINTER)
    good, bad = reasons.lines(explanation, voice, {TOPIC: "Boards"})
    assert good.text
    assert (good.against, bad.against) == (False, True)
    assert reasons.why(explanation, voice, {TOPIC: "Boards"}).endswith(".")
    assert reasons.no_tie(explanation)


def test_wishes_and_places_in_line_are_told_to_neither_of_the_two() -> None:
    told = (Reason(Why.SHORTLISTED, 10, number=2), Reason(Why.LET_DOWN, 5))
    explanation = Explanation("a", "b", reasons_for=told)
    for reader in (reasons.Reader.MENTEE, reasons.Reader.MENTOR):
        assert reasons.lines(explanation, reasons.Voice("Ruth", reader), {}) == []
    assert len(reasons.lines(explanation, reasons.Voice("", reasons.Reader.DESK), {})) == 2


@pytest.mark.parametrize(("number", "sentence"), [(-1, "less far up"), (0, "carries as much"), (2, "go next")])
def test_seniority(number: int, sentence: str) -> None:
    explanation = Explanation("a", "b", reasons_for=(Reason(Why.SENIORITY, 1, (), number),))
    assert sentence in reasons.why(explanation, reasons.Voice("Ruth"), {})


def test_nothing_to_say_still_says_something() -> None:
    assert "outside your organisation" in reasons.why(Explanation("a", "b"), reasons.Voice("Ruth"), {})
    assert not reasons.no_tie(Explanation("a", "b"))


def test_no_shared_hours() -> None:
    explanation = Explanation("a", "b", reasons_against=(Reason(Why.SHARED_HOURS, 1),))
    assert reasons.lines(explanation, reasons.Voice("Ruth"), {})[0].text == "Your working hours do not overlap"


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
    assert reasons.hours(half_hours) == said


def test_every_rule_has_words_for_the_funnel() -> None:
    assert {rule.public_key for rule in TABLE} <= set(RULES)


@pytest.mark.parametrize(("days", "said"), [(1, "2 days"), (3, "4 days"), (6, "a week")])
def test_answer_bands(days: int, said: str) -> None:
    from datetime import timedelta

    assert _band(timedelta(days=days)).startswith(said)


AIMS = Reason(Why.AIMS_MET, 10, (TOPIC, "second"), depths=(3, 1), places=(1, 2))
OUTSIDE = Reason(Why.OTHER_INDUSTRY, 5, ("energy",))
TOPICS = {TOPIC: "Turnaround", "second": "Crisis"}


@pytest.mark.parametrize(
    ("reader", "first", "more"),
    [
        (
            reasons.Reader.MENTEE,
            "Turnaround, your first aim: Ruth has led it several times",
            "Crisis, your second aim: Ruth has worked with it",
        ),
        (
            reasons.Reader.MENTOR,
            "Turnaround, Ruth’s first aim: you have led it several times",
            "Crisis, Ruth’s second aim: you have worked with it",
        ),
        (
            reasons.Reader.DESK,
            "Turnaround, the first aim: led it several times",
            "Crisis, the second aim: worked with it",
        ),
    ],
)
def test_an_aim_is_named_with_its_place_and_how_well_it_is_known(reader: reasons.Reader, first: str, more: str) -> None:
    line = reasons.lines(Explanation("a", "b", reasons_for=(AIMS,)), reasons.Voice("Ruth", reader), TOPICS)[0]
    assert (line.text, line.detail) == (first, more)


def test_the_card_adds_that_the_wish_for_an_industry_is_met() -> None:
    sentence = reasons.why(Explanation("a", "b", reasons_for=(AIMS, OUTSIDE)), reasons.Voice("Ruth"), TOPICS)
    assert sentence == (
        "Turnaround, your first aim: Ruth has led it several times. From outside your industry, as you asked."
    )


def test_an_industry_that_was_not_wished_for_speaks_against() -> None:
    line = reasons.lines(Explanation("a", "b", reasons_against=(OUTSIDE,)), reasons.Voice("Ruth"), {})[0]
    assert line == reasons.Line("From another industry; you asked for your own", "Energy", against=True)


def test_hours_are_told_on_the_reader_s_clock() -> None:
    week = weekly_slots("Europe/London", time(13), time(17), WINTER)
    reason = Reason(Why.SHARED_HOURS, 10, number=40, week=week)
    explanation = Explanation("a", "b", reasons_for=(reason,))
    with timezone.override("Europe/London"):
        line = reasons.lines(explanation, reasons.Voice("Ruth", on=WINTER), {})[0]
    assert line == reasons.Line("Works your hours 13:00–17:00", "20 hours a week")
    with timezone.override("Europe/Berlin"):
        assert (
            reasons.lines(explanation, reasons.Voice("Ruth", on=WINTER), {})[0].text == "Works your hours 14:00–18:00"
        )
