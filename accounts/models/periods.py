"""Rows that hold for a time."""

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class PeriodQuerySet(models.QuerySet[M_co]):
    """Rows that hold from `starts_on` until `ends_on`, that day outside; without it, for good."""

    def current(self, on: date) -> Self:
        """Those that hold on that day."""
        return self.filter(_not_over(on), starts_on__lte=on)

    def overlapping(self, starts_on: date, ends_on: date | None) -> Self:
        """Those that hold on some day from `starts_on` until `ends_on` (outside; None: for good)."""
        rows = self.filter(_not_over(starts_on))
        return rows if ends_on is None else rows.filter(starts_on__lt=ends_on)


def _not_over(day: date) -> Q:
    return Q(ends_on__isnull=True) | Q(ends_on__gt=day)
