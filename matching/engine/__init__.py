"""Who fits whom, and why: plain Python and NumPy, without Django, Celery or a database.

Make cards of people, put the mentors into a `Pool`, ask it. Everything here is a pure function of its
arguments.
"""

from matching.engine.errors import (
    CancelledError,
    CapacityError,
    CardError,
    CertificateError,
    DuplicateMentorError,
    EngineError,
    IdsError,
    PinError,
    ScoresError,
    SlotsError,
    TooLargeError,
    WeightsError,
)
from matching.engine.facts.cards import Card, Id, IndustryPreference, MenteeCard, MentorCard, Rules, Weights
from matching.engine.facts.reasons import Reason, Why
from matching.engine.facts.rules import (
    OTHER,
    TABLE,
    Kind,
    Rule,
    excluding_rule,
    flags,
    public_keys,
    violations,
)
from matching.engine.facts.score import Part, PartScore
from matching.engine.facts.slots import shared_half_hours, usual_hours, weekly_slots
from matching.engine.progress import Progress, Stage
from matching.engine.solver.assignment import Assignment, assign
from matching.engine.suggesting.pool import Pool
from matching.engine.suggesting.suggest import Explanation, Funnel, explain, funnel, suggest
from matching.engine.version import engine_version
from matching.engine.whole_cohort.blocking_pairs import BlockingPair
from matching.engine.whole_cohort.changes import Arrive, Change, Decline, Forbid, Pin, Withdraw
from matching.engine.whole_cohort.live_match import Answer, Answers, LiveMatch
from matching.engine.whole_cohort.match import Match, match, match_columns
from matching.engine.whole_cohort.reanswer import Reanswer, ReanswerOption, reanswer
from matching.engine.whole_cohort.shortages import Shortage

__all__ = [
    "OTHER",
    "TABLE",
    "Answer",
    "Answers",
    "Arrive",
    "Assignment",
    "BlockingPair",
    "CancelledError",
    "CapacityError",
    "Card",
    "CardError",
    "CertificateError",
    "Change",
    "Decline",
    "DuplicateMentorError",
    "EngineError",
    "Explanation",
    "Forbid",
    "Funnel",
    "Id",
    "IdsError",
    "IndustryPreference",
    "Kind",
    "LiveMatch",
    "Match",
    "MenteeCard",
    "MentorCard",
    "Part",
    "PartScore",
    "Pin",
    "PinError",
    "Pool",
    "Progress",
    "Reanswer",
    "ReanswerOption",
    "Reason",
    "Rule",
    "Rules",
    "ScoresError",
    "Shortage",
    "SlotsError",
    "Stage",
    "TooLargeError",
    "Weights",
    "WeightsError",
    "Why",
    "Withdraw",
    "assign",
    "engine_version",
    "excluding_rule",
    "explain",
    "flags",
    "funnel",
    "match",
    "match_columns",
    "public_keys",
    "reanswer",
    "shared_half_hours",
    "suggest",
    "usual_hours",
    "violations",
    "weekly_slots",
]
