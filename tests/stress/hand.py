"""A pair of hands that does something at random to whatever is there."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import User
from cohorts.models import Cohort
from common.transitions import Actor
from matching.models import Pairing, Request
from tests.matching.factories import NOW

DAYS = 4  # requests are asked on so many days in a row, so that not all expire together


class Nothing(Exception):  # noqa: N818 - no mistake: there is just nobody to do it to
    """There is nothing at present to which the verb could be done."""


class BaseHand:
    """One pair of hands: a source of chance and what there is."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)

    def any(self, rows: QuerySet[Any]) -> Any:
        """One of these rows, or `Nothing`."""
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        found: Model | None = rows.filter(pk=self.chance.choice(ids)).first() if ids else None
        if found is None:
            raise Nothing
        return found

    def now(self) -> datetime:
        """Some time on the first days."""
        return NOW + timedelta(days=self.chance.randrange(DAYS), minutes=self.chance.randrange(600))

    def later(self) -> datetime:
        """When some, or all, of what was asked has run out of time."""
        return NOW + timedelta(days=7 + self.chance.randrange(DAYS + 1), minutes=self.chance.randrange(600))

    def coordinator(self, cohort: Cohort) -> User:
        return cohort.coordinators.get()

    def of_two(self, record: Request | Pairing) -> tuple[User, Actor]:
        """One of the two, or the coordinator."""
        return self.chance.choice(
            [
                (record.mentee, Actor.MENTEE),
                (record.mentor, Actor.MENTOR),
                (self.coordinator(record.cohort), Actor.COORDINATOR),
            ]
        )

    def one_of_two(self, pairing: Pairing) -> User:
        return self.chance.choice([pairing.mentee, pairing.mentor])

    def _pairing(self, *states: str) -> Any:
        return self.any(Pairing.objects.filter(state__in=states))
