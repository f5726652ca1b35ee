"""What a mentor offers."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Depth
from accounts.models.topics import Topic
from common.models import UUIDModel
from common.sentences import NOT_AVAILABLE

MOST_PLACES = 12


class MentorProfile(models.Model):
    """A mentor's offer. `open_pairings` is kept by a database trigger, across cohorts, and never exceeds `capacity`.

    With `nobody_new` they are neither suggested nor asked, whatever places are open; what waits may still be answered.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="mentor_profile"
    )
    about = models.TextField(_("in your own words"), max_length=1200, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("how many mentees at a time"), default=1, validators=[MaxValueValidator(MOST_PLACES)]
    )
    nobody_new = models.BooleanField(_("nobody new, please"), default=False)
    open_pairings = models.PositiveSmallIntegerField(default=0, editable=False)
    topics = models.ManyToManyField(Topic, through="Expertise", related_name="+")

    class Meta:
        verbose_name = _("mentor profile")
        verbose_name_plural = _("mentor profiles")
        constraints = (
            models.CheckConstraint(
                condition=Q(open_pairings__lte=F("capacity")),
                name="mentor_within_capacity",
                violation_error_message=NOT_AVAILABLE,
            ),
        )

    def __str__(self) -> str:
        return str(self.person)


class Expertise(UUIDModel):
    """A topic a mentor offers, and how deep."""

    mentor = models.ForeignKey(MentorProfile, on_delete=models.CASCADE, related_name="expertise")
    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.PROTECT, related_name="+")
    depth = models.PositiveSmallIntegerField(_("depth"), choices=Depth.choices, default=Depth.LED)

    class Meta:
        verbose_name = _("expertise")
        verbose_name_plural = _("expertise")
        ordering = ("-depth", "topic__name")
        constraints = (
            models.UniqueConstraint(
                fields=("mentor", "topic"),
                name="expertise_once",
                violation_error_message=_("This topic is already in the list."),
            ),
        )

    def __str__(self) -> str:
        return str(self.topic)
