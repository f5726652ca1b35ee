"""The last day of a cohort, and what follows when a coordinator moves it."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.signals import gathered
from cohorts.domain import locks
from cohorts.models import Cohort, Enrolment
from cohorts.permissions import coordinates
from cohorts.signals import cohort_end_foreseen, cohort_end_moved
from cohorts.states import EnrolmentState
from common.dates import day_of, day_with_year
from common.errors import NotPermitted, Refused
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor


@atomically
def move_end(*, cohort: Cohort, ends_on: date, user: User, now: datetime) -> Cohort:
    """Give the cohort another last day. Pairs that were planned until the former one are asked whether to follow, and
    those that have not begun are told that they do. It may be moved back.

    Raises `NotPermitted` for who does not coordinate it, `Refused` for a day that is over, or no later than the start.
    """
    if not coordinates(user, cohort):
        raise NotPermitted
    held = locks.cohort_alone(cohort.pk)
    before = held.ends_on
    check_end(ends_on, starts_on=held.starts_on, before=before, now=now)
    held.ends_on = ends_on
    held.save(update_fields=["ends_on"])
    Event.record(verb="move_end", subject=held, actor=Actor.COORDINATOR, now=now, user=user)
    cohort_end_moved.send(sender=Cohort, cohort=held, before=before, now=now)
    return held


def check_end(ends_on: date, *, starts_on: date, before: date | None = None, now: datetime) -> None:
    """Raise `Refused` unless a cohort can be given this last day instead of that `before`."""
    if ends_on <= starts_on:
        raise Refused(_("The end must come after the start."), field="ends_on", code="order")
    if ends_on < day_of(now):
        raise Refused(
            _(
                "This day is over. Choose today or a later day; to end pairings earlier, begin their closing on their "
                "own pages."
            ),
            field="ends_on",
            code="past",
        )
    if ends_on == before:
        raise Refused(_("This is its last day already."), field="ends_on", code="same")


def foreseen(*, cohort: Cohort, ends_on: date, now: datetime) -> list[str]:
    """What moving its end would do, a sentence each. Raises `Refused` as `move_end` does."""
    check_end(ends_on, starts_on=cohort.starts_on, before=cohort.ends_on, now=now)
    told = gathered(cohort_end_foreseen.send(sender=Cohort, cohort=cohort, ends_on=ends_on, now=now))
    return [*told, *_enrolments(cohort, ends_on)]


def _enrolments(cohort: Cohort, ends_on: date) -> list[str]:
    rows = Enrolment.objects.filter(cohort=cohort)
    taking_part = rows.approved().count()
    waiting = rows.filter(state=EnrolmentState.PENDING).count()
    words = {"day": day_with_year(ends_on)}
    lines = [_("Mentors can be asked, and people join, until %(day)s.") % words]
    if taking_part:
        lines.append(
            ngettext(
                "%(number)s enrolment goes on; nobody is withdrawn by this.",
                "%(number)s enrolments go on; nobody is withdrawn by this.",
                taking_part,
            )
            % {"number": taking_part}
        )
    if waiting:
        lines.append(
            ngettext(
                "%(number)s enrolment waits for approval, which can be given until then.",
                "%(number)s enrolments wait for approval, which can be given until then.",
                waiting,
            )
            % {"number": waiting}
        )
    return lines
