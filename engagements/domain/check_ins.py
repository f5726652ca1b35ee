"""Answering a check-in, or putting it off a little; and what is read of them."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.calendars import DAY, calendar_with_absences, local_day, morning, read_absences
from accounts.models import User
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.prepared import prepared
from common.transactions import atomically
from common.transitions import Actor, next_state
from engagements.domain import check_in_planning, goals
from engagements.letters import NotNeeded
from engagements.models import CheckIn
from engagements.models.check_ins import MOST_SNOOZES
from engagements.permissions import may_read_line
from engagements.states import ASKING, CHECK_IN_TRANSITIONS, CheckInState
from matching.domain import locks
from matching.models import Pairing
from matching.states import PairingState
from outbox.domain import post as outbox

MISSED = gettext_lazy(
    "This round has closed, because the next one has begun. Nothing is lost between the two of you: "
    "please say how it is going in the new one."
)


TOO_LATE = gettext_lazy("A check-in can be corrected until the next one is due. Bring it to your next meeting.")


class Snooze(models.TextChoices):
    """How long a check-in may be put off."""

    DAYS = "days", gettext_lazy("In three days")
    MONDAY = "monday", gettext_lazy("Next Monday")


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
    standings: Mapping[UUID, str] | None = None,
    now: datetime,
) -> CheckIn:
    """Record one side's answers: scores from 1 to 5, whether the two have met, and a line for the other; and into the
    histories of goals how these come on (`standings`, by their ids).

    Raises `NotPermitted` for anybody else, `WrongState` when it was answered or the pairing is over, and
    `Refused` when it is not due yet or was missed.
    """
    pairing, row = _locked(check_in, user)
    _refuse_unless_open(row, pairing, now)
    row.pairing, actor = pairing, Actor(row.side)
    row.state = next_state(CHECK_IN_TRANSITIONS, "answer", row.state, actor)
    row.connection, row.clarity, row.competency, row.met = connection, clarity, competency, met
    row.answered_at = now
    row.write("line", line.strip())
    row.save()
    goals.say(check_in=row, standings=standings or {}, now=now)
    Event.record(verb="answer", subject=row, actor=actor, now=now, user=user)
    outbox.cancel(subject_id=row.pk, reason=NotNeeded.CHECK_IN_ANSWERED)
    return row


def correctable_until(check_in: CheckIn) -> datetime | None:
    """Until when an answered check-in may be corrected, and its line taken back: until its side's next one is due, or
    what it is about is planned to be over. None for any other.
    """
    if check_in.state != CheckInState.ANSWERED:
        return None
    if check_in.pairing.state == PairingState.CLOSING:
        return check_in.pairing.closes_at
    later = [row for row in _later(check_in) if row.state != CheckInState.CANCELLED]
    return later[0].due_at if later else morning(_over(check_in), calendar_with_absences(check_in.person))


@atomically
def correct(
    *,
    check_in: CheckIn,
    user: User,
    connection: int,
    clarity: int,
    competency: int,
    met: bool,
    line: str = "",
    standings: Mapping[UUID, str] | None = None,
    now: datetime,
) -> CheckIn:
    """Put other answers in place of one's own; an empty line takes back the one for the other side.

    Raises `NotPermitted` for anybody else, `WrongState` when it was not answered or the pairing is over, and `Refused`
    once the next one is due.
    """
    pairing, row = _locked(check_in, user)
    row.pairing, actor = pairing, Actor(row.side)
    row.state = next_state(CHECK_IN_TRANSITIONS, "correct", row.state, actor)
    if not pairing.is_open:
        raise WrongState
    until = correctable_until(row)
    if until is None or now >= until:
        raise Refused(TOO_LATE, code="too_late")
    row.connection, row.clarity, row.competency, row.met = connection, clarity, competency, met
    row.write("line", line.strip())
    row.save()
    goals.say(check_in=row, standings=standings or {}, now=now)
    Event.record(verb="correct", subject=row, actor=actor, now=now, user=user)
    return row


def _locked(check_in: CheckIn, user: User) -> tuple[Pairing, CheckIn]:
    pairing = locks.pairing(check_in.pairing_id)
    row = CheckIn.objects.select_for_update(of=("self",)).get(pk=check_in.pk)
    if row.person_id != user.pk:
        raise NotPermitted
    return pairing, row


def _refuse_unless_open(check_in: CheckIn, pairing: Pairing, now: datetime) -> None:
    if check_in.state == CheckInState.MISSED:
        raise Refused(MISSED, code="missed")
    if not pairing.is_open:
        raise WrongState
    if check_in.state == CheckInState.SCHEDULED and not check_in.is_open(now):
        day = date_format(timezone.localtime(check_in.due_at), "j F Y")
        raise Refused(_("This check-in opens on %(day)s.") % {"day": day}, code="not_due")


def snooze_moments(check_in: CheckIn, now: datetime) -> dict[str, datetime]:
    """To when this check-in may be put off now, by `Snooze`; empty when it may not.

    It never comes to stand on or after the day of its side's next round, or the end of what it is about.
    """
    pairing = check_in.pairing
    if pairing.state not in ASKING or check_in.state != CheckInState.SCHEDULED or now < check_in.due_at:
        return {}
    if check_in.snoozes >= MOST_SNOOZES:
        return {}
    calendar = calendar_with_absences(check_in.person)
    today = local_day(now, calendar)
    wanted = {Snooze.DAYS: today + 3 * DAY, Snooze.MONDAY: today + (7 - today.weekday()) * DAY}
    moments = {choice.value: morning(day, calendar) for choice, day in wanted.items()}
    limit = _limit(check_in)
    return {choice: at for choice, at in moments.items() if local_day(at, calendar) < limit}


def _limit(check_in: CheckIn) -> date:
    """The day before which it must stand."""
    calendar = calendar_with_absences(check_in.person)
    later = [row for row in _later(check_in) if row.state == CheckInState.SCHEDULED]
    return min([_over(check_in), *(local_day(row.due_at, calendar) for row in later[:1])])


def _later(check_in: CheckIn) -> list[CheckIn]:
    """The same side's rounds after this one, in order."""
    planned = _of(pairing=check_in.pairing_id, person=check_in.person_id)
    return [row for row in planned if row.round > check_in.round]


def _over(check_in: CheckIn) -> date:
    """The last day of what it is about, as it is planned."""
    pairing = check_in.pairing
    if pairing.state == PairingState.CLOSING and pairing.closes_at:
        return local_day(pairing.closes_at, calendar_with_absences(check_in.person))
    return pairing.planned_end


@atomically
def snooze(*, check_in: CheckIn, user: User, until: str, now: datetime) -> CheckIn:
    """Put a due check-in off, until a `Snooze`: its letters come once more then, and it may be answered before.

    Raises `NotPermitted` for anybody else, `WrongState` when it is not being asked, and `Refused` when it cannot wait.
    """
    pairing, row = _locked(check_in, user)
    if row.state == CheckInState.MISSED:
        raise Refused(MISSED, code="missed")
    if pairing.state not in ASKING or now < row.due_at:
        raise WrongState
    row.pairing, actor = pairing, Actor(row.side)
    row.state = next_state(CHECK_IN_TRANSITIONS, "snooze", row.state, actor)
    moment = snooze_moments(row, now).get(until)
    if moment is None:
        raise Refused(_why_not(row), code="cannot_wait")
    calendar = calendar_with_absences(row.person)
    row.day, row.due_at, row.snoozes = local_day(moment, calendar), moment, row.snoozes + 1
    row.save(update_fields=["day", "due_at", "snoozes"])
    Event.record(verb="snooze", subject=row, actor=actor, now=now, user=user)
    outbox.cancel(subject_id=row.pk, reason=NotNeeded.CHECK_IN_PUT_OFF)
    outbox.post_all(check_in_planning.letters_of(row, calendar))
    return row


def _why_not(check_in: CheckIn) -> str:
    if check_in.snoozes >= MOST_SNOOZES:
        return _("This check-in has been put off twice already. It takes two minutes.")
    return _("The next round begins before that, so this one cannot wait so long.")


def of_side(*, pairing: Pairing, user: User, now: datetime) -> list[CheckIn]:
    """The check-ins that `user` is asked for in this pairing, in order."""
    found = _of(pairing=pairing.pk, person=user.pk)
    for check_in in found:
        check_in.person = user
    if any(check_in.is_open(now) for check_in in found):  # whether it is overdue depends on days away
        read_absences(user)
    return found


@prepared
def _of(*, pairing: UUID, person: UUID) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(pairing=pairing, person=person)


def answered_before(check_in: CheckIn) -> CheckIn | None:
    """The last one that the same side answered before this one."""
    planned = _of(pairing=check_in.pairing_id, person=check_in.person_id)
    before = [row for row in planned if row.round < check_in.round and row.state == CheckInState.ANSWERED]
    return before[-1] if before else None


def lines_for(*, pairing: Pairing, user: User) -> list[tuple[datetime, str]]:
    """What the other side wrote to `user` in its check-ins, newest first."""
    lines: list[tuple[datetime, str]] = []
    for check_in in _written_to(pairing=pairing.pk, person=user.pk):
        check_in.pairing = pairing
        if may_read_line(user, check_in) and check_in.answered_at:
            lines.append((check_in.answered_at, check_in.words_of("line")))
    return lines


@prepared
def _written_to(*, pairing: UUID, person: UUID) -> QuerySet[CheckIn]:
    written = CheckIn.objects.filter(pairing=pairing, line__isnull=False).exclude(person=person)
    return written.order_by("-round")
