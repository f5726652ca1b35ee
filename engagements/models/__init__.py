"""What happens inside a pairing: the agreement, the meetings, the check-ins and the goals."""

from engagements.models.agreements import Agreement, Signature
from engagements.models.check_ins import CheckIn
from engagements.models.goals import Goal, GoalEntry, Milestone
from engagements.models.meetings import Meeting

__all__ = ["Agreement", "CheckIn", "Goal", "GoalEntry", "Meeting", "Milestone", "Signature"]
