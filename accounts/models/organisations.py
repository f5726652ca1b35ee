"""Organisations, who owns them from when to when, and who competes with whom."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import Industry, label_of
from accounts.models.names import FoldedField, IdentityField
from accounts.models.periods import PeriodQuerySet
from accounts.names import folded
from common.cldr import countries, country_name
from common.models import UUIDModel


class DateRange(Func):
    """PostgreSQL's daterange(from, to): the day `to` itself is outside."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[)')"


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations, found by any name they have or had."""

    def search(self, text: str) -> Self:
        """Those of whose names, former ones included, one holds every word, whatever its accents, script and case."""
        rows = self
        names = OtherName.objects.filter(organisation=OuterRef("pk"))
        words = folded(text).split()
        holds = [Q(folded__contains=word) for word in words]
        return rows.filter(Q(*holds) | Exists(names.filter(*holds))) if words else rows


class Organisation(UUIDModel):
    """An employer. A name typed by a participant must be confirmed before its people are eligible; it may be refused.

    Two may have one name if they differ in country or industry.
    """

    name = models.CharField(_("name"), max_length=160)
    identity = IdentityField(editable=False)
    folded = FoldedField(editable=False)
    industry = models.CharField(_("industry"), max_length=20, choices=Industry.choices)
    country = models.CharField(_("country"), max_length=2, choices=countries)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    refused_at = models.DateTimeField(_("refused"), null=True, blank=True, editable=False)
    refusal = models.CharField(_("why it was refused"), max_length=300, blank=True, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    objects: ClassVar = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name", "country", "industry")
        indexes = (GinIndex(fields=("folded",), opclasses=("gin_trgm_ops",), name="organisation_folded_trgm"),)
        constraints = (
            models.UniqueConstraint(
                fields=("identity", "country", "industry"),
                name="organisation_once",
                violation_error_message=_("There is an organisation of this name in this country and industry."),
            ),
            models.CheckConstraint(
                condition=Q(refused_at__isnull=True, refusal="")
                | (Q(refused_at__isnull=False, confirmed_at__isnull=True) & ~Q(refusal="")),
                name="organisation_refusal_has_reason",
                violation_error_message=_("A name is refused with a reason, and not confirmed as well."),
            ),
            models.CheckConstraint(
                condition=~Q(identity=""),
                name="organisation_name_is_visible",
                violation_error_message=_("Write a name that can be seen."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """With the name go the columns made from it."""
        if update_fields is not None and "name" in (written := set(update_fields)):
            update_fields = written | {"identity", "folded"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def placed(self) -> str:
        """The name with what tells namesakes apart: "Atlas (Energy, Germany)"."""
        return f"{self.name} ({label_of(Industry, self.industry)}, {country_name(self.country)})"

    @property
    def described(self) -> str:
        """The same with its former names; prefetch `other_names` for many."""
        former = ", ".join(each.name for each in self.other_names.all() if each.until is not None)
        return (
            gettext("%(name)s, formerly %(former)s") % {"name": self.placed, "former": former}
            if former
            else self.placed
        )

    def name_on(self, day: date) -> str:
        """What it was called on that day; prefetch `other_names` for many."""
        later = [each for each in self.other_names.all() if each.until is not None and each.until > day]
        return min(later, key=lambda each: (each.until, each.pk)).name if later else self.name


class OtherName(UUIDModel):
    """Another name of an organisation: a former one, which it had until the day `until` (outside), or a spelling.

    `merged_id` is that of the organisation that had it, if that was merged into this one.
    """

    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.CASCADE, related_name="other_names"
    )
    name = models.CharField(_("name"), max_length=160)
    folded = FoldedField(editable=False)
    until = models.DateField(_("until (not including)"), null=True, blank=True)
    merged_id = models.UUIDField(null=True, editable=False)

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        ordering = (F("until").desc(nulls_last=True), "name")
        indexes = (GinIndex(fields=("folded",), opclasses=("gin_trgm_ops",), name="other_name_folded_trgm"),)
        constraints = (
            models.UniqueConstraint(
                fields=("merged_id",),
                name="other_name_merged_once",
                violation_error_message=_("This organisation has been merged already."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> date | None:
        """The last day of a former name; None for a spelling."""
        return None if self.until is None else self.until - timedelta(days=1)


class Ownership(UUIDModel):
    """A dated owner. A joint venture has several on one day; all under one ultimate owner are a family."""

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
                name="ownership_once_a_day",
                expressions=[
                    ("child", RangeOperators.EQUAL),
                    ("parent", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This owner is on record for that time already."),
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
