"""What is counted of pairings: per person what they answered, per pair what took place. No sealed word is read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from django.db.models import Count, F, Q

from cohorts.states import Role
from engagements.domain.shown_figures import Answers, Figures, shown
from engagements.models import Agreement, CheckIn, Meeting, Review, StockRound
from engagements.models.check_ins import SCORES
from engagements.models.reviews import OUTCOMES, REVIEW_WORDS
from engagements.states import CheckInState, Extent, GoalsReached, MeetingState, ReviewState, StockState
from matching.models import Pairing, Pause
from matching.states import PairingState

HIGH = 4  # of five: a score from which on something is said to be there
IN_TURN = 2  # rounds that both let go by: a pair of which nobody heard
DAYS_A_MONTH, AS_AGREED = 365.25 / 12, 0.75
WITH_A_MIDDLE = 3  # rounds
Row: TypeAlias = Mapping[str, Any]
DUE = (CheckInState.ANSWERED, CheckInState.MISSED)
# Each group of people or pairs that is counted of pairings that are over, in the order of a report.
GROUPS = (
    *("mentee_reviews", "mentor_reviews", "mentee_check_ins", "mentor_check_ins", "mentee_stock", "mentor_stock"),
    *("middle", "endings", "meetings", "heard_of"),
)


def of_starts(pairings: Collection[Pairing]) -> dict[str, Figures]:
    """How mentees answered their first check-in."""
    rounds = _rounds([pairing.pk for pairing in pairings], round=1)
    return {"start": shown(_once(row for row in rounds if row["side"] == Role.MENTEE))}


def of_ended(pairings: Collection[Pairing]) -> dict[str, Figures]:
    """All that is counted of pairings that are over. As many queries for many pairings as for one."""
    ids = [pairing.pk for pairing in pairings]
    rounds = _rounds(ids)
    return {**_reviews(ids), **_check_ins(rounds), **_stock(ids), **_pairs(pairings, rounds)}


def _rounds(ids: Collection[UUID], **which: Any) -> list[Row]:
    """Check-ins that came due, in order."""
    rows = CheckIn.objects.filter(pairing__in=ids, state__in=DUE, **which)
    return list(rows.order_by("pairing", "round").values("pairing", "person", "side", "state", *SCORES))


def _once(rows: Iterable[Row]) -> list[Answers | None]:
    """What each person said, once: what they answered first, wherever that was."""
    said: dict[UUID, Answers | None] = {}
    for row in rows:
        if said.get(row["person"]) is None:
            said[row["person"]] = _scores(row) if row["state"] == CheckInState.ANSWERED else None
    return list(said.values())


def _scores(row: Row) -> dict[str, bool]:
    return {name: row[name] >= HIGH for name in SCORES}


def _reviews(ids: Collection[UUID]) -> dict[str, Figures]:
    asked = Review.objects.filter(pairing__in=ids, state__in=(ReviewState.ANSWERED, ReviewState.MISSED))
    rows = list(asked.defer(*REVIEW_WORDS).order_by("asked_at", "pk"))
    said: dict[str, dict[UUID, Answers | None]] = {role: {} for role in Role}
    for row in rows:
        if said[row.side].get(row.person_id) is None:
            said[row.side][row.person_id] = _looked_back(row) if row.is_answered else None
    return {f"{role}_reviews": shown(said[role].values()) for role in Role}


def _looked_back(row: Review) -> Answers:
    again = {"again": row.again == "yes"}
    if row.side == Role.MENTOR:
        return again
    outcomes = {name: getattr(row, name) != Extent.NO for name in OUTCOMES}
    scores = {name: (getattr(row, name) or 0) >= HIGH for name in SCORES}
    return {**outcomes, **scores, "goals": row.goals in {GoalsReached.ALL, GoalsReached.MOST}, **again}


def _check_ins(rounds: list[Row]) -> dict[str, Figures]:
    """Who answered most of their check-ins, and what mentees said in the middle one."""
    found = {f"{role}_check_ins": _most(_answered(rounds, role)) for role in Role}
    of_pair: dict[UUID, list[Row]] = defaultdict(list)
    for row in rounds:
        if row["side"] == Role.MENTEE:
            of_pair[row["pairing"]].append(row)
    middles = (each[len(each) // 2] for each in of_pair.values() if len(each) >= WITH_A_MIDDLE)
    return {**found, "middle": shown(_once(middles))}


def _answered(rounds: Iterable[Row], role: Role) -> list[tuple[UUID, bool]]:
    return [(row["person"], row["state"] == CheckInState.ANSWERED) for row in rounds if row["side"] == role]


def _most(answered: Iterable[tuple[UUID, bool]]) -> Figures:
    """Which share of people answered more than half of what they were asked."""
    of: dict[UUID, list[bool]] = defaultdict(list)
    for person, whether in answered:
        of[person].append(whether)
    return shown({"most": 2 * sum(each) > len(each)} for each in of.values())


def _stock(ids: Collection[UUID]) -> dict[str, Figures]:
    rounds = StockRound.objects.filter(pairing__in=ids, state=StockState.PLANNED)
    opened = rounds.filter(Q(pairing__ended_at__isnull=True) | Q(opens_on__lte=F("pairing__ended_at__date")))
    sides = {f"{role}s": Count("answers", filter=Q(answers__side=role)) for role in Role}
    rows: list[Row] = list(opened.order_by().values("pk", "pairing__mentee", "pairing__mentor").annotate(**sides))
    return {f"{role}_stock": _most((row[f"pairing__{role}"], row[f"{role}s"] > 0) for row in rows) for role in Role}


def _pairs(pairings: Collection[Pairing], rounds: list[Row]) -> dict[str, Figures]:
    endings = [{"completed": pairing.state == PairingState.COMPLETED} for pairing in pairings]
    classes = [pairing.end_class for pairing in pairings if pairing.state == PairingState.ENDED_EARLY]
    of_pair: dict[UUID, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rounds:
        of_pair[row["pairing"]][row["side"]].append(row["state"])
    return {
        "endings": shown(endings, classes=[each for each in classes if each]),
        "meetings": _meetings([pairing for pairing in pairings if pairing.activated_at]),
        "heard_of": shown({"heard_of": _heard_of(sides.values())} for sides in of_pair.values()),
    }


def _heard_of(sides: Iterable[list[str]]) -> bool:
    """Whether either side answered one of its last two check-ins."""
    return any(CheckInState.ANSWERED in states[-IN_TURN:] for states in sides)


def _meetings(pairings: Collection[Pairing]) -> Figures:
    """Which share of pairs met about as often as their agreement says."""
    ids = [pairing.pk for pairing in pairings]
    held = dict(
        Meeting.objects.filter(pairing__in=ids, state=MeetingState.HELD)
        .order_by()
        .values_list("pairing")
        .annotate(Count("pk"))
    )
    signed = Agreement.objects.annotate(by=Count("signatures")).filter(pairing__in=ids, by=len(Role))
    a_month = dict(signed.order_by("version").values_list("pairing", "meetings_a_month"))
    resting = _resting(ids)
    return shown(
        {
            "as_agreed": held.get(pairing.pk, 0)
            >= AS_AGREED * a_month.get(pairing.pk, 1) * max(0, _days(pairing) - resting[pairing.pk]) / DAYS_A_MONTH
        }
        for pairing in pairings
    )


def _days(pairing: Pairing) -> float:
    """How long it lasted, without its closing."""
    until: datetime | None = pairing.closing_since or pairing.ended_at
    return (until - pairing.activated_at).days if until and pairing.activated_at else 0


def _resting(ids: Collection[UUID]) -> Mapping[UUID, int]:
    days: dict[UUID, int] = defaultdict(int)
    for pause in Pause.objects.filter(pairing__in=ids, resumed_at__isnull=False):
        if pause.resumed_at:
            days[pause.pairing_id] += (pause.resumed_at - pause.since).days
    return days
