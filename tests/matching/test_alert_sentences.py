"""An alert's facts are codes and days; its sentences are made for whoever reads."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from matching.alert_sentences import SENTENCES, sentences
from matching.engine import TABLE, Kind
from matching.models.alerts import SUBJECT_TYPES, AlertKind
from matching.sentences import RULES


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.dates.now", lambda: datetime(2026, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (
            AlertKind.INDEPENDENCE,
            {"rules": ["same_employer", "competitors"]},
            [
                "Both work for the same organisation.",
                "An organisation that one of them works for or is tied to competes with one of the other’s.",
            ],
        ),
        (
            AlertKind.MENTOR_SILENT,
            {"days": ["2026-03-17", "2026-03-24", "2025-12-31"]},
            ["The requests could be answered until 17 March, 24 March and 31 December 2025."],
        ),
        (
            AlertKind.CHECK_INS_MISSED,
            {"mentee": ["2026-04-07"], "mentor": ["2026-04-07", "2026-05-05"], "last_answer": None},
            [
                "The mentee was asked on 7 April and did not answer.",
                "The mentor was asked on 7 April and 5 May and did not answer.",
                "Neither of them has answered yet.",
            ],
        ),
        (
            AlertKind.CHECK_INS_MISSED,
            {"mentor": ["2026-04-07", "2026-05-05"], "last_answer": "2026-05-06"},
            ["The mentor was asked on 7 April and 5 May and did not answer.", "The last answer came on 6 May."],
        ),
        (AlertKind.SHORTLIST_EMPTY, {}, []),
        (AlertKind.INDEPENDENCE, {}, []),
    ],
)
def test_facts_are_told_as_whole_sentences(kind, facts, said):
    assert sentences(kind, facts) == said


def test_every_kind_told_is_a_kind_of_alert():
    assert set(SENTENCES) <= set(AlertKind.values)


def test_of_every_kind_it_is_said_what_its_alerts_are_about():
    assert set(SUBJECT_TYPES) == set(AlertKind)


def test_every_rule_that_can_be_broken_by_a_pair_has_its_sentence():
    for rule in TABLE:
        assert bool(RULES[rule.public_key].pair) == (rule.kind is Kind.INDEPENDENCE), rule.key


def test_they_are_made_in_the_readers_language():
    with translation.override("de"):
        assert "17 März" in sentences(AlertKind.MENTOR_SILENT, {"days": ["2026-03-17"]})[0]
