"""The mentors a mentee may know of, and everybody somebody sees on a page."""

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.domain import never_with
from accounts.models import User
from cohorts.models import Enrolment
from cohorts.models.enrolments import EnrolmentQuerySet
from cohorts.states import Role
from common.clock import now
from matching.domain.conflicts import hidden_from
from matching.models import Request


def mentors_for(user: User, *, at: datetime | None = None) -> EnrolmentQuerySet:
    """Approved mentors of the cohorts in which `user` is an approved mentee, without those who are absent for them.

    `at` (default: now) is the moment at which organisations named on private lists are looked up.
    """
    mine = Enrolment.objects.approved().filter(person=user, role=Role.MENTEE)
    found: EnrolmentQuerySet = (
        Enrolment.objects.approved()
        .filter(role=Role.MENTOR, person__is_active=True, cohort__in=mine.values("cohort"))
        .exclude(person=user)
        .exclude(person__in=hidden_from(user, now=at or now()))
    )
    return found


def people_seen_by(user: User) -> QuerySet[User]:
    """The people whom `user` sees on a page: mentors, those with whom there was ever a request (a pairing began as
    one), and those put on the private list from such a page.
    """
    asked, was_asked = Request.objects.filter(mentee=user), Request.objects.filter(mentor=user)
    seen = (
        Q(pk__in=mentors_for(user).values("person"))
        | Q(pk__in=asked.values("mentor"))
        | Q(pk__in=was_asked.values("mentee"))
        | Q(pk__in=never_with.persons_on(user))
    )
    return User.objects.filter(seen).exclude(pk=user.pk)
