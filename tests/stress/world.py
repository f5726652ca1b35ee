"""A small, crowded programme: few mentors, many who want them, some who are both, employers that change hands."""

from datetime import date
from typing import Any

from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from tests import people
from tests.matching.factories import cohort, enrolment

MENTORS, BOTH, MENTEES, EMPLOYERS = 5, 2, 12, 8


def build() -> None:
    """Two cohorts of the same mentors; the look-back is off, or soon nobody would be independent any more."""
    coordinator = people.person("Cora", staff=True)
    employers = [people.organisation() for _ in range(EMPLOYERS)]
    rules: dict[str, Any] = {"lookback_months": 0, "ends_on": date(2027, 12, 11)}
    cohorts = [cohort(coordinators=(coordinator,), **rules) for _ in range(2)]
    mentors = [people.mentor(capacity=1 + n % 3, employer=employers[n % EMPLOYERS]) for n in range(MENTORS + BOTH)]
    for mentor in mentors:
        for here in cohorts:
            enrolment(here, mentor, Role.MENTOR)
    for number, mentor in enumerate(mentors[:BOTH]):
        people.become_mentee_too(mentor)
        enrolment(cohorts[number % 2], mentor)
    for number in range(MENTEES):
        enrolment(cohorts[number % 2], people.mentee(employer=employers[-1 - number % EMPLOYERS]))


def is_built() -> bool:
    """Whether there is a programme already."""
    return Cohort.objects.exists() and Enrolment.objects.exists()
