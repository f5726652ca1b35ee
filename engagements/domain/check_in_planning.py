"""Planning check-ins: a row for each side and round, moved when its person moves, with the letters that ask for it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from accounts.calendars import DAY, PersonCalendar, calendar_with_absences, coming_morning, local_day, morning, today_of
from accounts.models import User
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor, next_state
from engagements.cadence import Cadence
from engagements.domain.sides import people
from engagements.letters import CHECK_IN_LETTERS, NotNeeded, occasion
from engagements.models import Agreement, CheckIn
from engagements.reminder_times import reminders
from engagements.states import CHECK_IN_TRANSITIONS, CheckInState
from matching.domain import locks
from matching.models import Pairing
from outbox.domain import post as outbox

ASKED, REMINDED, LAST = CHECK_IN_LETTERS


def plan(*, pairing: Pairing, now: datetime, met: date | None = None) -> list[CheckIn]:
    """Plan a check-in for each side and round from `now` to the planned end, with its letters.

    Days are counted from the mentee's today. After a meeting (`met`) the first one is on each side's day after. Does
    nothing while some are still ahead.
    """
    with transaction.atomic():
        if pairing.check_ins.ahead(now).exists():
            return []
        days = cadence_of(pairing).days(met or today_of(pairing.mentee, now), pairing.planned_end)
        return _write(pairing, days, met_at=now if met else None)


def follow_end(*, pairing: Pairing, now: datetime) -> None:
    """Its planned end has moved: what lies on or after it is taken back, and rounds go on from the last one left."""
    today = today_of(pairing.mentee, now)
    with transaction.atomic():
        cancel(pairing, pairing.check_ins.ahead(now).filter(day__gte=pairing.planned_end), now)
        left = pairing.check_ins.exclude(state=CheckInState.CANCELLED).aggregate(last=Max("day"))["last"]
        days = cadence_of(pairing).days(left or today, pairing.planned_end)
        _write(pairing, [day for day in days if day > today])


def _write(pairing: Pairing, days: Iterable[date], *, met_at: datetime | None = None) -> list[CheckIn]:
    """A row for each side and day, with its letters; rounds go on counting after those there were before.

    `met_at`: they have met, and are asked about it first, on the day after this moment where each of them is.
    """
    first = (pairing.check_ins.aggregate(last=Max("round"))["last"] or 0) + 1
    calendars: dict[str, PersonCalendar] = {side: calendar_with_absences(person) for side, person in people(pairing)}
    after = {side: [local_day(met_at, where) + DAY] if met_at else [] for side, where in calendars.items()}
    planned = CheckIn.objects.bulk_create(
        row
        for side, person in people(pairing)
        for row in _side(pairing, side, person, enumerate([*after[side], *days], first), calendars[side])
    )
    outbox.post_all(letter for row in planned for letter in letters_of(row, calendars[row.side]))
    return planned


def cadence_of(pairing: Pairing) -> Cadence:
    """What the two agreed on; the cohort's suggestion while they have not."""
    agreement = Agreement.objects.filter(pairing=pairing).first()
    return agreement.cadence if agreement else Cadence.weeks(pairing.cohort.check_in_weeks)


def _side(
    pairing: Pairing, side: str, person: User, rounds: Iterable[tuple[int, date]], calendar: PersonCalendar
) -> list[CheckIn]:
    # A long leave lets several rounds fall on the same morning: only the last of them is asked for.
    by_moment = {morning(day, calendar): (number, day) for number, day in rounds}
    return [
        CheckIn(pairing=pairing, side=side, person=person, round=number, day=day, due_at=due_at)
        for due_at, (number, day) in by_moment.items()
        if local_day(due_at, calendar) < pairing.planned_end
    ]


def letters_of(check_in: CheckIn, calendar: PersonCalendar) -> list[outbox.NewLetter]:
    """All that ask for it wait from the start; answering, snoozing, pausing or ending takes them back."""
    moments = (check_in.due_at, *reminders(check_in.asked_on(calendar), calendar))
    return [
        outbox.NewLetter(kind, check_in, check_in.person, due_at, occasion(kind, check_in))
        for kind, due_at in zip((ASKED, REMINDED, LAST), moments, strict=True)
    ]


def cancel_future(*, pairing: Pairing, now: datetime) -> int:
    """Cancel what is still ahead, as a pause or a closing does; what is due already may still be answered."""
    return cancel(pairing, pairing.check_ins.ahead(now), now)


def cancel_all(*, pairing: Pairing, now: datetime) -> int:
    """Cancel everything unanswered, as an ending does."""
    return cancel(pairing, pairing.check_ins.filter(state=CheckInState.SCHEDULED), now)


def cancel(pairing: Pairing, check_ins: Iterable[CheckIn], now: datetime) -> int:
    """Take these back with their letters; how many."""
    with transaction.atomic():
        cancelled = list(check_ins)
        for check_in in cancelled:
            check_in.state = next_state(CHECK_IN_TRANSITIONS, "cancel", check_in.state, Actor.SYSTEM)
        if cancelled:
            CheckIn.objects.bulk_update(cancelled, ["state"])
            outbox.cancel_all(subject_ids=[row.pk for row in cancelled], reason=NotNeeded.CHECK_IN_CANCELLED)
            Event.record(
                verb="cancel_check_ins",
                subject=pairing,
                actor=Actor.SYSTEM,
                now=now,
            )
    return len(cancelled)


@atomically
def follow(*, person: User, now: datetime) -> None:
    """Bring what is ahead of `person` to where they are now: another zone or country, a leave, quiet days.

    What has been asked already stays asked; only its waiting reminders move. Nothing comes to lie in the past: what
    would have come this morning comes tomorrow.
    """
    somebody = User.objects.select_related("profile").prefetch_related("leaves", "quiet_periods").get(pk=person.pk)
    calendar = calendar_with_absences(somebody)
    open_ones = CheckIn.objects.filter(person=person, state=CheckInState.SCHEDULED)
    for pairing_id in sorted(set(open_ones.values_list("pairing_id", flat=True))):
        pairing = locks.pairing(pairing_id)
        rows = list(open_ones.filter(pairing=pairing).select_related("person").order_by("round"))
        _move_reminders([row for row in rows if row.due_at <= now], calendar, now)
        _move_ahead(pairing, [row for row in rows if row.due_at > now], calendar, now)


def _move_reminders(asked: list[CheckIn], calendar: PersonCalendar, now: datetime) -> None:
    for check_in in asked:
        moments = reminders(check_in.asked_on(calendar), calendar)
        for kind, due_at in zip((REMINDED, LAST), moments, strict=True):
            outbox.move(
                kind=kind,
                subject_id=check_in.pk,
                person=check_in.person,
                occasion=occasion(kind, check_in),
                due_at=coming_morning(local_day(due_at, calendar), calendar, now),
            )


def _move_ahead(pairing: Pairing, ahead: list[CheckIn], calendar: PersonCalendar, now: datetime) -> None:
    """One that would fall on or after the same side's next round is left out: the next one asks the same."""
    moments = [coming_morning(check_in.day, calendar, now) for check_in in ahead]
    moved, swallowed = [], []
    for number, (check_in, due_at) in enumerate(zip(ahead, moments, strict=True)):
        if any(later <= due_at for later in moments[number + 1 :]):
            swallowed.append(check_in)
        elif due_at != check_in.due_at:
            check_in.due_at = due_at
            moved.append(check_in)
    CheckIn.objects.bulk_update(moved, ["due_at"])
    outbox.post_all(letter for row in moved for letter in letters_of(row, calendar))
    cancel(pairing, swallowed, now)
