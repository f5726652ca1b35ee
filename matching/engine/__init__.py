"""Who fits whom, and why: plain Python and NumPy, without Django, Celery or a database.

Make cards of people, put the mentors into a `Pool`, ask it. Everything here is a pure function of its
arguments.
"""

from matching.engine.cards import Card, Id, IndustryWish, MenteeCard, MentorCard, Rules, Weights
from matching.engine.errors import CardError, DuplicateMentorError, EngineError, SlotsError, WeightsError
from matching.engine.pool import Pool
from matching.engine.reasons import Reason, Why
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
from matching.engine.slots import shared_half_hours, weekly_slots
from matching.engine.suggest import Explanation, Funnel, explain, funnel, suggest

__all__ = [
    "OTHER",
    "TABLE",
    "Card",
    "CardError",
    "DuplicateMentorError",
    "EngineError",
    "Explanation",
    "Funnel",
    "Id",
    "IndustryWish",
    "Kind",
    "MenteeCard",
    "MentorCard",
    "Part",
    "PartScore",
    "Pool",
    "Reason",
    "Rule",
    "Rules",
    "SlotsError",
    "Weights",
    "WeightsError",
    "Why",
    "excluding_rule",
    "explain",
    "flags",
    "funnel",
    "public_keys",
    "shared_half_hours",
    "suggest",
    "violations",
    "weekly_slots",
]
