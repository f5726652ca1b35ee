"""What happens inside a pairing: the agreement, the meetings, the check-ins, the goals and the decisions."""

from engagements.models.agreements import Agreement, Signature
from engagements.models.calendar_feeds import CalendarFeed
from engagements.models.check_ins import CheckIn
from engagements.models.decisions import Decision
from engagements.models.goals import Goal, GoalEntry, Milestone
from engagements.models.meetings import Meeting

__all__ = [
    "Agreement",
    "CalendarFeed",
    "CheckIn",
    "Decision",
    "Goal",
    "GoalEntry",
    "Meeting",
    "Milestone",
    "Signature",
]
