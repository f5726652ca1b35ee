"""Whether a side shows its scores of check-ins to the other: they are shown while both do, from when both did."""

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.states import Role
from common.models import UUIDModel
from engagements.states import SharingState
from matching.models import Pairing


class ScoreSharing(UUIDModel):
    """One side's own word, given or taken back at `at`."""

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="score_sharings")
    side = models.CharField(_("side"), max_length=6, choices=Role.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=SharingState.choices, default=SharingState.OFF, editable=False
    )
    at = models.DateTimeField(_("since"))

    objects: ClassVar = models.Manager["ScoreSharing"]()

    class Meta:
        verbose_name = _("sharing of scores")
        verbose_name_plural = _("sharings of scores")
        ordering = ("side",)
        constraints = (
            models.UniqueConstraint(
                fields=("pairing", "side"),
                name="score_sharing_once",
                violation_error_message=_("You have said whether you share your scores."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.side} {self.state}"

    @property
    def cohort_id(self) -> UUID:
        """Its pairing's."""
        return self.pairing.cohort_id
