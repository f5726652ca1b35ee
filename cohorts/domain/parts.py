"""Another part in the cohorts one is in already: asked for, and taken back while no coordinator has said yes."""

from datetime import datetime

from django.db.models import Q

from accounts.calendars import today_of
from accounts.models import User
from cohorts.domain import locks
from cohorts.domain.enrolments import enrol
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor


@atomically
def ask_for(*, person: User, role: str, now: datetime) -> list[Enrolment]:
    """Enrol the person, to be approved, in each cohort that goes on and has them in another role only."""
    own = Enrolment.objects.filter(person=person)
    going_on = Cohort.objects.filter(ends_on__gte=today_of(person, now))
    wanted = going_on.filter(pk__in=own.approved().values("cohort")).exclude(
        pk__in=own.filter(role=role).values("cohort")
    )
    return [enrol(cohort=cohort, person=person, role=role, user=person, now=now) for cohort in wanted.order_by("pk")]


def open_to(*, person: User, role: str, now: datetime) -> list[Cohort]:
    """The cohorts in which the person may ask for this role: not over, without a place of theirs in it, and either
    their own or led by somebody who coordinates a cohort of theirs. The one that begins last comes first.
    """
    own = Cohort.objects.filter(enrolments__in=Enrolment.objects.filter(person=person).approved())
    known = Q(pk__in=own.values("pk")) | Q(coordinators__in=User.objects.filter(coordinated_cohorts__in=own))
    taken = Enrolment.objects.filter(person=person, role=role).values("cohort")
    open_now = Cohort.objects.filter(known, ends_on__gte=today_of(person, now)).exclude(pk__in=taken)
    return list(open_now.distinct().order_by("-starts_on", "name"))


@atomically
def take_back(*, person: User, role: str, now: datetime) -> None:
    """What still waits for approval is gone, as if it had not been asked; the history keeps that it was."""
    waiting = Enrolment.objects.filter(person=person, role=role, state=EnrolmentState.PENDING)
    rows = list(waiting.order_by("cohort", "pk"))
    for cohort in [row.cohort_id for row in rows]:
        locks.cohort(cohort)
    locks.people([person.pk])
    for row in locks.enrolments(row.pk for row in rows).values():
        if row.state == EnrolmentState.PENDING:
            Event.record(verb="take_back", subject=row, actor=Actor(role), now=now, user=person)
            row.delete()


def is_held(*, person: User, role: str) -> bool:
    """Whether a coordinator has agreed to it, today or once: then it is theirs to end."""
    return Enrolment.objects.filter(person=person, role=role).exclude(state=EnrolmentState.PENDING).exists()
