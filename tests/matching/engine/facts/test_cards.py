from typing import Any
from uuid import uuid4

import pytest

from matching.engine import (
    CardError,
    DuplicateMentorError,
    EngineError,
    MenteeCard,
    MentorCard,
    Part,
    Pool,
    Weights,
    WeightsError,
)
from matching.engine.facts.cards import MAX_WEIGHT
from tests.matching.engine.builders import mentee, mentor


@pytest.mark.parametrize(
    ("fields", "offender"),
    [
        ({"id": None}, "id"),
        ({"families": {1}}, "families"),
        ({"languages": ["en"]}, "languages"),
        ({"seniority": -1}, "seniority"),
        ({"hours": -1}, "hours"),
        ({"hours": 1 << 336}, "hours"),
    ],
)
@pytest.mark.parametrize("card", [MenteeCard, MentorCard])
def test_an_impossible_card_names_the_offender(card: Any, fields: dict[str, Any], offender: str) -> None:
    with pytest.raises(CardError) as caught:
        card(**{"id": 5, **fields})

    assert caught.value.field == offender
    assert caught.value.card == fields.get("id", 5)
    assert offender in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "offender"),
    [
        ({"aims": frozenset({1})}, "aims"),
        ({"challenges": [1]}, "challenges"),
        ({"declined_by": [1]}, "declined_by"),
        ({"industry_preference": "elsewhere"}, "industry_preference"),
        ({"shortlist": [7]}, "shortlist"),
        ({"shortlist": (7, 8, 7)}, "shortlist"),
        ({"shortlist": (6, 7, 8, 9)}, "shortlist"),
    ],
)
def test_an_impossible_mentee_names_the_offender(fields: dict[str, Any], offender: str) -> None:
    with pytest.raises(CardError) as caught:
        mentee(**fields)

    assert caught.value.field == offender


@pytest.mark.parametrize(
    ("fields", "offender"),
    [
        ({"open_places": -1}, "open_places"),
        ({"expertise": {1: 2}}, "expertise"),
        ({"expertise": frozenset({("boards", 4)})}, "expertise"),
        ({"expertise": frozenset({("boards", 1), ("boards", 3)})}, "expertise"),
    ],
)
def test_an_impossible_mentor_names_the_offender(fields: dict[str, Any], offender: str) -> None:
    with pytest.raises(CardError) as caught:
        mentor(**fields)

    assert caught.value.field == offender


def test_weights_must_be_whole_and_not_all_zero() -> None:
    for wrong in (-1, 0.5, True, MAX_WEIGHT + 1):
        with pytest.raises(WeightsError, match="industry") as caught:
            Weights(industry=wrong)  # the wrong type is the point
        assert caught.value.part == "industry"
    with pytest.raises(WeightsError) as caught:
        Weights(**{part.value: 0 for part in Part})
    assert caught.value.part is None


def test_a_pool_holds_each_mentor_once_and_only_mentors() -> None:
    same = uuid4()
    with pytest.raises(DuplicateMentorError) as caught:
        Pool((mentor(id=same), mentor(), mentor(id=same)))
    assert caught.value.mentor == same
    with pytest.raises(EngineError):
        Pool((mentee(),))  # the wrong type is the point


def test_cards_are_hashable_and_keep_private_lists_out_of_their_repr() -> None:
    secret = uuid4()
    private = {"never_with": frozenset({secret}), "never_with_families": frozenset({secret})}

    for card in (mentee(**private), mentor(**private)):
        assert len({card, card}) == 1
        assert str(secret) not in repr(card)
        assert str(secret) in repr(card.never_with)
