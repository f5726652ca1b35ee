"""What happens inside a pairing: the agreement, the meetings and the check-ins; and when a person wants quiet."""

from engagements.models.agreements import Agreement, Signature
from engagements.models.check_ins import CheckIn
from engagements.models.meetings import Meeting
from engagements.models.quiet import QuietPeriod

__all__ = ["Agreement", "CheckIn", "Meeting", "QuietPeriod", "Signature"]
