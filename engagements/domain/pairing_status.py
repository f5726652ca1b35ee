"""Where a person's pairings stand: all that their pages and next steps are drawn from, in bounded queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery, prefetch_related_objects

from accounts.calendars import read_absences
from accounts.models import User
from cohorts.states import Role
from common.prepared import prepared
from common.queries import among
from common.transitions import Actor, allowed_verbs
from engagements.domain.sides import other_side, side_of
from engagements.models import (
    Agreement,
    CheckIn,
    Decision,
    Goal,
    LengthProposal,
    Meeting,
    Review,
    ScoreSharing,
    Signature,
    StockRound,
)
from engagements.states import ASKING, MEETING, PAIR_LASTS, CheckInState, ReviewState, SharingState
from matching.models import Pairing
from matching.states import OPEN_PAIRING_STATES, PAIRING_TRANSITIONS, PairingState

Row = TypeVar("Row", CheckIn, Meeting)
INTRODUCED, PAUSED = frozenset({PairingState.INTRODUCED}), frozenset({PairingState.PAUSED})


@dataclass(frozen=True, slots=True)
class PairingStatus:
    """One pairing as one of the two sees it. `chemistry` is their own answer, while it is introduced; the other's is
    never told.

    `signed` are the sides whose signature is under the version that stands; `due` is the check-in asked for now,
    `coming` the next one planned; `meetings` those proposed or agreed; `goal_to_take_up` the id of a goal that waits
    for the mentee, for whom alone it is given; `decision_to_view` of one that waits for the mentor's view, by
    `view_by`, and `decision_to_look_back_on` of one of which the mentee is asked what came, each for that side alone;
    `review_to_write` the id of my own, while it is asked for; `length_to_answer` a planned end proposed to me;
    `stock_to_take` of the round of taking stock that waits for me, open until `stock_until`;
    `shares_since` when I said that I share my scores, and `other_shares_since` when the other did, while they do.
    """

    pairing: Pairing
    side: Role
    me: User
    other: User
    chemistry: bool | None
    both_go_ahead: bool
    agreement: Agreement | None
    signed: frozenset[str]
    due: CheckIn | None
    coming: CheckIn | None
    goal_to_take_up: UUID | None
    decision_to_view: UUID | None
    view_by: date | None
    decision_to_look_back_on: UUID | None
    review_to_write: UUID | None
    length_to_answer: date | None
    meetings: tuple[Meeting, ...]
    stock_to_take: UUID | None
    stock_until: date | None
    shares_since: datetime | None
    other_shares_since: datetime | None

    @property
    def i_signed(self) -> bool:
        """Whether my signature is under the version that stands."""
        return self.side.value in self.signed

    @property
    def other_signed(self) -> bool:
        """Whether the other side's is."""
        return other_side(self.side).value in self.signed

    @property
    def scores_shared_since(self) -> datetime | None:
        """From when on both share their scores; None unless both do."""
        if self.shares_since is None or self.other_shares_since is None:
            return None
        return max(self.shares_since, self.other_shares_since)

    @property
    def verbs(self) -> list[str]:
        """What I may do with the pairing in its state."""
        return allowed_verbs(PAIRING_TRANSITIONS, self.pairing.state, Actor(self.side.value))


@prepared
def pairings_of(*, user: UUID, today: date) -> QuerySet[Pairing]:
    """The pairings `user` is one of the two in, newest first. Coordinating a cohort opens none."""
    return _read_by(user, today)


@prepared
def open_pairings_of(*, user: UUID, today: date) -> QuerySet[Pairing]:
    """Those of them that are open."""
    return _read_by(user, today).filter(state__in=OPEN_PAIRING_STATES)


@prepared
def pairing_of(*, user: UUID, today: date, pk: UUID) -> QuerySet[Pairing]:
    """That one, if `user` is one of the two in it."""
    return _read_by(user, today).filter(pk=pk)


def _read_by(user: UUID, today: date) -> QuerySet[Pairing]:
    """With all that a page says of it, and the ids of what waits in it for one of the two."""
    found: QuerySet[Pairing] = Pairing.objects.as_participant(User(pk=user))

    def first(waiting: QuerySet[Any], column: str = "pk") -> Subquery:
        return Subquery(waiting.filter(pairing=OuterRef("pk")).values(column)[:1])

    sharing = ScoreSharing.objects.filter(state=SharingState.ON)
    asked, stock = Decision.objects.waiting_for_view(), StockRound.objects.to_take(User(pk=user), today)
    rows: QuerySet[Pairing] = found.annotate(
        goal_to_take_up=first(Goal.objects.to_take_up()),
        decision_to_view=first(asked),
        view_by=first(asked, "decide_by"),
        decision_to_look_back_on=first(Decision.objects.to_look_back_on(today)),
        length_to_answer=first(LengthProposal.objects.waiting_for(User(pk=user)), "planned_end"),
        review_to_write=first(Review.objects.filter(person=user, state=ReviewState.ASKED)),
        stock_to_take=first(stock),
        stock_until=first(stock, "closes_on"),
        shares_since=first(sharing.filter(person=user), "at"),
        other_shares_since=first(sharing.exclude(person=user), "at"),
    )
    return rows.select_related("cohort", "key", "mentee__profile", "mentor__profile")


@prepared
def _agreements(*, pairings: Collection[UUID]) -> QuerySet[Agreement]:
    """The version that stands in each, with the sides that have signed it."""
    newest = Agreement.objects.filter(pairing__in=among(pairings)).order_by("pairing_id", "-version")
    signed = Signature.objects.filter(agreement=OuterRef("pk")).values("side")
    return newest.distinct("pairing_id").annotate(signed=ArraySubquery(signed))


@prepared
def _scheduled(*, pairings: Collection[UUID], person: UUID) -> QuerySet[CheckIn]:
    """The check-ins that `person` is still to answer, the next one first."""
    return CheckIn.objects.filter(pairing__in=among(pairings), person=person, state=CheckInState.SCHEDULED)


@prepared
def _meetings(*, pairings: Collection[UUID]) -> QuerySet[Meeting]:
    """Those proposed or agreed, the next one first."""
    return Meeting.objects.open().filter(pairing__in=among(pairings))


def statuses(found: list[Pairing], *, user: User, now: datetime) -> list[PairingStatus]:
    """How each of these pairings of `user` stands for them, in a fixed number of queries: what a state has not, it is
    not asked for.
    """
    prefetch_related_objects(_in(found, INTRODUCED), "chemistry_answers")
    prefetch_related_objects(_in(found, PAUSED), "pauses")
    pairings = {pairing.pk: pairing for pairing in found}
    agreements = {row.pairing_id: row for row in _agreements(pairings=pairings)} if found else {}
    for agreement in agreements.values():
        agreement.pairing = pairings[agreement.pairing_id]
    asking, meeting = ([pairing.pk for pairing in _in(found, states)] for states in (ASKING, MEETING))
    scheduled = _by_pairing(_scheduled(pairings=asking, person=user.pk) if asking else [], pairings)
    for row in chain.from_iterable(scheduled.values()):
        row.person = user
    if any(row.is_open(now) for row in chain.from_iterable(scheduled.values())):
        read_absences(user)  # whether it is overdue depends on days away
    meetings = _by_pairing(_meetings(pairings=meeting) if meeting else [], pairings)
    return [
        _status(pairing, agreements.get(pairing.pk), scheduled[pairing.pk], tuple(meetings[pairing.pk]), user, now)
        for pairing in found
    ]


def meetings_of(pairing: Pairing) -> list[Meeting]:
    """All of them, in order, each with the assistant who handled it."""
    return _by_pairing(_all_meetings(pairing=pairing.pk), {pairing.pk: pairing})[pairing.pk]


@prepared
def _all_meetings(*, pairing: UUID) -> QuerySet[Meeting]:
    return Meeting.objects.filter(pairing=pairing).select_related("handled__person", "handled__leader")


def _by_pairing(rows: list[Row], pairings: Mapping[UUID, Pairing]) -> dict[UUID, list[Row]]:
    """The rows of each pairing, which they know without asking for it."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        row.pairing = pairings[row.pairing_id]
        found[row.pairing_id].append(row)
    return found


def _in(pairings: list[Pairing], states: Collection[str]) -> list[Pairing]:
    return [pairing for pairing in pairings if pairing.state in states]


def _waits(pairing: Pairing, name: str, is_its_side: bool) -> Any:
    """What was read of it that waits, for the side that it waits for."""
    return getattr(pairing, name) if is_its_side else None


def _status(
    pairing: Pairing,
    agreement: Agreement | None,
    scheduled: list[CheckIn],
    meetings: tuple[Meeting, ...],
    user: User,
    now: datetime,
) -> PairingStatus:
    side = side_of(pairing, user)
    introduced = pairing.state in INTRODUCED
    answers = {answer.side: answer.go_ahead for answer in pairing.chemistry_answers.all()} if introduced else {}
    return PairingStatus(
        pairing=pairing,
        side=side,
        me=user,
        other=pairing.mentor if side == Role.MENTEE else pairing.mentee,
        chemistry=answers.get(side.value),
        both_go_ahead=all(answers.get(role.value) for role in Role),
        agreement=agreement,
        signed=frozenset(agreement.signed) if agreement else frozenset(),  # type: ignore[attr-defined]  # annotated
        due=next((row for row in reversed(scheduled) if row.due_at <= now), None),
        coming=next((row for row in scheduled if row.due_at > now), None),
        goal_to_take_up=_waits(pairing, "goal_to_take_up", side == Role.MENTEE),
        decision_to_view=_waits(pairing, "decision_to_view", side == Role.MENTOR),
        view_by=_waits(pairing, "view_by", side == Role.MENTOR),
        decision_to_look_back_on=_waits(pairing, "decision_to_look_back_on", side == Role.MENTEE),
        length_to_answer=_waits(pairing, "length_to_answer", pairing.state in PAIR_LASTS),
        review_to_write=_waits(pairing, "review_to_write", pairing.state == PairingState.CLOSING),
        meetings=meetings,
        stock_to_take=getattr(pairing, "stock_to_take", None),
        stock_until=getattr(pairing, "stock_until", None),
        shares_since=getattr(pairing, "shares_since", None),
        other_shares_since=getattr(pairing, "other_shares_since", None),
    )
