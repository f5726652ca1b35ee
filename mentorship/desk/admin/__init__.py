"""The desk's pages that look across all apps: history and letters."""

from mentorship.desk.admin import history, letters

__all__ = ["history", "letters"]
