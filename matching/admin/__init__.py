"""The desk's pages of this app. Requests' notes and reasons, and private lists, have no page."""

from matching.admin import alerts, cohorts, invitations, pairings, people, requests, runs, waivers

__all__ = ["alerts", "cohorts", "invitations", "pairings", "people", "requests", "runs", "waivers"]
