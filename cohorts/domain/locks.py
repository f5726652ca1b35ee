"""Locks, always in the same order: owners → cohort → people → enrolments → requests → pairing, each by id.

Whoever takes fewer keeps the order. A verb locks the people it is about before it looks at them, so what it finds
(places left, a pending request) still holds when it writes. `matching.domain.locks` adds requests and pairings.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from accounts.domain.families import share_ownership
from accounts.models import User
from cohorts.models import Cohort, Enrolment


def owners() -> None:
    """Hold off changes of ownership, not one another: whoever makes a request or a pairing has looked at families.

    Whoever changes an owner waits for us, and then looks again at what we made.
    """
    share_ownership()


def cohort(cohort_id: UUID) -> Cohort:
    """Share the cohort: nobody waits for anybody, but all wait while a match run holds it for itself."""
    return _cohort(cohort_id, "SELECT 1 FROM cohorts_cohort WHERE id = %s FOR SHARE")


def cohort_alone(cohort_id: UUID) -> Cohort:
    """Hold the cohort for oneself, as a match run does while it publishes: everybody else's verbs in it wait.

    Rows that only point to the cohort may still be written. Begin with it: two who share it and then both want it
    for themselves would wait for each other.
    """
    return _cohort(cohort_id, "SELECT 1 FROM cohorts_cohort WHERE id = %s FOR NO KEY UPDATE")


def _cohort(cohort_id: UUID, statement: str) -> Cohort:
    with connection.cursor() as cursor:
        cursor.execute(statement, [cohort_id])
    found: Cohort = Cohort.objects.get(pk=cohort_id)
    return found


def people(ids: Iterable[UUID]) -> dict[UUID, User]:
    """Lock people. Rows that only point to them may still be written meanwhile."""
    found = User.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {person.pk: person for person in found}


def enrolments(ids: Iterable[UUID]) -> dict[UUID, Enrolment]:
    """Lock enrolments, each with its person and cohort at hand."""
    rows = Enrolment.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=set(ids))
    return {row.pk: row for row in rows.select_related("person__profile", "cohort").order_by("pk")}
