"""What a coordinator knows of somebody who is invited, until that person joins."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import Function, Seniority
from accounts.models.invitations import Invitation
from accounts.models.mentors import MOST_PLACES
from accounts.models.organisations import Organisation
from accounts.models.topics import Topic
from common.cldr import countries, languages


class PreparedProfile(models.Model):
    """A profile begun for somebody who has no account yet. It becomes theirs when they join, and goes with the
    invitation otherwise: it holds what the person has not said themselves.
    """

    invitation = models.OneToOneField(
        Invitation, primary_key=True, on_delete=models.CASCADE, related_name="prepared_profile"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    title = models.CharField(_("title"), max_length=120, blank=True)
    since = models.DateField(_("in this position since"), null=True, blank=True)
    function = models.CharField(_("function"), max_length=20, choices=Function.choices, blank=True)
    seniority = models.PositiveSmallIntegerField(_("seniority"), choices=Seniority.choices, null=True, blank=True)
    country = models.CharField(_("country"), max_length=2, choices=countries, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    languages = ArrayField(
        models.CharField(max_length=3, choices=languages), verbose_name=_("languages"), default=list, blank=True
    )
    capacity = models.PositiveSmallIntegerField(
        _("how many mentees at a time"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)],
    )
    expertise = models.ManyToManyField(Topic, verbose_name=_("expertise"), related_name="+", blank=True)
    challenges = models.ManyToManyField(Topic, verbose_name=_("challenges"), related_name="+", blank=True)

    class Meta:
        verbose_name = _("prepared profile")
        verbose_name_plural = _("prepared profiles")

    def __str__(self) -> str:
        return str(self.invitation)
