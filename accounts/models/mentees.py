"""What a mentee is looking for."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import IndustryPreference
from accounts.models.topics import Topic
from common.models import UUIDModel


class MenteeProfile(models.Model):
    """A mentee's intake: read by coordinators, and by a mentor who is asked."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="mentee_profile"
    )
    about = models.TextField(_("where you stand"), max_length=1200, blank=True)
    challenges = models.ManyToManyField(Topic, verbose_name=_("challenges"), related_name="+", blank=True)
    industry_preference = models.CharField(
        _("industry of your mentor"), max_length=10, choices=IndustryPreference.choices, default=IndustryPreference.ANY
    )

    class Meta:
        verbose_name = _("mentee profile")
        verbose_name_plural = _("mentee profiles")

    def __str__(self) -> str:
        return str(self.person)


class Aim(UUIDModel):
    """One of up to three aims, first things first."""

    mentee = models.ForeignKey(MenteeProfile, on_delete=models.CASCADE, related_name="aims")
    rank = models.PositiveSmallIntegerField(_("rank"))
    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("in one sentence"), max_length=240)

    class Meta:
        verbose_name = _("aim")
        verbose_name_plural = _("aims")
        ordering = ("rank",)
        constraints = (
            models.UniqueConstraint(
                fields=("mentee", "rank"),
                name="aim_rank_once",
                violation_error_message=_("Each aim has a place of its own."),
            ),
        )

    def __str__(self) -> str:
        return self.text
