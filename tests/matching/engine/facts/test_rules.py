from typing import Any

import pytest

from matching.engine import (
    OTHER,
    TABLE,
    Kind,
    MenteeCard,
    MentorCard,
    Rules,
    excluding_rule,
    flags,
    public_keys,
    violations,
)
from tests.matching.engine.builders import MENTEE, MENTOR, mentee, mentor

RULES = Rules()
ids = frozenset

# (rule, mentee's fields, mentor's fields): each breaks that rule and no other.
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("same_person", {"id": MENTOR}, {}),
    ("mentee_unconfirmed", {"employer_confirmed": False}, {}),
    ("same_employer", {"organisations": ids({7})}, {"organisations": ids({7, 8})}),
    ("same_family", {"families": ids({7})}, {"families": ids({7, 8})}),
    ("competitors", {"competitor_families": ids({7})}, {"families": ids({7})}),
    ("competitors", {"families": ids({7})}, {"competitor_families": ids({7})}),
    ("competitors", {"competitor_families": ids({7})}, {"current_ties": ids({7})}),
    ("competitors", {"current_ties": ids({7})}, {"competitor_families": ids({7})}),
    ("current_tie", {"current_ties": ids({7})}, {"families": ids({7})}),
    ("current_tie", {"families": ids({7})}, {"current_ties": ids({7})}),
    ("shared_tie", {"current_ties": ids({7})}, {"current_ties": ids({7})}),
    ("former_tie", {"former_families": ids({7})}, {"families": ids({7})}),
    ("former_tie", {"families": ids({7})}, {"former_families": ids({7})}),
    ("reverse_pairing", {"mentors_now": ids({MENTOR})}, {}),
    ("already_paired", {"paired_with": ids({MENTOR})}, {}),
    ("declined", {"declined_by": ids({MENTOR})}, {}),
    ("paired_before", {"paired_before": ids({MENTOR})}, {}),
    ("paired_before", {"paired_before": ids({MENTOR}), "would_pair_again": ids({MENTOR})}, {}),
    ("paired_before", {"paired_before": ids({MENTOR})}, {"would_pair_again": ids({MENTEE})}),
    ("never_with", {"never_with": ids({MENTOR})}, {}),
    ("never_with", {}, {"never_with": ids({MENTEE})}),
    ("never_with", {"never_with_families": ids({7})}, {"families": ids({7})}),
    ("never_with", {"never_with_families": ids({7})}, {"current_ties": ids({7})}),
    ("never_with", {"families": ids({7})}, {"never_with_families": ids({7})}),
    ("never_with", {"current_ties": ids({7})}, {"never_with_families": ids({7})}),
    ("list_unreadable", {"list_readable": False}, {}),
    ("list_unreadable", {}, {"list_readable": False}),
    ("asked_already", {"asked": ids({MENTOR})}, {}),
    ("full", {}, {"open_places": 0}),
    ("away", {}, {"away": True}),
    ("not_available", {}, {"available": False}),
    ("not_available", {}, {"employer_confirmed": False}),
]
WAIVABLE = {
    "same_employer",
    "same_family",
    "competitors",
    "current_tie",
    "shared_tie",
    "former_tie",
    "reverse_pairing",
    "declined",
    "paired_before",
}
HIDDEN = {"never_with", "list_unreadable", "asked_already", "full", "away", "not_available"}


def keys(found: tuple[Any, ...]) -> list[str]:
    return [rule.key for rule in found]


@pytest.mark.parametrize(("key", "of_mentee", "of_mentor"), CASES)
def test_a_pair_that_breaks_one_rule_is_excluded_by_exactly_that_rule(
    key: str, of_mentee: dict[str, Any], of_mentor: dict[str, Any]
) -> None:
    one, other = mentee(**of_mentee), mentor(**of_mentor)

    assert keys(violations(one, other, RULES)) == [key]
    rule = excluding_rule(one, other, RULES)
    assert rule is not None
    assert rule.key == key


@pytest.mark.parametrize(("key", "of_mentee", "of_mentor"), CASES)
def test_a_waiver_lifts_waivable_rules_only(key: str, of_mentee: dict[str, Any], of_mentor: dict[str, Any]) -> None:
    one, other = mentee(**of_mentee), mentor(**of_mentor)
    left = [] if key in WAIVABLE else [key]

    assert keys(violations(one, other, RULES, waived=True)) == left
    rule = excluding_rule(one, other, RULES, waived=True)
    assert [rule.key] == left if rule else left == []


def test_every_row_has_a_case_and_a_key_of_its_own() -> None:
    assert {rule.key for rule in TABLE} == {key for key, _, _ in CASES}
    assert len({rule.key for rule in TABLE}) == len(TABLE)
    assert {rule.key for rule in TABLE if rule.waivable} == WAIVABLE


def test_strangers_break_nothing() -> None:
    assert violations(mentee(), mentor(), RULES) == ()
    assert excluding_rule(mentee(), mentor(), RULES) is None


def test_former_colleagues_of_a_third_house_and_a_common_competitor_are_no_tie() -> None:
    third = {"former_families": ids({7}), "competitor_families": ids({9})}

    assert violations(mentee(**third), mentor(**third), RULES) == ()


def test_both_asking_again_opens_the_way() -> None:
    again = mentee(paired_before=ids({MENTOR}), would_pair_again=ids({MENTOR}))

    assert violations(again, mentor(would_pair_again=ids({MENTEE})), RULES) == ()


def test_a_cohort_may_relax_competitors_to_a_flag() -> None:
    one, other = mentee(families=ids({7})), mentor(competitor_families=ids({7}))
    relaxed = Rules(competitors_flag_only=True)

    assert violations(one, other, relaxed) == ()
    assert excluding_rule(one, other, relaxed) is None
    assert keys(flags(one, other, relaxed)) == ["competitors"]
    assert flags(one, other, RULES) == ()


def test_all_broken_rules_come_in_the_tables_order() -> None:
    one = MenteeCard(
        id=MENTEE,
        families=ids({7}),
        declined_by=ids({MENTOR}),
        never_with=ids({MENTOR}),
        current_ties=ids({7}),
    )
    other = MentorCard(id=MENTOR, families=ids({7}), open_places=0)

    found = violations(one, other, RULES)

    assert keys(found) == ["same_family", "current_tie", "declined", "never_with", "full"]
    assert public_keys(found) == ("same_family", "current_tie", "declined", OTHER)


def test_an_open_pairing_is_rechecked_for_independence_only() -> None:
    one = mentee(families=ids({7}), declined_by=ids({MENTOR}))
    other = mentor(families=ids({7}), open_places=0)

    assert keys(violations(one, other, RULES, kinds={Kind.INDEPENDENCE})) == ["same_family"]


def test_what_is_not_revealed_has_one_name_and_comes_last() -> None:
    hidden = [rule for rule in TABLE if not rule.revealed]

    assert {rule.key for rule in hidden} == HIDDEN
    assert {rule.public_key for rule in hidden} == {OTHER}
    assert list(TABLE[-len(hidden) :]) == hidden
    assert all(rule.public_key == rule.key for rule in TABLE if rule.revealed)
