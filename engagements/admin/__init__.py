"""The desk's pages that need every app: check-in dates, history and letters, all read-only."""

from engagements.admin import check_ins, history, letters

__all__ = ["check_ins", "history", "letters"]
