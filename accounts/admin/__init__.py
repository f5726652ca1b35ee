"""The desk's pages of this app. Those of people and their ties need cohorts: they are in `cohorts.admin`."""

from accounts.admin import organisations, other_names, topics

__all__ = ["organisations", "other_names", "topics"]
