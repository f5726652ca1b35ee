"""The desk's pages of this app. Requests' notes and reasons, and private lists, have no page."""

from matching.admin import alerts, pairings, requests, runs, waivers

__all__ = ["alerts", "pairings", "requests", "runs", "waivers"]
