"""Days on which a person wants no reminder."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import UUIDModel


class QuietPeriod(UUIDModel):
    """Days without reminders, both ends included; what would have come then comes on the morning after.

    A leave is more: whoever is on leave is not asked to mentor, and no deadline runs out on them.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="quiet_periods")
    starts_on = models.DateField(_("first quiet day"))
    ends_on = models.DateField(_("last quiet day"))

    class Meta:
        ordering = ("starts_on",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="quiet_period_in_order",
                violation_error_message=_("The last day must not come before the first."),
            ),
            models.UniqueConstraint(
                fields=("person", "starts_on"),
                name="quiet_period_once",
                violation_error_message=_("Quiet days from that day on are on your list already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"
