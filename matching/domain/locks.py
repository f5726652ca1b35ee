"""Locks, always in the same order: cohort → people → enrolments → requests → pairing, each by id.

Whoever takes fewer keeps the order. A verb locks the people it is about before it looks at them, so what it finds
(places left, a pending request) still holds when it writes.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction

from accounts.models import User
from common.sentences import refusal
from common.steps import WrongState
from matching.models import Cohort, Enrolment, Pairing, Request

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 4  # the first, and three more
WORTH_REPEATING = frozenset({"40P01", "40001"})  # deadlock, serialisation failure


def atomically(verb: Callable[P, R]) -> Callable[P, R]:
    """Run a verb in a transaction: a deadlock repeats it, and a broken constraint becomes a `Refused` with a sentence.

    Inside an outer transaction nothing can be repeated, so the error goes up.
    """

    @wraps(verb)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    return verb(*args, **kwargs)
            except IntegrityError as error:
                raise refusal(error) from error
            except OperationalError as error:
                state = getattr(error.__cause__, "sqlstate", None)
                if connection.in_atomic_block or attempt == ATTEMPTS or state not in WORTH_REPEATING:
                    raise
        raise AssertionError("unreachable")

    return wrapped


def cohort(cohort_id: UUID) -> Cohort:
    """Share the cohort: nobody waits for anybody, but all wait while a match run holds it for itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM matching_cohort WHERE id = %s FOR SHARE", [cohort_id])
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


def requests(ids: Iterable[UUID]) -> dict[UUID, Request]:
    """Lock requests."""
    rows = Request.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=set(ids))
    return {row.pk: row for row in rows.select_related("mentee", "mentor", "cohort", "key").order_by("pk")}


def pairing(pairing_id: UUID) -> Pairing:
    """Lock a pairing. Raises `WrongState` when it is gone."""
    rows = Pairing.objects.select_for_update(no_key=True, of=("self",))
    found: Pairing | None = rows.select_related("mentee", "mentor", "cohort", "key").filter(pk=pairing_id).first()
    if found is None:
        raise WrongState
    return found
