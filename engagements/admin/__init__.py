"""The desk's page of this app: the dates of check-ins."""

from engagements.admin import check_ins

__all__ = ["check_ins"]
