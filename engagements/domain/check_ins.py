"""Check-ins: planned when a pairing becomes active, answered by each side, missed when the next is due."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.models import Event
from common.steps import Actor, NotYours, Refused, WrongState, next_state
from engagements.cadence import Cadence
from engagements.domain.sides import people
from engagements.models import Agreement, CheckIn
from engagements.rhythm import local_day, morning, whereabouts
from engagements.rules import may_read_line
from engagements.states import CHECK_IN_STEPS, CheckInState
from matching.domain import locks
from matching.domain.alerts import alert
from matching.domain.locks import atomically
from matching.domain.sweeping import each
from matching.models import Pairing
from matching.models.watch import AlertKind
from outbox.domain import post as outbox

REMINDERS = ("check_in_due", "check_in_overdue")
LOOK_AHEAD = timedelta(days=3)
IN_A_ROW = 2
MISSED = gettext_lazy(
    "This round has closed, because the next one has begun. Nothing is lost between the two of you: "
    "please say how it is going in the new one."
)


def plan(*, pairing: Pairing, now: datetime) -> list[CheckIn]:
    """Plan a check-in for each side and round from `now` to the planned end, with its reminders.

    Does nothing while some are still ahead. Rounds go on counting after those there were before a pause.
    """
    with transaction.atomic():
        if pairing.check_ins.ahead(now).exists():
            return []
        agreement = Agreement.objects.filter(pairing=pairing).first()
        cadence = agreement.cadence if agreement else Cadence.weeks(pairing.cohort.check_in_weeks)
        days = cadence.days(now.date(), pairing.planned_end)
        first = (pairing.check_ins.aggregate(last=Max("round"))["last"] or 0) + 1
        return [
            check_in
            for side, person in people(pairing)
            for check_in in _plan_side(pairing, side, person, list(enumerate(days, first)))
        ]


def _plan_side(pairing: Pairing, side: str, person: User, rounds: Iterable[tuple[int, date]]) -> list[CheckIn]:
    where = whereabouts(person)
    # A long leave lets several rounds fall on the same morning: only the last of them is asked for.
    by_moment = {morning(day, where): number for number, day in rounds}
    planned = CheckIn.objects.bulk_create(
        CheckIn(pairing=pairing, side=side, person=person, round=number, due_at=due_at)
        for due_at, number in by_moment.items()
    )
    for check_in in planned:
        _post_reminders(check_in)
    return planned


def _post_reminders(check_in: CheckIn) -> None:
    """Both reminders wait from the start; answering, pausing or ending takes them back."""
    moments = (check_in.due_at, check_in.overdue_at())
    for kind, due_at, occasion in zip(REMINDERS, moments, ("", "overdue"), strict=True):
        outbox.post(kind=kind, subject_id=check_in.pk, person=check_in.person, due_at=due_at, occasion=occasion)


def cancel_future(*, pairing: Pairing, now: datetime) -> int:
    """Cancel what is still ahead, as a pause or a closing does; what is due already may still be answered."""
    return _cancel(pairing, pairing.check_ins.ahead(now), now)


def cancel_all(*, pairing: Pairing, now: datetime) -> int:
    """Cancel everything unanswered, as an ending does."""
    return _cancel(pairing, pairing.check_ins.filter(state=CheckInState.SCHEDULED), now)


def _cancel(pairing: Pairing, check_ins: Iterable[CheckIn], now: datetime) -> int:
    with transaction.atomic():
        cancelled = list(check_ins)
        for check_in in cancelled:
            _move(check_in, "cancel", Actor.SYSTEM)
            check_in.save(update_fields=["state"])
            outbox.cancel(subject_id=check_in.pk, reason="the check-in was cancelled")
        if cancelled:
            Event.record(
                verb="cancel_check_ins",
                subject=pairing,
                actor=Actor.SYSTEM,
                now=now,
                cohort_id=pairing.cohort_id,
            )
    return len(cancelled)


def _move(check_in: CheckIn, verb: str, actor: Actor) -> None:
    check_in.state = next_state(CHECK_IN_STEPS, verb, check_in.state, actor)


@atomically
def answer(
    *,
    check_in: CheckIn,
    user: User,
    connection: int,
    clarity: int,
    competency: int,
    met: bool,
    line: str = "",
    now: datetime,
) -> CheckIn:
    """Record one side's answers: scores from 1 to 5, whether the two have met, and a line for the other.

    Raises `NotYours` for anybody else, `WrongState` when it was answered or the pairing is over, and
    `Refused` when it is not due yet or was missed.
    """
    pairing = locks.pairing(check_in.pairing_id)
    row = CheckIn.objects.select_for_update(of=("self",)).get(pk=check_in.pk)
    if row.person_id != user.pk:
        raise NotYours
    _refuse_unless_open(row, pairing, now)
    row.pairing, actor = pairing, Actor(row.side)
    _move(row, "answer", actor)
    row.connection, row.clarity, row.competency, row.met = connection, clarity, competency, met
    row.answered_at = now
    row.write("line", line.strip())
    row.save()
    Event.record(verb="answer", subject=row, actor=actor, now=now, person=user, cohort_id=pairing.cohort_id)
    outbox.cancel(subject_id=row.pk, reason="answered")
    return row


def _refuse_unless_open(check_in: CheckIn, pairing: Pairing, now: datetime) -> None:
    if check_in.state == CheckInState.MISSED:
        raise Refused(MISSED, code="missed")
    if not pairing.is_open:
        raise WrongState
    if now < check_in.due_at:
        day = date_format(timezone.localtime(check_in.due_at), "j F Y")
        raise Refused(_("This check-in opens on %(day)s.") % {"day": day}, code="not_due")


def sweep(*, now: datetime) -> int:
    """Mark what the next round has overtaken as missed, alert coordinators, follow people who moved.

    Gives the number of pairings in which somebody missed a round.
    """
    coming = CheckIn.objects.ahead(now).filter(due_at__lte=now + LOOK_AHEAD).select_related("person__profile")
    astray = [row.pk for row in coming.prefetch_related("person__leaves") if _morning_now(row) != row.due_at]
    each(astray, partial(_follow_person, now=now))
    overtaken = CheckIn.objects.overtaken(now).values_list("pairing_id", flat=True).order_by().distinct()
    return each(overtaken, partial(_miss, now=now))


def _miss(pairing_id: UUID, now: datetime) -> None:
    with transaction.atomic():
        pairing = locks.pairing(pairing_id)
        missed = list(CheckIn.objects.overtaken(now).filter(pairing=pairing))
        for check_in in missed:
            _move(check_in, "miss", Actor.CLOCK)
            check_in.save(update_fields=["state"])
            Event.record(verb="miss", subject=check_in, actor=Actor.CLOCK, now=now, cohort_id=pairing.cohort_id)
            outbox.cancel(subject_id=check_in.pk, reason="the next round has begun")
        for side in sorted({check_in.side for check_in in missed}):
            _alert_if_in_a_row(pairing, side, now)


def _alert_if_in_a_row(pairing: Pairing, side: str, now: datetime) -> None:
    """Tell the coordinators when a side missed its last two rounds: whose and when, never what was said."""
    over = pairing.check_ins.filter(side=side, state__in=(CheckInState.ANSWERED, CheckInState.MISSED))
    lately = list(over.order_by("-round")[:IN_A_ROW])
    if len(lately) < IN_A_ROW or any(check_in.state != CheckInState.MISSED for check_in in lately):
        return
    where = whereabouts(lately[0].person)
    days = [local_day(check_in.due_at, where).isoformat() for check_in in reversed(lately)]
    alert(
        cohort=pairing.cohort,
        kind=AlertKind.CHECK_INS_MISSED,
        subject_id=pairing.pk,
        detail=f"{side}: {', '.join(days)}",
        now=now,
    )


def _morning_now(check_in: CheckIn) -> datetime:
    """When it would be due if it were planned today: its person may have moved, or gone on leave."""
    where = whereabouts(check_in.person)
    return morning(local_day(check_in.due_at, where), where)


def _follow_person(pk: UUID, now: datetime) -> None:
    """Move a coming check-in whose person has since changed zone or country, or gone on leave.

    One that would fall on or after the same side's next round is left out instead: the next one asks the same.
    """
    with transaction.atomic():
        pairing = locks.pairing(CheckIn.objects.values_list("pairing_id", flat=True).get(pk=pk))
        check_in = CheckIn.objects.ahead(now).filter(pk=pk).first()
        if check_in is None:
            return
        due_at = _morning_now(check_in)
        if due_at == check_in.due_at:
            return
        later = pairing.check_ins.ahead(now).filter(side=check_in.side, round__gt=check_in.round)
        if later.filter(due_at__lte=due_at).exists():
            _cancel(pairing, [check_in], now)
            return
        check_in.due_at = due_at
        check_in.save(update_fields=["due_at"])
        _post_reminders(check_in)


def of_side(*, pairing: Pairing, user: User) -> list[CheckIn]:
    """The check-ins that `user` is asked for in this pairing, in order."""
    found = CheckIn.objects.visible_to(user).filter(pairing=pairing).select_related("person__profile")
    return list(found.prefetch_related("person__leaves"))


def lines_for(*, pairing: Pairing, user: User) -> list[tuple[datetime, str]]:
    """What the other side wrote to `user` in its check-ins, newest first."""
    written = CheckIn.objects.filter(pairing=pairing, line__isnull=False).exclude(person=user).order_by("-round")
    lines: list[tuple[datetime, str]] = []
    for check_in in written:
        check_in.pairing = pairing
        if may_read_line(user, check_in) and check_in.answered_at:
            lines.append((check_in.answered_at, check_in.read("line")))
    return lines
