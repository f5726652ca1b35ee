"""Where a person's pairings stand: all that their pages and next steps are drawn from, in bounded queries."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from cohorts.states import Role
from common.transitions import Actor, allowed_verbs
from engagements.domain.sides import other_side, side_of
from engagements.models import Agreement, CheckIn
from engagements.states import ASKING, CheckInState
from matching.models import Pairing
from matching.states import PAIRING_TRANSITIONS


@dataclass(frozen=True, slots=True)
class PairingStatus:
    """One pairing as one of the two sees it. `chemistry` is their own answer; the other's is never told.

    `due` is the check-in asked for now, `coming` the next one planned.
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
    """How each of `pairings` (of `mine()`) stands for `user`, in a fixed number of queries."""
    found = pairings.select_related("cohort", "key", "mentee__profile", "mentor__profile").prefetch_related(
        "chemistry_answers",
        Prefetch("agreements", Agreement.objects.prefetch_related("signatures")),
        Prefetch(
            "check_ins",
            CheckIn.objects.filter(person=user, state=CheckInState.SCHEDULED).of_people(),
            to_attr="my_scheduled",
        ),
    )
    return [_status(pairing, user, now) for pairing in found]


def _status(pairing: Pairing, user: User, now: datetime) -> PairingStatus:
    side = side_of(pairing, user)
    answers: dict[str, bool] = {answer.side: answer.go_ahead for answer in pairing.chemistry_answers.all()}
    asking = pairing.state in ASKING
    scheduled: list[CheckIn] = getattr(pairing, "my_scheduled")  # noqa: B009 - prefetched under a name mypy cannot know
    return PairingStatus(
        pairing=pairing,
        side=side,
        me=user,
        other=pairing.mentor if side == Role.MENTEE else pairing.mentee,
        chemistry=answers.get(side.value),
        both_go_ahead=all(answers.get(role.value) for role in Role),
        agreement=next(iter(pairing.agreements.all()), None),
        due=next((row for row in reversed(scheduled) if asking and row.due_at <= now), None),
        coming=next((row for row in scheduled if row.due_at > now), None),
    )
