"""Decisions as rows of a page, and the picture of how sure and how right the mentee was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.prepared import prepared
from engagements.domain.calibration import ENOUGH, Calibration
from engagements.domain.pairing_status import PairingStatus
from engagements.models import Decision
from engagements.states import MEETING, PAIR_WRITES, DecisionState, MeetingState, Outcome

SIDE = 200  # of the picture, in units of its own
OVER = (DecisionState.LOOKED_BACK, DecisionState.DROPPED)
UNDECIDED = (DecisionState.ASKED, DecisionState.VIEWED)


@dataclass(frozen=True, slots=True)
class Row:
    """A decision in a list. `lasts`: the pairing does, so that its days still lie ahead."""

    pk: UUID
    title: str
    state: str
    label: str
    day: date | datetime
    sure: int
    outcome: str
    is_over: bool
    lasts: bool


def rows(found: Iterable[Decision], status: PairingStatus) -> list[Row]:
    """Those that wait for something first, then the others, the latest first."""
    return [_row(decision, status) for decision in found]


def section(status: PairingStatus) -> dict[str, Any]:
    """What the pairing's page shows: those that are not over, in one query."""
    found = _decisions(pairing=status.pairing.pk)
    return {
        "current": [row for row in rows(found, status) if not row.is_over],
        "any": bool(found),
        "may_ask": status.side == "mentee" and status.pairing.state in PAIR_WRITES,
        "begun": status.pairing.activated_at is not None,
    }


@prepared
def _decisions(*, pairing: UUID) -> QuerySet[Decision]:
    return Decision.objects.filter(pairing=pairing)


def _row(decision: Decision, status: PairingStatus) -> Row:
    decision.pairing = status.pairing
    return Row(
        pk=decision.pk,
        title=decision.called(),
        state=decision.state,
        label=label_of(decision),
        day=decision.looked_back_at or decision.look_back_on or decision.decide_by,
        sure=decision.confidence_before if decision.confidence_after is None else decision.confidence_after,
        outcome=str(Outcome(decision.outcome).label) if decision.outcome in Outcome.values else "",
        is_over=decision.state in OVER,
        lasts=status.pairing.is_open,
    )


def label_of(decision: Decision) -> str:
    """Its state in words; of one on which no view was given in time, as it was when the pairing ended."""
    unanswered = decision.state == DecisionState.ASKED and not decision.pairing.is_open
    return _("without a view when your pairing ended") if unanswered else str(decision.get_state_display())


@dataclass(frozen=True, slots=True)
class MeetFirst:
    """Where the two arrange to meet before it has to be decided; `offered`: times are already."""

    href: str
    offered: bool


def meet_first(decision: Decision, status: PairingStatus, today: date) -> MeetFirst | None:
    """Whether it has to be decided before the two meet, as far as is planned here. None where they meet by then, where
    nothing is to be decided, or where nobody plans meetings now.
    """
    if decision.state not in UNDECIDED or decision.decide_by < today or status.pairing.state not in MEETING:
        return None
    days = {_day(each.starts_at) for each in status.meetings if each.starts_at is not None}
    if any(today <= day <= decision.decide_by for day in days):
        return None
    offered = next((each for each in status.meetings if each.state == MeetingState.PROPOSED), None)
    if offered is not None:
        return MeetFirst(reverse("engagements:meeting", args=[offered.pk]), offered=True)
    return MeetFirst(reverse("engagements:propose_meeting", args=[status.pairing.pk]), offered=False)


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


def picture(found: Calibration) -> dict[str, Any]:
    """Points of the picture, a sentence that says the same, and the rows of the table."""
    return {
        "found": found,
        "side": SIDE,
        "points": [
            {"x": band.sure * SIDE // 100, "y": SIDE - band.hoped * SIDE // 100, "r": min(14, 5 + 2 * band.cases)}
            for band in found.bands
        ],
        "verdict": _verdict(found),
        "label": "; ".join(
            _("%(sure)s per cent sure, %(hoped)s per cent as hoped") % {"sure": band.sure, "hoped": band.hoped}
            for band in found.bands
        ),
    }


def _verdict(found: Calibration) -> str:
    if not found.is_enough:
        return ngettext(
            "%(cases)s decision is looked back on. That is too few to say anything: wait for %(enough)s.",
            "%(cases)s decisions are looked back on. That is too few to say anything: wait for %(enough)s.",
            found.cases,
        ) % {"cases": found.cases, "enough": ENOUGH}
    said = {"cases": found.cases, "sure": found.sure, "hoped": found.hoped}
    if found.gap > 0:
        words = _("In %(cases)s decisions %(sure)s %% sure on average, %(hoped)s %% as hoped: rather too sure.")
    elif found.gap < 0:
        words = _("In %(cases)s decisions %(sure)s %% sure on average, %(hoped)s %% as hoped: one may be surer.")
    else:
        words = _("In %(cases)s decisions %(sure)s %% sure on average, %(hoped)s %% as hoped: about as sure as right.")
    return words % said
