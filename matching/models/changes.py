"""What has changed since a pool was prepared: a log that database triggers keep, whoever writes."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Count, Max, Q, Sum


class PoolChangeQuerySet(models.QuerySet["PoolChange"]):
    """Reads of the log."""

    def stamp(self, people: models.QuerySet[Any, Any]) -> tuple[object, ...]:
        """What tells two states of these people's facts apart.

        How many lines, the last and their sum: a transaction that began earlier and ends later adds a line, too.
        """
        lines = self.filter(Q(person__isnull=True) | Q(person__in=people))
        return tuple(lines.aggregate(Count("pk"), Max("pk"), Sum("pk")).values())

    def prune(self) -> None:
        """Begin the log anew with one line about everybody, so that no stamp ever comes back."""
        last = self.aggregate(last=Max("pk"))["last"]
        self.filter(pk__lte=last or 0).delete()
        self.create(person=None)


class PoolChange(models.Model):
    """Something that a mentor's card is made of has changed: about one person, or (without one) about anybody.

    Nobody waits for anybody here: a line is only ever added, where a counter would make all writers queue.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.UUIDField(null=True)

    objects: ClassVar = PoolChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
