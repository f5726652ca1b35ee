"""Silence: rounds that were missed, and pairs of which nobody hears. Coordinators are told dates, never words."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db import transaction

from accounts.calendars import calendar_with_absences, coming_morning
from accounts.models import User
from cohorts.states import Role
from common.models import Event
from common.sweeps import for_each
from common.transitions import Actor, next_state
from engagements.domain import check_in_planning
from engagements.letters import NotNeeded
from engagements.models import CheckIn
from engagements.reminder_times import SILENT_AFTER, silent_at
from engagements.states import ASKING, CHECK_IN_TRANSITIONS, CheckInState
from matching.domain import locks
from matching.domain.alerts import alert, settle_automatically
from matching.models import Alert, Pairing
from matching.models.alerts import AlertKind
from outbox.domain import post as outbox

LOOK_AHEAD = timedelta(days=3)
IN_A_ROW = 2


def sweep(*, now: datetime) -> int:
    """Mark what the next round has overtaken as missed, tell coordinators of silence and of its end, follow movers.

    Gives the number of pairings in which somebody missed a round.
    """
    for_each(_astray(now), partial(_follow, now=now))
    overtaken = CheckIn.objects.overtaken(now).values_list("pairing_id", flat=True).order_by().distinct()
    missed = for_each(overtaken, partial(_miss, now=now))
    for_each(_gone_quiet(now), partial(_alert_if_quiet, now=now))
    told = Alert.objects.open().filter(kind=AlertKind.CHECK_INS_MISSED)
    for_each(told.values_list("subject_id", flat=True), partial(_settle_if_heard, now=now))
    return missed


def _astray(now: datetime) -> set[UUID]:
    """People whose coming check-in is not where it belongs: they were moved by somebody who did not say so."""
    coming = CheckIn.objects.ahead(now).filter(due_at__lte=now + LOOK_AHEAD).of_people()
    return {
        row.person_id
        for row in coming
        if coming_morning(row.day, calendar_with_absences(row.person), now) != row.due_at
    }


def _follow(person_id: UUID, now: datetime) -> None:
    check_in_planning.follow(person=User.objects.get(pk=person_id), now=now)


def _miss(pairing_id: UUID, now: datetime) -> None:
    with transaction.atomic():
        pairing = locks.pairing(pairing_id)
        missed = list(CheckIn.objects.overtaken(now).filter(pairing=pairing))
        for check_in in missed:
            check_in.pairing = pairing
            check_in.state = next_state(CHECK_IN_TRANSITIONS, "miss", check_in.state, Actor.CLOCK)
            check_in.save(update_fields=["state"])
            Event.record(verb="miss", subject=check_in, actor=Actor.CLOCK, now=now)
            outbox.cancel(subject_id=check_in.pk, reason=NotNeeded.CHECK_IN_OVERTAKEN)
        sides = sorted({check_in.side for check_in in missed})
        if silent := [check_in for side in sides for check_in in _in_a_row(pairing, side)]:
            _tell(pairing, silent, now)


def _in_a_row(pairing: Pairing, side: str) -> list[CheckIn]:
    """The last two rounds of a side that has let both go by; of any other, none."""
    over = pairing.check_ins.filter(side=side, state__in=(CheckInState.ANSWERED, CheckInState.MISSED))
    lately = list(over.order_by("-round")[:IN_A_ROW])
    missed = len(lately) == IN_A_ROW and all(check_in.state == CheckInState.MISSED for check_in in lately)
    return lately if missed else []


def _gone_quiet(now: datetime) -> list[UUID]:
    """Pairings in which neither side has answered the round they are in, a week after the last reminder."""
    asked = CheckIn.objects.filter(
        state=CheckInState.SCHEDULED,
        due_at__lte=now - (SILENT_AFTER - 1) * timedelta(days=1),
        pairing__state__in=ASKING,
    )
    rows = asked.of_people().order_by("pairing_id", "side", "round")
    found = []
    for pairing_id, of_pairing in groupby(rows, key=attrgetter("pairing_id")):
        silent = {row.side for row in of_pairing if _is_quiet(row, now)}
        if silent == {role.value for role in Role}:
            found.append(pairing_id)
    return found


def _is_quiet(check_in: CheckIn, now: datetime) -> bool:
    calendar = calendar_with_absences(check_in.person)
    return silent_at(check_in.asked_on(calendar), calendar) <= now


def _alert_if_quiet(pairing_id: UUID, now: datetime) -> None:
    with transaction.atomic():
        pairing = locks.pairing(pairing_id)
        if silent := _both_quiet(pairing, now):
            _tell(pairing, silent, now)


def _both_quiet(pairing: Pairing, now: datetime) -> list[CheckIn]:
    """The rounds on which neither side has been heard; none if one of them has."""
    silent = [row for row in pairing.check_ins.waiting(now).of_people() if _is_quiet(row, now)]
    return silent if {row.side for row in silent} == {role.value for role in Role} else []


def _settle_if_heard(pairing_id: UUID, now: datetime) -> None:
    """Somebody has answered since, and nobody is silent any more."""
    with transaction.atomic():
        pairing = locks.pairing(pairing_id)
        since = Alert.objects.open().filter(kind=AlertKind.CHECK_INS_MISSED, subject_id=pairing_id).values("raised_at")
        heard = pairing.check_ins.filter(answered_at__gte=since[:1]).exists()
        if heard and not any(_in_a_row(pairing, role.value) for role in Role) and not _both_quiet(pairing, now):
            settle_automatically(kind=AlertKind.CHECK_INS_MISSED, subject_ids=[pairing_id], now=now)


def _tell(pairing: Pairing, silent: Iterable[CheckIn], now: datetime) -> None:
    """Alert the coordinators with whose and when, once: what they have settled is not raised for the same rounds."""
    rows = sorted(silent, key=lambda row: (row.side, row.due_at))
    told = Alert.objects.filter(kind=AlertKind.CHECK_INS_MISSED, subject_id=pairing.pk)
    if told.filter(settled_at__isnull=False, raised_at__gte=max(row.due_at for row in rows)).exists():
        return
    alert(
        kind=AlertKind.CHECK_INS_MISSED,
        subject=pairing,
        facts={**_unanswered(rows), "last_answer": _last_answer(pairing)},
        now=now,
    )


def _unanswered(rows: Iterable[CheckIn]) -> dict[str, list[str]]:
    """The days each silent side was asked on."""
    return {
        side: [row.asked_on(calendar_with_absences(row.person)).isoformat() for row in of_side]
        for side, of_side in groupby(rows, key=attrgetter("side"))
    }


def _last_answer(pairing: Pairing) -> str | None:
    """The day of the last answer of either; None while there is none."""
    answered = pairing.check_ins.filter(state=CheckInState.ANSWERED).order_by("-answered_at")
    last = answered.values_list("answered_at", flat=True).first()
    return last.date().isoformat() if last else None
