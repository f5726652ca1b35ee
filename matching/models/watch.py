"""What coordinators are told of, and what they allow."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import Identified
from matching.models.cohorts import Cohort
from matching.querysets import AlertQuerySet, WaiverQuerySet


class Waiver(Identified):
    """A coordinator lets one pair through despite a tie: who, why, until. Being oneself is never waivable."""

    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="waivers")
    mentee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentee"), on_delete=models.CASCADE, related_name="+"
    )
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentor"), on_delete=models.CASCADE, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    why = models.CharField(_("why"), max_length=300)
    given_at = models.DateTimeField(_("given"))
    until = models.DateField(_("until"))

    objects: ClassVar = WaiverQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ("-given_at",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(mentee=F("mentor")),
                name="waiver_not_of_oneself",
                violation_error_message=_("Nobody can be their own mentor; this cannot be waived."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.mentee} – {self.mentor}"


class AlertKind(models.TextChoices):
    """What a coordinator should look at."""

    TIES = "ties", _("An independence rule no longer holds")
    COMPETITORS = "competitors", _("A pairing between competitors")
    INTRODUCED_IDLE = "introduced_idle", _("An introduced pairing has not begun")
    MENTOR_SILENT = "mentor_silent", _("A mentor let three requests in a row pass without an answer")
    LIST_EMPTY = "list_empty", _("A mentee has nobody left to ask")
    CHECK_INS_MISSED = "check_ins_missed", _("A pairing has gone quiet")
    ORGANISATION_NEW = "organisation_new", _("A new organisation is waiting to be confirmed")


class Alert(Identified):
    """Something to look at, once per cohort, kind and subject while it is open. `detail` names rules and dates only."""

    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.CASCADE, related_name="alerts")
    kind = models.CharField(_("what"), max_length=20, choices=AlertKind.choices)
    subject_id = models.UUIDField()
    detail = models.CharField(_("facts"), max_length=300, blank=True)
    raised_at = models.DateTimeField(_("since"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: ClassVar = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("-raised_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("cohort", "kind", "subject_id"), condition=Q(settled_at__isnull=True), name="alert_once_open"
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()
