"""Quiet days: no reminder reaches the person then; what would have come comes on the morning after."""

from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.calendars import DAY, calendar_with_absences, local_day, morning
from accounts.models import QuietPeriod, User
from accounts.signals import calendar_changed
from common.errors import Refused
from common.sweeps import for_each
from common.transactions import atomically
from common.zones import zone_named
from outbox.kinds import registered
from outbox.models import Letter, LetterState

LONGEST = timedelta(days=92)
FARTHEST = timedelta(days=366)


@atomically
def add(*, person: User, starts_on: date, ends_on: date, now: datetime) -> QuietPeriod:
    """Keep these days quiet, both ends included. Raises `Refused` for days past, out of order, too many or taken."""
    _check_days(starts_on, ends_on, local_day(now, calendar_with_absences(person)))
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.quiet_periods.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise Refused(_("Some of these days are on your list already."), field="starts_on", code="overlap")
    period = QuietPeriod.objects.create(person=person, starts_on=starts_on, ends_on=ends_on)
    calendar_changed.send(sender=QuietPeriod, person=person, now=now)
    hold(period.pk)
    return period


def _check_days(starts_on: date, ends_on: date, today: date) -> None:
    if ends_on < starts_on:
        raise Refused(_("The last day must not come before the first."), field="ends_on", code="order")
    if ends_on < today:
        raise Refused(_("These days have passed."), field="ends_on", code="past")
    if ends_on - starts_on > LONGEST:
        raise Refused(
            _("Three months at most. For longer, stop the e-mails you do not want."), field="ends_on", code="long"
        )
    if ends_on > today + FARTHEST:
        raise Refused(_("This day is too far away. Please check the year."), field="ends_on", code="far")


@atomically
def remove(*, period: QuietPeriod, now: datetime) -> None:
    """Reminders may come on these days after all; check-ins return to the days they were planned for."""
    person = period.person
    period.delete()
    calendar_changed.send(sender=QuietPeriod, person=person, now=now)


def sweep(*, now: datetime) -> int:
    """Hold what was put into the outbox since the days were chosen; how many periods were looked at."""
    today = now.date()
    running = QuietPeriod.objects.filter(starts_on__lte=today + DAY, ends_on__gte=today - DAY)
    return for_each(running.values_list("pk", flat=True), partial(hold))


@atomically
def hold(period_id: UUID) -> None:
    """Move the reminders that would go out on these days to the morning after. Contractual letters go their way."""
    period = QuietPeriod.objects.select_related("person__profile").filter(pk=period_id).first()
    if period is None:
        return
    calendar = calendar_with_absences(period.person)
    begin, end = (
        datetime.combine(day, datetime.min.time(), tzinfo=zone_named(calendar.zone))
        for day in (period.starts_on, period.ends_on + DAY)
    )
    reminders = [kind.name for kind in registered().values() if not kind.contractual]
    waiting = Letter.objects.filter(
        person=period.person, state=LetterState.PENDING, kind__in=reminders, due_at__gte=begin, due_at__lt=end
    )
    waiting.update(due_at=morning(period.ends_on + DAY, calendar))
