"""What coordinators allow despite a tie."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Cohort
from common.models import UUIDModel
from matching.models.scoping import PairQuerySet


class WaiverQuerySet(PairQuerySet):
    """Waivers are between coordinators; the pair does not see them."""

    def as_participant(self, user: User) -> Self:
        return self.none()

    def in_force(self, on: date) -> Self:
        """Those that hold on that day (their last day included)."""
        return self.filter(until__gte=on)


class Waiver(UUIDModel):
    """A coordinator lets one pair through despite a tie: who, why, until. Being oneself is never waivable."""

    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="waivers")
    mentee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentee"), on_delete=models.CASCADE, related_name="+"
    )
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentor"), on_delete=models.CASCADE, related_name="+"
    )
    given_by = models.ForeignKey(
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
