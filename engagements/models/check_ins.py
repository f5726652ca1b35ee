"""Check-ins: one row per side and round, planned at activation up to the planned end."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import ContentKey, HoldsContent, SealedField
from engagements.states import CheckInState
from matching.models import Pairing
from matching.models.cohorts import Role

FIVE = (MinValueValidator(1), MaxValueValidator(5))


class CheckIn(HoldsContent):
    """One side's short report for one round. Scores (1 to 5) are that side's own; the line is for the other side."""

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="check_ins")
    side = models.CharField(_("side"), max_length=6, choices=Role.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="check_ins")
    round = models.PositiveSmallIntegerField(_("round"))
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(
        _("state"), max_length=10, choices=CheckInState.choices, default=CheckInState.SCHEDULED, editable=False
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    connection = models.PositiveSmallIntegerField(null=True, blank=True, validators=FIVE)
    clarity = models.PositiveSmallIntegerField(null=True, blank=True, validators=FIVE)
    competency = models.PositiveSmallIntegerField(null=True, blank=True, validators=FIVE)
    met = models.BooleanField(_("have you met since?"), null=True)
    line = SealedField()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ("round", "side")
        constraints = (
            models.UniqueConstraint(fields=("pairing", "side", "round"), name="check_in_once"),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False)
                | (~Q(state="answered") & Q(answered_at__isnull=True)),
                name="check_in_answered_at_fits_state",
            ),
        )
        indexes = (
            models.Index(fields=("due_at",), condition=Q(state="scheduled"), name="check_in_scheduled"),
            models.Index(fields=("person", "due_at"), name="check_in_person"),
        )

    def __str__(self) -> str:
        return f"{self.side} {self.round}"

    def content_key(self) -> ContentKey | None:
        return self.pairing.key

    def content_author(self, field: str) -> str:
        return str(self.person_id)
