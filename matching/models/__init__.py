"""Who should meet: wishes, requests, pairings, match runs, alerts and waivers."""

from matching.models.alerts import Alert
from matching.models.changes import PoolChange
from matching.models.pairings import AskAgain, ChemistryAnswer, Pairing, Pause
from matching.models.requests import LiftedDecline, Request, Wish
from matching.models.runs import MatchRun, Proposal, Unmatched
from matching.models.waivers import Waiver

__all__ = [
    "Alert",
    "AskAgain",
    "ChemistryAnswer",
    "LiftedDecline",
    "MatchRun",
    "Pairing",
    "Pause",
    "PoolChange",
    "Proposal",
    "Request",
    "Unmatched",
    "Waiver",
    "Wish",
]
