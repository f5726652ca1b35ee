"""Another length of a running pairing: proposed by either side, or to both when the cohort's end was moved.

Once both agree, a new version of the agreement says it, signed by both, and check-ins are planned anew.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.calendars import calendar_with_absences, morning, today_of
from accounts.models import User
from cohorts.models import Cohort
from cohorts.states import Role
from common.dates import day_of, day_with_year
from common.errors import Refused, WrongState
from common.models import Event
from common.sweeps import for_each
from common.transactions import atomically
from common.transitions import Actor, next_state
from engagements.domain.agreements import check_lies_ahead, check_not_too_late, latest
from engagements.domain.sides import people, side_of
from engagements.letters import NotNeeded
from engagements.models import Agreement, LengthProposal, Signature
from engagements.states import LENGTH_TRANSITIONS, PAIR_LASTS, LengthProposalState
from matching.domain import locks
from matching.domain.parties import part_of
from matching.models import Pairing
from matching.models.pairings import PairingQuerySet
from matching.signals import pairing_changed
from outbox.domain import post as outbox

PROPOSED, ANSWERED, NEAR_END = "length_proposed", "length_answered", "pairing_end_near"
BEFORE_THE_END = timedelta(days=14)


@atomically
def propose(*, pairing: Pairing, user: User, planned_end: date, now: datetime) -> LengthProposal:
    """Propose another planned end to the other side, in the place of one that waits.

    Raises `NotPermitted`, `WrongState` unless the pairing lasts, and `Refused` for a day that is over, too late, or the
    one that is planned.
    """
    locked = locks.pairing(pairing.pk)
    actor = part_of(locked, user)
    if locked.state not in PAIR_LASTS:
        raise WrongState
    _check_day(locked, planned_end, now)
    _lapse_open(locked, Actor.SYSTEM, now)
    made = LengthProposal(pairing=locked, planned_end=planned_end, proposed_by=user, proposed_at=now)
    setattr(made, f"{actor.value}_agreed_at", now)
    made.save()
    _record("propose", made, actor, user, now)
    _ask(made, now)
    return made


@atomically
def agree(*, proposal: LengthProposal, user: User, now: datetime) -> LengthProposal:
    """Agree to it. With the word of both the pairing is planned until then, by a new version of the agreement.

    Raises `NotPermitted`, `WrongState` when it is settled or the pairing no longer lasts, `Refused` once its day has
    come.
    """
    row, actor = _locked(proposal, user)
    side = side_of(row.pairing, user)
    if side in row.agreed_sides():
        return row
    check_lies_ahead(row.planned_end, _today_of_both(row.pairing, now))
    setattr(row, f"{side.value}_agreed_at", now)
    both = len(row.agreed_sides()) == len(Role)
    verb = "agree" if both else "approve"
    _settle(row, verb, actor, user, now)
    if both:
        outbox.cancel(subject_id=row.pk, kinds=[PROPOSED], reason=NotNeeded.LENGTH_SETTLED)
        _write_version(row, now)
        _plan_until(row, now)
        _tell_other(row, user, now)
    return row


@atomically
def decline(*, proposal: LengthProposal, user: User, now: datetime) -> LengthProposal:
    """Leave the planned end where it is; one's own proposal is taken back. Raises `NotPermitted`, `WrongState`."""
    row, actor = _locked(proposal, user)
    own = row.proposed_by_id == user.pk
    _settle(row, "withdraw" if own else "decline", actor, user, now)
    outbox.cancel(subject_id=row.pk, kinds=[PROPOSED], reason=NotNeeded.LENGTH_SETTLED)
    if not own:
        _tell_other(row, user, now)
    return row


def lapse_open(*, pairing: Pairing, now: datetime) -> None:
    """The pairing no longer lasts: what was proposed is over."""
    _lapse_open(pairing, Actor.SYSTEM, now)


def sweep(*, now: datetime) -> int:
    """Let lapse what nobody has agreed to when its day has come. How many."""
    over = LengthProposal.objects.filter(state=LengthProposalState.OPEN, planned_end__lte=day_of(now))
    return for_each(over.values_list("pairing_id", flat=True), lambda pairing_id: _lapse_of(pairing_id, now))


@atomically
def ask_pairs(*, cohort: Cohort, before: date, now: datetime) -> None:
    """The cohort's end was moved: both of each pair that was planned until it are asked, and nobody is moved."""
    for pairing_id in _asked(cohort, before).order_by("pk").values_list("pk", flat=True):
        pairing = locks.pairing(pairing_id)
        _lapse_open(pairing, Actor.SYSTEM, now)
        if pairing.planned_end == cohort.ends_on or cohort.ends_on <= _today_of_both(pairing, now):
            continue
        made = LengthProposal.objects.create(pairing=pairing, planned_end=cohort.ends_on, proposed_at=now)
        _record("propose", made, Actor.SYSTEM, None, now)
        _ask(made, now)


def foresee_end(*, cohort: Cohort, ends_on: date) -> Iterator[str]:
    """What moving the cohort's end would ask of pairs that have begun."""
    if number := _asked(cohort, cohort.ends_on).count():
        yield ngettext(
            "%(number)s pairing that has begun was planned until the former last day: both people are asked by e-mail "
            "whether to go on until %(day)s instead, and nothing moves unless both agree.",
            "%(number)s pairings that have begun were planned until the former last day: both people of each are asked "
            "by e-mail whether to go on until %(day)s instead, and nothing moves unless both agree.",
            number,
        ) % {"number": number, "day": day_with_year(ends_on)}


def remind_of_end(*, pairing: Pairing, now: datetime) -> None:
    """Both are told two weeks before the planned end, wherever it lies now."""
    day, occasion = pairing.planned_end - BEFORE_THE_END, str(pairing.planned_end)
    for _side, person in people(pairing):
        due_at = morning(day, calendar_with_absences(person))
        if due_at > now:
            outbox.post(kind=NEAR_END, subject=pairing, person=person, due_at=due_at, occasion=occasion)


def _asked(cohort: Cohort, before: date) -> PairingQuerySet:
    """Those planned until that day, and those that the last move has asked already."""
    asked = LengthProposal.objects.filter(state=LengthProposalState.OPEN, proposed_by=None)
    lasting = Pairing.objects.filter(cohort=cohort, state__in=PAIR_LASTS)
    rows: PairingQuerySet = lasting.filter(Q(planned_end=before) | Q(pk__in=asked.values("pairing")))
    return rows


@atomically
def _lapse_of(pairing_id: UUID, now: datetime) -> None:
    _lapse_open(locks.pairing(pairing_id), Actor.CLOCK, now)


def _lapse_open(pairing: Pairing, actor: Actor, now: datetime) -> None:
    for row in LengthProposal.objects.filter(pairing=pairing, state=LengthProposalState.OPEN):
        row.pairing = pairing
        _settle(row, "lapse", actor, None, now)
        outbox.cancel(subject_id=row.pk, kinds=[PROPOSED], reason=NotNeeded.LENGTH_SETTLED)


def _locked(proposal: LengthProposal, user: User) -> tuple[LengthProposal, Actor]:
    pairing = locks.pairing(proposal.pairing_id)
    actor = part_of(pairing, user)
    row = LengthProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    row.pairing = pairing
    if pairing.state not in PAIR_LASTS:
        raise WrongState
    return row, actor


def _settle(row: LengthProposal, verb: str, actor: Actor, user: User | None, now: datetime) -> None:
    """Bring it to the verb's state, with its line of history."""
    row.state = next_state(LENGTH_TRANSITIONS, verb, row.state, actor)
    row.settled_at = None if row.is_open else now
    row.save()
    _record(verb, row, actor, user, now)


def _today_of_both(pairing: Pairing, now: datetime) -> date:
    """The later one: what lies ahead of it lies ahead for both, wherever they are."""
    return max(today_of(pairing.mentee, now), today_of(pairing.mentor, now))


def _check_day(pairing: Pairing, planned_end: date, now: datetime) -> None:
    check_lies_ahead(planned_end, _today_of_both(pairing, now))
    if planned_end == pairing.planned_end:
        raise Refused(_("Your pairing is planned until this day already."), field="planned_end", code="same")
    check_not_too_late(planned_end, pairing)


def _write_version(row: LengthProposal, now: datetime) -> None:
    """The agreement as it stands, until the other day; its words are read in the version that it continues."""
    pairing, before = row.pairing, latest(row.pairing)
    if before is None:
        raise WrongState
    first = Role.MENTEE if row.proposed_by_id == pairing.mentee_id or row.proposed_by_id is None else Role.MENTOR
    version = Agreement(
        pairing=pairing,
        version=before.version + 1,
        meetings_a_month=before.meetings_a_month,
        planned_end=row.planned_end,
        written_by=dict(people(pairing))[first],
        written_at=row.proposed_at,
        continues=before.continues or before,
    )
    version.cadence = before.cadence
    version.save()
    for role in Role:
        at = getattr(row, f"{role.value}_agreed_at")
        Signature.objects.create(agreement=version, side=role, signed_at=at)


def _plan_until(row: LengthProposal, now: datetime) -> None:
    """The pairing ends then; check-ins and e-mails follow."""
    pairing = row.pairing
    pairing.planned_end = row.planned_end
    pairing.save(update_fields=["planned_end"])
    pairing_changed.send(sender=Pairing, pairing=pairing, verb="move_end", now=now)


def _ask(row: LengthProposal, now: datetime) -> None:
    for side, person in people(row.pairing):
        if side not in row.agreed_sides():
            outbox.post(kind=PROPOSED, subject=row, person=person, due_at=now)


def _tell_other(row: LengthProposal, user: User, now: datetime) -> None:
    for _side, person in people(row.pairing):
        if person.pk != user.pk:
            outbox.post(kind=ANSWERED, subject=row, person=person, due_at=now)


def _record(verb: str, row: LengthProposal, actor: Actor, user: User | None, now: datetime) -> None:
    Event.record(verb=verb, subject=row, actor=actor, now=now, user=user)
