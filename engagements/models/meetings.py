"""That the two have met: the day, never what was said."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import UUIDModel
from matching.models import Pairing


class Meeting(UUIDModel):
    """A conversation the pair has had. Either side notes it; once a day."""

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="meetings")
    held_on = models.DateField(_("day"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ("held_on",)
        constraints = (
            models.UniqueConstraint(
                fields=("pairing", "held_on"),
                name="meeting_once_a_day",
                violation_error_message=_("This meeting is noted already."),
            ),
        )

    def __str__(self) -> str:
        return str(self.held_on)
