"""What coordinators are told of."""

from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Cohort, Enrolment
from cohorts.models.scoping import ScopedQuerySet, coordinated
from common.models import UUIDModel
from matching.models.pairings import Pairing
from matching.models.requests import Request


class AlertQuerySet(ScopedQuerySet):
    """Alerts are for coordinators, without those about a request or pairing of their own."""

    def open(self) -> Self:
        """Those not settled yet."""
        return self.filter(settled_at__isnull=True)

    def as_participant(self, user: User) -> Self:
        return self.none()

    def as_coordinator(self, user: User) -> Self:
        return self.filter(coordinated(user)).exclude(subject_id__in=_party_to(user))


def _party_to(user: User) -> list[UUID]:
    """Ids of pairings and requests this person is one of the two in, and of their enrolments."""
    pairings = Pairing.objects.as_participant(user).values_list("pk", flat=True)
    requests = Request.objects.as_participant(user).values_list("pk", flat=True)
    return [*pairings, *requests, *Enrolment.objects.filter(person=user).values_list("pk", flat=True)]


class AlertKind(models.TextChoices):
    """What a coordinator should look at."""

    INDEPENDENCE = "independence", _("An independence rule no longer holds")
    COMPETITORS = "competitors", _("A pairing between competitors")
    INTRODUCED_IDLE = "introduced_idle", _("An introduced pairing has not begun")
    MENTOR_SILENT = "mentor_silent", _("A mentor let three requests in a row pass without an answer")
    SHORTLIST_EMPTY = "shortlist_empty", _("A mentee has nobody left to ask")
    CHECK_INS_MISSED = "check_ins_missed", _("A pairing has gone quiet")
    ORGANISATION_NEW = "organisation_new", _("A new organisation is waiting to be confirmed")


class Alert(UUIDModel):
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
                fields=("cohort", "kind", "subject_id"),
                condition=Q(settled_at__isnull=True),
                name="alert_once_open",
                violation_error_message=_("This is already on the list."),
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()
