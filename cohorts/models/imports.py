"""Spreadsheets on their way in: read, looked at, confirmed."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import label_of
from accounts.models import User
from cohorts.models.cohorts import Cohort
from cohorts.models.scoping import ScopedQuerySet
from cohorts.states import ImportState, SheetKind
from common.models import UUIDModel


class SheetImportQuerySet(ScopedQuerySet):
    """Imports: each is its uploader's alone, as long as they look after the cohort it is for."""

    def as_coordinator(self, user: User) -> Self:
        rows = self.filter(user=user)
        return rows.filter(Q(cohort=None) | Q(cohort__in=Cohort.objects.as_coordinator(user).values("pk")))


class SheetImport(UUIDModel):
    """A spreadsheet of people for a cohort, or of organisations. What was read of it (`sealed`, under the master key
    `master`) is kept until it is brought in or discarded, and for a day at most.

    `promised` is what the confirmed preview said, as a digest; `tries` how often a worker has begun to bring it in.
    """

    kind = models.CharField(_("sheet"), max_length=13, choices=SheetKind.choices)
    cohort = models.ForeignKey(
        Cohort, verbose_name=_("cohort"), null=True, on_delete=models.PROTECT, related_name="imports"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="imports"
    )
    file_name = models.CharField(_("file"), max_length=120)
    uploaded_at = models.DateTimeField(_("uploaded"))
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState.choices, default=ImportState.WAITING, editable=False
    )
    rows = models.PositiveIntegerField(_("rows"), default=0)
    master = models.CharField(max_length=40, blank=True, editable=False)
    sealed = models.BinaryField(null=True, editable=False)
    promised = models.CharField(max_length=64, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    problem = models.CharField(max_length=20, blank=True, editable=False)
    finished_at = models.DateTimeField(_("brought in"), null=True, blank=True)
    added = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("as they were"), default=0)
    left_out = models.PositiveIntegerField(_("left out"), default=0)
    emails = models.PositiveIntegerField(_("e-mails"), default=0)

    objects: ClassVar = SheetImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-uploaded_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="people", cohort__isnull=False) | Q(kind="organisations", cohort__isnull=True),
                name="import_of_people_has_cohort",
                violation_error_message=_("People are brought into a cohort, organisations into none."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=("done", "discarded"), sealed__isnull=True)
                | (~Q(state__in=("done", "discarded")) & Q(sealed__isnull=False)),
                name="import_content_while_open",
                violation_error_message=_("What was read of a file is kept until it is brought in or discarded."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.file_name}, {label_of(SheetKind, self.kind)}"
