"""What happens inside a pairing: the agreement and the check-ins."""

from engagements.models.agreements import Agreement, Signature
from engagements.models.check_ins import CheckIn

__all__ = ["Agreement", "CheckIn", "Signature"]
