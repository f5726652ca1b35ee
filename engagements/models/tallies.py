"""What came of a cohort's pairings, as reports show it: counted once, and kept."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Cohort
from cohorts.models.scoping import coordinated
from common.models import UUIDModel


class TallyMoment(models.TextChoices):
    """What of a pairing is counted: its first check-in, or all that is known once it is over."""

    START = "start", _("At the start")
    OVER = "over", _("Once it was over")


class TallyQuerySet(models.QuerySet["Tally"]):
    """Tallies are a cohort's coordinators'."""

    def as_coordinator(self, user: User) -> Self:
        """Those of the cohorts this person looks after."""
        return self.filter(coordinated(user))


class Tally(UUIDModel):
    """Figures about six people or more, as they may be shown (`engagements.domain.shown_figures`).

    No pairing stands in two tallies of one moment, and a tally never changes: nothing can be taken from one another.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="tallies")
    moment = models.CharField(_("when"), max_length=5, choices=TallyMoment.choices)
    counted_at = models.DateTimeField(_("counted"))
    pairings: models.Field = ArrayField(models.UUIDField(), verbose_name=_("pairings"))  # type: ignore[type-arg]
    figures = models.JSONField(_("figures"))

    objects: ClassVar = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        ordering = ("counted_at", "pk")

    def __str__(self) -> str:
        return f"{self.moment} {self.counted_at:%Y-%m-%d}"
