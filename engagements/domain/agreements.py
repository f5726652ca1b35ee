"""The agreement: written by either side, signed by both under the same version; then the pairing begins."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.calendars import calendar_of, local_day
from accounts.models import User
from cohorts.states import Role
from common.errors import Refused, WrongState
from common.models import Event
from common.transactions import atomically
from engagements.cadence import Cadence, Unit
from engagements.domain.sides import other_side, people, side_of
from engagements.letters import NotNeeded
from engagements.models import Agreement, Signature
from matching.domain import locks, pairings
from matching.domain.parties import part_of
from matching.models import ChemistryAnswer, Pairing
from matching.states import PairingState
from outbox.domain import post as outbox

WAITING = "agreement_waiting"
LATEST_AFTER_COHORT = timedelta(days=366)


def may_be_written(pairing: Pairing) -> bool:
    """Whether it is time: introduced, and both said after the first conversation to go ahead."""
    if pairing.state != PairingState.INTRODUCED:
        return False
    return ChemistryAnswer.objects.filter(pairing=pairing, go_ahead=True).count() == len(Role)


def latest(pairing: Pairing) -> Agreement | None:
    """The version that stands."""
    return Agreement.objects.filter(pairing=pairing).prefetch_related("signatures").first()


@atomically
def propose(
    *,
    pairing: Pairing,
    user: User,
    meetings_a_month: int,
    cadence: Cadence,
    planned_end: date,
    amendments: str = "",
    based_on: int | None = None,
    now: datetime,
) -> Agreement:
    """Write a new version and sign it for its writer; the other side is told that it waits.

    `based_on` is the version the writer had before them (0 for none; None to skip the check). Raises
    `WrongState` when it is not the time for an agreement, `Refused` for a newer version or an impossible end.
    """
    locked = locks.pairing(pairing.pk)
    actor = part_of(locked, user)
    before = _before(locked, user, based_on)
    _check_end(planned_end, cadence, locked, user, now)
    agreement = Agreement(
        pairing=locked,
        version=before + 1,
        meetings_a_month=meetings_a_month,
        planned_end=planned_end,
        written_by=user,
        written_at=now,
    )
    agreement.cadence = cadence
    agreement.write("amendments", amendments.strip())
    agreement.save()
    outbox.cancel(subject_id=locked.pk, kinds=["chemistry_agreed"], reason=NotNeeded.AGREEMENT_WRITTEN)
    Event.record(
        verb="write_agreement",
        subject=locked,
        actor=actor,
        now=now,
        user=user,
    )
    return sign(agreement=agreement, user=user, now=now)


NEWER_BY_OTHER = _(
    "The other side has written a new version meanwhile. Yours was not sent: compare the two, then send it again."
)
NEWER_BY_ONESELF = _(
    "You have sent another version meanwhile, from another page. This one was not sent: compare the two, then send it "
    "again if it is to take its place."
)


def _before(pairing: Pairing, user: User, based_on: int | None) -> int:
    if not may_be_written(pairing):
        raise WrongState
    status = latest(pairing)
    version = status.version if status else 0
    if based_on is not None and based_on != version:
        by_oneself = status is not None and status.written_by_id == user.pk
        raise Refused(NEWER_BY_ONESELF if by_oneself else NEWER_BY_OTHER, code="newer_version")
    return version


def check_lies_ahead(planned_end: date, today: date) -> None:
    """Nothing ends before it begins. Raises `Refused`."""
    if planned_end <= today:
        raise Refused(_("The planned end must lie ahead."), field="planned_end", code="past")


def check_not_too_late(planned_end: date, pairing: Pairing) -> None:
    """Raises `Refused` for an end that lies too far beyond the cohort's."""
    if planned_end > pairing.cohort.ends_on + LATEST_AFTER_COHORT:
        raise Refused(
            _("The end may lie at most a year after the end of the cohort."), field="planned_end", code="too_late"
        )


def _check_end(planned_end: date, cadence: Cadence, pairing: Pairing, user: User, now: datetime) -> None:
    today = local_day(now, calendar_of(user))
    check_lies_ahead(planned_end, today)
    check_not_too_late(planned_end, pairing)
    if cadence.unit != Unit.MEETING and not cadence.days(today, planned_end):
        raise Refused(_("Leave time for at least one check-in before the end."), field="planned_end", code="too_soon")


@atomically
def sign(*, agreement: Agreement, user: User, now: datetime) -> Agreement:
    """Sign the version that stands. The second signature under it makes the pairing active.

    Signing twice changes nothing. Raises `Refused` when a newer version was written, `WrongState` when the
    pairing has moved on.
    """
    pairing = locks.pairing(agreement.pairing_id)
    actor, side = part_of(pairing, user), side_of(pairing, user)
    status = latest(pairing)
    if status is None or status.pk != agreement.pk:
        raise Refused(
            _("A newer version was written meanwhile. Please read that one before you sign."),
            code="newer_version",
        )
    if side in status.signed_sides():
        return status
    if not may_be_written(pairing):
        raise WrongState
    Signature.objects.create(agreement=status, side=side, signed_at=now)
    Event.record(
        verb="sign_agreement",
        subject=pairing,
        actor=actor,
        now=now,
        user=user,
    )
    _after_signature(status, pairing, side, now)
    return Agreement.objects.get(pk=agreement.pk)


def _after_signature(agreement: Agreement, pairing: Pairing, side: Role, now: datetime) -> None:
    signed = set(Signature.objects.filter(agreement=agreement).values_list("side", flat=True))
    if signed == {role.value for role in Role}:
        outbox.cancel(subject_id=agreement.pk, kinds=[WAITING], reason=NotNeeded.AGREEMENT_SIGNED_BY_BOTH)
        pairings.activate(pairing=pairing, planned_end=agreement.planned_end, now=now)
        return
    waiting_for = dict(people(pairing))[other_side(side)]
    for earlier in Agreement.objects.filter(pairing=pairing).exclude(pk=agreement.pk):
        outbox.cancel(subject_id=earlier.pk, kinds=[WAITING], reason=NotNeeded.AGREEMENT_REPLACED)
    outbox.post(kind=WAITING, subject=agreement, person=waiting_for, due_at=now)
