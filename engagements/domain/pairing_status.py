"""Where a person's pairings stand: all that their pages and next steps are drawn from, in bounded queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects

from accounts.calendars import today_of
from accounts.models import User
from cohorts.states import Role
from common.transitions import Actor, allowed_verbs
from engagements.domain.sides import other_side, side_of
from engagements.models import Agreement, CheckIn, Decision, Goal, Meeting
from engagements.states import ASKING, MEETING, CheckInState
from matching.models import Pairing
from matching.states import PAIRING_TRANSITIONS, PairingState

INTRODUCED, PAUSED = frozenset({PairingState.INTRODUCED}), frozenset({PairingState.PAUSED})


@dataclass(frozen=True, slots=True)
class PairingStatus:
    """One pairing as one of the two sees it. `chemistry` is their own answer, while it is introduced; the other's is
    never told.

    `due` is the check-in asked for now, `coming` the next one planned; `meetings` those proposed
    or agreed; `goal_to_take_up` the id of a goal that waits
    for the mentee, for whom alone it is given; `decision_to_view` of one that waits for the mentor's view, by
    `view_by`, and `decision_to_look_back_on` of one of which the mentee is asked what came, each for that side alone.
    """

    pairing: Pairing
    side: Role
    me: User
    other: User
    chemistry: bool | None
    both_go_ahead: bool
    agreement: Agreement | None
    due: CheckIn | None
    coming: CheckIn | None
    goal_to_take_up: UUID | None
    decision_to_view: UUID | None
    view_by: date | None
    decision_to_look_back_on: UUID | None
    meetings: tuple[Meeting, ...]

    @property
    def i_signed(self) -> bool:
        """Whether my signature is under the version that stands."""
        return self.agreement is not None and self.side.value in self.agreement.signed_sides()

    @property
    def other_signed(self) -> bool:
        """Whether the other side's is."""
        return self.agreement is not None and other_side(self.side).value in self.agreement.signed_sides()

    @property
    def verbs(self) -> list[str]:
        """What I may do with the pairing in its state."""
        return allowed_verbs(PAIRING_TRANSITIONS, self.pairing.state, Actor(self.side.value))


def mine(user: User) -> QuerySet[Pairing]:
    """The pairings `user` is one of the two in, newest first. Coordinating a cohort opens none."""
    found: QuerySet[Pairing] = Pairing.objects.as_participant(user)
    return found


def statuses(pairings: QuerySet[Pairing], *, user: User, now: datetime) -> list[PairingStatus]:
    """How each of `pairings` (of `mine()`) stands for `user`, in a fixed number of queries: what a state has not, it
    is not asked for.
    """
    rows: Iterable[Pairing] = _with_what_waits(pairings, today_of(user, now)).select_related(
        "cohort", "key", "mentee__profile", "mentor__profile"
    )
    found = list(rows)
    prefetch_related_objects(_in(found, INTRODUCED), "chemistry_answers")
    prefetch_related_objects(_in(found, PAUSED), "pauses")
    prefetch_related_objects(found, Prefetch("agreements", Agreement.objects.prefetch_related("signatures")))
    check_ins = CheckIn.objects.visible_to(user).filter(state=CheckInState.SCHEDULED)
    prefetch_related_objects(_in(found, ASKING), Prefetch("check_ins", check_ins, to_attr="my_scheduled"))
    prefetch_related_objects(_in(found, MEETING), Prefetch("meetings", Meeting.objects.open(), to_attr="open_meetings"))
    if any(row.is_open(now) for pairing in found for row in _scheduled(pairing)):
        prefetch_related_objects([user], "leaves", "quiet_periods")  # whether it is overdue depends on days away
    return [_status(pairing, user, now) for pairing in found]


def _with_what_waits(pairings: QuerySet[Pairing], today: date) -> QuerySet[Any]:
    def first(waiting: QuerySet[Any], column: str = "pk") -> Subquery:
        return Subquery(waiting.filter(pairing=OuterRef("pk")).values(column)[:1])

    asked = Decision.objects.waiting_for_view()
    return pairings.annotate(
        goal_to_take_up=first(Goal.objects.to_take_up()),
        decision_to_view=first(asked),
        view_by=first(asked, "decide_by"),
        decision_to_look_back_on=first(Decision.objects.to_look_back_on(today)),
    )


def _in(pairings: list[Pairing], states: Collection[str]) -> list[Pairing]:
    return [pairing for pairing in pairings if pairing.state in states]


def _scheduled(pairing: Pairing) -> list[CheckIn]:
    """The check-ins that I am still to answer; none while none is asked for."""
    return getattr(pairing, "my_scheduled", [])


def _waits(pairing: Pairing, name: str, is_its_side: bool) -> Any:
    """What `_with_what_waits` found, for the side that it waits for."""
    return getattr(pairing, name) if is_its_side else None


def _status(pairing: Pairing, user: User, now: datetime) -> PairingStatus:
    side = side_of(pairing, user)
    introduced = pairing.state in INTRODUCED
    answers = {answer.side: answer.go_ahead for answer in pairing.chemistry_answers.all()} if introduced else {}
    scheduled = _scheduled(pairing)
    for check_in in scheduled:
        check_in.person = user
    return PairingStatus(
        pairing=pairing,
        side=side,
        me=user,
        other=pairing.mentor if side == Role.MENTEE else pairing.mentee,
        chemistry=answers.get(side.value),
        both_go_ahead=all(answers.get(role.value) for role in Role),
        agreement=next(iter(pairing.agreements.all()), None),
        due=next((row for row in reversed(scheduled) if row.due_at <= now), None),
        coming=next((row for row in scheduled if row.due_at > now), None),
        goal_to_take_up=_waits(pairing, "goal_to_take_up", side == Role.MENTEE),
        decision_to_view=_waits(pairing, "decision_to_view", side == Role.MENTOR),
        view_by=_waits(pairing, "view_by", side == Role.MENTOR),
        decision_to_look_back_on=_waits(pairing, "decision_to_look_back_on", side == Role.MENTEE),
        meetings=tuple(getattr(pairing, "open_meetings", ())),
    )
