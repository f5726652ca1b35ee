"""The desk's pages of this app. People and their ties need to know about cohorts: their pages are in `matching.admin`."""

from accounts.admin import organisations, topics

__all__ = ["organisations", "topics"]
