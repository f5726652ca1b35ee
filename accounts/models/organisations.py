"""Organisations, who owns them from when to when, and who competes with whom."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Industry, countries
from accounts.models.periods import PeriodQuerySet
from common.models import UUIDModel


class DateRange(Func):
    """PostgreSQL's daterange(from, to): the day `to` itself is outside."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[)')"


class Organisation(UUIDModel):
    """An employer. A name typed by a participant must be confirmed before its people are eligible."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    industry = models.CharField(_("industry"), max_length=20, choices=Industry.choices)
    country = models.CharField(_("country"), max_length=2, choices=countries)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        indexes = (GinIndex(fields=("name",), opclasses=("gin_trgm_ops",), name="organisation_name_trgm"),)

    def __str__(self) -> str:
        return self.name


class Ownership(UUIDModel):
    """A dated parent. On one day an organisation has at most one; the tree under one ultimate parent is a family."""

    child = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.CASCADE, related_name="ownerships"
    )
    parent = models.ForeignKey(
        Organisation, verbose_name=_("owned by"), on_delete=models.PROTECT, related_name="holdings"
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (not including)"), null=True, blank=True)

    objects: ClassVar = PeriodQuerySet["Ownership"].as_manager()

    class Meta:
        verbose_name = _("ownership")
        verbose_name_plural = _("ownership")
        ordering = ("child", "starts_on")
        constraints = (
            models.CheckConstraint(
                condition=~Q(child=F("parent")),
                name="ownership_not_of_itself",
                violation_error_message=_("An organisation cannot own itself."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="ownership_ends_after_start",
                violation_error_message=_("The end must come after the start."),
            ),
            ExclusionConstraint(
                name="ownership_one_parent_a_day",
                expressions=[
                    ("child", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This organisation already has an owner in that time."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.child} ← {self.parent}"


class Competition(UUIDModel):
    """Two organisations whose families compete: symmetric, stored once with the smaller id first."""

    first = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", verbose_name=_("organisation"))
    second = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", verbose_name=_("competes with")
    )

    class Meta:
        verbose_name = _("competition")
        verbose_name_plural = _("competitors")
        constraints = (
            models.CheckConstraint(
                condition=Q(first__lt=F("second")),
                name="competition_ordered",
                violation_error_message=_("An organisation cannot compete with itself."),
            ),
            models.UniqueConstraint(
                fields=("first", "second"),
                name="competition_once",
                violation_error_message=_("These two are already declared competitors."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.first} × {self.second}"
