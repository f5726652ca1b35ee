"""Who may be found by whom: mentors, by approved mentees of their cohort. Mentees are never listed."""

from datetime import datetime

from django.db.models import QuerySet

from matching.domain.cards import day_of
from matching.models import Enrolment


def mentors_for(enrolment: Enrolment, *, now: datetime) -> QuerySet[Enrolment]:
    """The mentors of the cohort that this mentee may look at, by name; those absent for them are not among them."""
    found: QuerySet[Enrolment] = (
        Enrolment.objects.mentors_for(enrolment.person, on=day_of(now))
        .filter(cohort=enrolment.cohort_id)
        .select_related("person__profile", "person__mentor_profile", "cohort")
        .order_by("person__name", "pk")
    )
    return found
