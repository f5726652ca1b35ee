"""The desk's pages of this app."""

from cohorts.admin import cohorts, invitations, people

__all__ = ["cohorts", "invitations", "people"]
