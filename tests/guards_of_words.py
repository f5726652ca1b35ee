"""For each constraint of what a pair writes, a write that it alone refuses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from engagements.models import (
    Decision,
    Goal,
    GoalEntry,
    LengthProposal,
    Note,
    Review,
    ScoreSharing,
    StockAnswer,
    StockRound,
    Talk,
)
from tests.guarded_rows import TODAY, a_check_in
from tests.matching.factories import NOW, pairing


def a_decision(**words: Any) -> Decision:
    given = {"pairing": pairing(), "state": "asked", "asked_at": NOW, "decide_by": TODAY, "confidence_before": 50}
    return Decision.objects.create(**{**given, **words})


def a_goal(**words: Any) -> Goal:
    made = words.pop("pairing", None) or pairing()
    given = {"pairing": made, "state": "open", "proposed_by": made.mentee, "written_by": made.mentee}
    return Goal.objects.create(**{**given, "proposed_at": NOW, **words})


def an_entry(goal: Goal | None = None, **words: Any) -> GoalEntry:
    of = goal or a_goal()
    return GoalEntry.objects.create(**{"goal": of, "act": "note", "by": of.pairing.mentee, "at": NOW, **words})


def a_note(**words: Any) -> Note:
    made = words.pop("pairing", None) or pairing()
    return Note.objects.create(**{"pairing": made, "by": made.mentee, "written_at": NOW, **words})


def a_review(**words: Any) -> Review:
    made = words.pop("pairing", None) or pairing(state="closing")
    return Review.objects.create(**{"pairing": made, "side": "mentee", "person": made.mentee, "asked_at": NOW, **words})


def a_length(**words: Any) -> LengthProposal:
    made = words.pop("pairing", None) or pairing(state="active")
    given = {"pairing": made, "proposed_by": made.mentee, "proposed_at": NOW, "planned_end": TODAY + timedelta(days=9)}
    return LengthProposal.objects.create(**{**given, **words})


def a_talk(**words: Any) -> Talk:
    made = words.pop("pairing", None) or pairing()
    given = {"person": made.mentee, "contact_name": "Ana", "contact_email": "ana@example.org", "letter_id": uuid4()}
    return Talk.objects.create(**{"pairing": made, "asked_at": NOW, **given, **words})


def a_sharing(**words: Any) -> ScoreSharing:
    made = words.pop("pairing", None) or pairing()
    return ScoreSharing.objects.create(**{"pairing": made, "side": "mentee", "person": made.mentee, "at": NOW, **words})


def _two_talks() -> Callable[[], object]:
    of = a_talk().pairing
    return lambda: a_talk(pairing=of)


def _sharing_twice() -> Callable[[], object]:
    of = a_sharing().pairing
    return lambda: a_sharing(pairing=of)


def _two_lengths() -> Callable[[], object]:
    of = a_length().pairing
    return lambda: a_length(pairing=of)


def _asked_twice() -> Callable[[], object]:
    of = a_review().pairing
    return lambda: a_review(pairing=of)


def a_stock_round(**words: Any) -> StockRound:
    given = {"number": 1, "moment": "start", "opens_on": TODAY, "closes_on": TODAY}
    return StockRound.objects.create(**{"pairing": words.pop("pairing", None) or pairing(), **given, **words})


def a_stock_answer(**words: Any) -> StockAnswer:
    of = words.pop("round", None) or a_stock_round()
    given = {"round": of, "side": "mentee", "person": of.pairing.mentee, "answered_at": NOW}
    return StockAnswer.objects.create(**{**given, **words})


def _stock_round_twice() -> Callable[[], object]:
    planned = a_stock_round()
    return lambda: a_stock_round(pairing=planned.pairing)


def _stock_taken_twice() -> Callable[[], object]:
    answer = a_stock_answer()
    return lambda: a_stock_answer(round=answer.round)


def _goal_said_twice() -> Callable[[], object]:
    row = a_check_in()
    goal = a_goal(pairing=row.pairing)
    said = {"act": "check_in", "check_in": row, "standing": "slow"}
    an_entry(goal, **said)
    return lambda: an_entry(goal, **said)


CASES: dict[str, Callable[[], Callable[[], object]]] = {
    "decision_confidence_in_range": lambda: lambda: a_decision(confidence_before=101),
    "decision_choice_fits_state": lambda: lambda: a_decision(state="decided"),
    "decision_outcome_fits_state": lambda: lambda: a_decision(outcome="hoped"),
    "talk_one_asked": _two_talks,
    "talk_settled_fits_state": lambda: lambda: a_talk(settled_at=NOW),
    "score_sharing_once": _sharing_twice,
    "length_proposal_one_open": _two_lengths,
    "length_proposal_settled_fits_state": lambda: lambda: a_length(settled_at=NOW),
    "length_proposal_agreed_by_both": lambda: lambda: a_length(state="agreed", settled_at=NOW),
    "length_proposal_lies_ahead": lambda: lambda: a_length(planned_end=TODAY - timedelta(days=1)),
    "review_once_a_side": _asked_twice,
    "review_answer_fits_state": lambda: lambda: a_review(state="answered", answered_at=NOW, again="yes"),
    "stock_round_once": _stock_round_twice,
    "stock_round_closes_after_opening": lambda: lambda: a_stock_round(closes_on=TODAY - timedelta(days=1)),
    "stock_answer_once": _stock_taken_twice,
    "goal_entry_once_a_check_in": _goal_said_twice,
    "goal_entry_standing_of_check_in": lambda: lambda: an_entry(standing="slow"),
}
