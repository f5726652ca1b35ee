"""What happens inside a pairing: agreements, meetings with the assistants who handle their times, check-ins, goals,
decisions, notes, taking stock, reviews; and the tallies of what came of pairings.
"""

from engagements.models.agreements import Agreement, Signature
from engagements.models.assistants import Assistant
from engagements.models.calendar_feeds import CalendarFeed
from engagements.models.check_ins import CheckIn
from engagements.models.decisions import Decision
from engagements.models.goals import Goal, GoalEntry, Milestone
from engagements.models.length_proposals import LengthProposal
from engagements.models.meetings import Meeting
from engagements.models.notes import Note
from engagements.models.reviews import Review
from engagements.models.score_sharing import ScoreSharing
from engagements.models.stock import StockAnswer, StockRound
from engagements.models.talks import Talk
from engagements.models.tallies import Tally, TallyMoment

__all__ = [
    "Agreement",
    "Assistant",
    "CalendarFeed",
    "CheckIn",
    "Decision",
    "Goal",
    "GoalEntry",
    "LengthProposal",
    "Meeting",
    "Milestone",
    "Note",
    "Review",
    "ScoreSharing",
    "Signature",
    "StockAnswer",
    "StockRound",
    "Talk",
    "Tally",
    "TallyMoment",
]
