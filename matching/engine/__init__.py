"""Who fits whom, and why: plain Python and NumPy, without Django, Celery or a database.

Make cards of people, put the mentors into a `Pool`, ask it. Everything here is a pure function of its
arguments.
"""

from matching.engine.assignment import Assignment, assign
from matching.engine.cards import Card, Id, IndustryWish, MenteeCard, MentorCard, Rules, Weights
from matching.engine.cohort import Match, match, match_crowd
from matching.engine.demand import Group
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
from matching.engine.pool import Pool
from matching.engine.reanswer import Arrive, Change, Decline, Forbid, Offer, Pin, Reanswer, Withdraw, reanswer
from matching.engine.reasons import Reason, Why
from matching.engine.rivals import Rival
from matching.engine.rules import (
    OTHER,
    TABLE,
    Kind,
    Rule,
    excluding_rule,
    flags,
    public_keys,
    violations,
)
from matching.engine.score import Part, PartScore
from matching.engine.slots import shared_half_hours, usual_hours, weekly_slots
from matching.engine.suggest import Explanation, Funnel, explain, funnel, suggest
from matching.engine.watch import Stage, Watch

__all__ = [
    "OTHER",
    "TABLE",
    "Arrive",
    "Assignment",
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
    "Group",
    "Id",
    "IdsError",
    "IndustryWish",
    "Kind",
    "Match",
    "MenteeCard",
    "MentorCard",
    "Offer",
    "Part",
    "PartScore",
    "Pin",
    "PinError",
    "Pool",
    "Reanswer",
    "Reason",
    "Rival",
    "Rule",
    "Rules",
    "ScoresError",
    "SlotsError",
    "Stage",
    "TooLargeError",
    "Watch",
    "Weights",
    "WeightsError",
    "Why",
    "Withdraw",
    "assign",
    "excluding_rule",
    "explain",
    "flags",
    "funnel",
    "match",
    "match_crowd",
    "public_keys",
    "reanswer",
    "shared_half_hours",
    "suggest",
    "usual_hours",
    "violations",
    "weekly_slots",
]
