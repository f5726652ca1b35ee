"""Who should meet: cohorts, wishes, requests, pairings, and what coordinators watch."""

from matching.models.changes import PoolChange
from matching.models.cohorts import Cohort, Enrolment, EnrolmentOffer
from matching.models.pairings import AskAgain, ChemistryAnswer, Pairing, Pause
from matching.models.requests import LiftedDecline, Request, Wish
from matching.models.runs import MatchRun, Proposal, Unmatched
from matching.models.watch import Alert, Waiver

__all__ = [
    "Alert",
    "AskAgain",
    "ChemistryAnswer",
    "Cohort",
    "Enrolment",
    "EnrolmentOffer",
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
