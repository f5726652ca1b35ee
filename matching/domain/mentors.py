"""The mentors a mentee may know of."""

from datetime import UTC, date

from accounts.models import User
from cohorts.models import Enrolment
from cohorts.models.enrolments import EnrolmentQuerySet
from cohorts.states import Role
from common.clock import now
from matching.domain.conflicts import hidden_from


def mentors_for(user: User, *, on: date | None = None) -> EnrolmentQuerySet:
    """Approved mentors of the cohorts in which `user` is an approved mentee, without those who are absent for them.

    `on` (default: today) is the day on which organisations named on private lists are looked up.
    """
    mine = Enrolment.objects.approved().filter(person=user, role=Role.MENTEE)
    found: EnrolmentQuerySet = (
        Enrolment.objects.approved()
        .filter(role=Role.MENTOR, person__is_active=True, cohort__in=mine.values("cohort"))
        .exclude(person=user)
        .exclude(person__in=hidden_from(user, on=on or now().astimezone(UTC).date()))
    )
    return found
