"""What has changed since a pool was prepared: a log that database triggers keep, whoever writes."""

from datetime import timedelta
from typing import ClassVar, NamedTuple, Self
from uuid import UUID

from django.db import connection, models
from django.db.models import BigIntegerField, Func
from django.db.models.functions import Now


class Line(NamedTuple):
    """Whose card has changed: one person's, those of everybody tied to an organisation, or (without both) anybody's."""

    transaction: int
    person: UUID | None
    organisation: UUID | None

    @property
    def about_anybody(self) -> bool:
        """Whether it names nobody."""
        return self.person is None and self.organisation is None


class CurrentTransaction(Func):
    """The number of the transaction that writes."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = BigIntegerField()


class PoolChangeQuerySet(models.QuerySet["PoolChange"]):
    """Reads of the log."""

    def horizon(self) -> int:
        """The oldest transaction that has not ended. What its elders wrote is final, and seen from now on.

        Our own counts as one that has not ended: what it wrote may still be taken back.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            return int(cursor.fetchone()[0])

    def since(self, horizon: int) -> dict[int, Line]:
        """The lines seen now of transactions that had not ended at that horizon, by their numbers."""
        rows = self.filter(transaction__gte=horizon).values_list("pk", *Line._fields)
        return {pk: Line(*line) for pk, *line in rows}

    def older_than(self, age: timedelta) -> Self:
        """Lines older than that, by the database's clock."""
        return self.filter(at__lt=Now() - age)


class PoolChange(models.Model):
    """Something that a mentor's card is made of has changed. See `Line` for whose.

    Nobody waits for anybody here: a line is only ever added, where a counter would make all writers queue.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.UUIDField(null=True)
    organisation = models.UUIDField(null=True)
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), db_index=True)
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar = PoolChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
