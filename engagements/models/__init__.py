"""What happens inside a pairing: the agreement, the meetings and the check-ins."""

from engagements.models.agreements import Agreement, Signature
from engagements.models.check_ins import CheckIn
from engagements.models.meetings import Meeting

__all__ = ["Agreement", "CheckIn", "Meeting", "Signature"]
