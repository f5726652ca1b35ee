"""Pairings that are over, with what was said in them: rows, written in bulk."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from engagements.models import CheckIn, Review
from matching.models import Pairing, Request
from matching.states import PairingState, RequestState
from tests.matching import crowd

SCORES = {"connection": 4, "clarity": 5, "competency": 3}
SAID: dict[str, Any] = {
    "mistakes_avoided": "clearly",
    "faster": "somewhat",
    "decisions": "no",
    "goals": "most",
    "again": "yes",
    **SCORES,
}


def pairings(
    of: Cohort, ends: Iterable[datetime], *, mentors: list[Enrolment] | None = None, **words: Any
) -> list[Pairing]:
    """One for each of these moments, at which it ended; completed, and of new people, unless told otherwise."""
    days = list(ends)
    mentees = crowd.enrolments(of, Role.MENTEE, len(days), days[0])
    mentors = mentors or crowd.enrolments(of, Role.MENTOR, len(days), days[0])
    sides = crowd.sides_of(of, mentees, mentors)
    asked = crowd.written(
        Request(**side, state=RequestState.ACCEPTED, asked_at=day, deadline=day, answered_at=day)
        for side, day in zip(sides, days, strict=True)
    )
    given: dict[str, Any] = {"state": PairingState.COMPLETED, **words}
    made: list[Pairing] = crowd.written(
        Pairing(
            **side,
            request=request,
            introduced_at=day - timedelta(days=130),
            activated_at=day - timedelta(days=120),
            planned_end=of.ends_on,
            ended_at=day,
            **given,
        )
        for side, request, day in zip(sides, asked, days, strict=True)
    )
    return made


def looked_back(pairing: Pairing, side: str = "mentee", **words: Any) -> Review:
    """One side has; or was asked, for `state="missed"`."""
    at = pairing.ended_at
    answered: dict[str, Any] = {"answered_at": at, **(SAID if side == "mentee" else {"again": "yes"})}
    said = {**({} if words.get("state") == "missed" else answered), "state": "answered", **words}
    return Review.objects.create(
        **{"pairing": pairing, "side": side, "person_id": getattr(pairing, f"{side}_id"), "asked_at": at, **said}
    )


def checked_in(pairing: Pairing, round: int, side: str = "mentee", *, missed: bool = False, **words: Any) -> CheckIn:  # noqa: A002 - the field's own name
    """One side has, in this round; or missed it."""
    at = (pairing.activated_at or pairing.introduced_at) + timedelta(days=28 * round)
    answered: dict[str, Any] = {"state": "answered", "answered_at": at, "met": True, **SCORES}
    said = {"state": "missed"} if missed else {**answered, **words}
    who = {"side": side, "person_id": getattr(pairing, f"{side}_id")}
    return CheckIn.objects.create(pairing=pairing, round=round, day=at.date(), due_at=at, **who, **said)
