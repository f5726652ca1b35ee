"""Who should meet: shortlists, requests, pairings, match runs, alerts and waivers."""

from matching.models.alerts import Alert
from matching.models.boards import Board, BoardChange, BoardNote
from matching.models.changes import PoolChange
from matching.models.pairings import ChemistryAnswer, PairAgain, Pairing, Pause
from matching.models.requests import LiftedDecline, Request, ShortlistEntry
from matching.models.runs import MatchRun, Proposal, Unmatched
from matching.models.waivers import Waiver

__all__ = [
    "Alert",
    "Board",
    "BoardChange",
    "BoardNote",
    "ChemistryAnswer",
    "LiftedDecline",
    "MatchRun",
    "PairAgain",
    "Pairing",
    "Pause",
    "PoolChange",
    "Proposal",
    "Request",
    "ShortlistEntry",
    "Unmatched",
    "Waiver",
]
