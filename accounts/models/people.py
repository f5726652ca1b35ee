"""What a person says about themselves in either role: where, when, for whom they work, and when they are away."""

from datetime import date, time, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import (
    AffiliationKind,
    Function,
    Seniority,
    default_language,
    label_of,
    site_languages,
)
from accounts.models.organisations import Organisation
from accounts.models.periods import PeriodQuerySet
from common.cldr import countries, languages
from common.models import UUIDModel
from common.zones import known_name


class Profile(models.Model):
    """The common part of a profile, one a person. Zone is an IANA name; hours are wall-clock times in that zone, and
    may end after midnight. `region` is a part of the country, by its code in `common.working_days`, and may be empty.

    `zone_declined` is that of a device, which the person did not want to change to.

    `language` is that of pages and e-mails, `languages` those the person speaks. While the site offers one language
    only, no form asks for it.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="profile"
    )
    headline = models.CharField(_("position"), max_length=160, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, choices=countries, blank=True)
    region = models.CharField(_("region"), max_length=20, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(
        _("language of pages and e-mails"), max_length=10, choices=site_languages, default=default_language
    )
    work_starts = models.TimeField(_("working hours from"), default=time(9))
    work_ends = models.TimeField(_("until"), default=time(18))
    languages = ArrayField(
        models.CharField(max_length=3, choices=languages), verbose_name=_("languages"), default=list, blank=True
    )
    function = models.CharField(_("function"), max_length=20, choices=Function.choices, blank=True)
    seniority = models.PositiveSmallIntegerField(_("seniority"), choices=Seniority.choices, null=True, blank=True)
    zone_declined = models.CharField(max_length=64, blank=True, default="", editable=False)
    theme = models.CharField(max_length=5, blank=True, editable=False)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = (
            models.CheckConstraint(
                condition=~Q(work_ends=F("work_starts")),
                name="profile_hours_have_length",
                violation_error_message=_("Working hours must end at another time than they begin."),
            ),
        )

    def __str__(self) -> str:
        return str(self.person)

    @property
    def known_zone(self) -> str:
        """The zone, or what stands in for one that this machine does not know."""
        return known_name(self.zone, self.country)


class AffiliationQuerySet(PeriodQuerySet["Affiliation"]):
    """Ties, dated."""

    def around(self, day: date) -> Self:
        """Those that hold on that day, the one before or the one after: whatever day it is where their people are."""
        return self.overlapping(day - timedelta(days=1), day + timedelta(days=2))

    def counted(self) -> Self:
        """Without those to organisations whose name a coordinator has refused: they are as if not said."""
        return self.filter(organisation__refused_at__isnull=True)


class Affiliation(UUIDModel):
    """A dated tie to an organisation. An empty employer means independent: retired, or with a portfolio."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="affiliations"
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="affiliations",
    )
    kind = models.CharField(_("tie"), max_length=10, choices=AffiliationKind.choices, default=AffiliationKind.EMPLOYER)
    title = models.CharField(_("title"), max_length=120, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (not including)"), null=True, blank=True)
    entered_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = AffiliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        ordering = ("-starts_on", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | Q(kind=AffiliationKind.EMPLOYER),
                name="affiliation_names_organisation",
                violation_error_message=_("Choose the organisation."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="affiliation_ends_after_start",
                violation_error_message=_("The end must come after the start."),
            ),
        )

    def __str__(self) -> str:
        return f"{label_of(AffiliationKind, self.kind)}: {self.organisation or _('independent')}"

    @property
    def called(self) -> str:
        """What the organisation was called on the last day of this tie, with today's name; "" for independent."""
        if self.organisation is None:
            return ""
        then = self.organisation.name if self.last_day is None else self.organisation.name_on(self.last_day)
        if then == self.organisation.name:
            return then
        return gettext("%(then)s (today %(name)s)") % {"then": then, "name": self.organisation.name}

    def holds_on(self, day: date) -> bool:
        """Whether it has begun, and not ended, on that day."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds, as people say it; None while it lasts."""
        return None if self.ends_on is None else self.ends_on - timedelta(days=1)


class Leave(UUIDModel):
    """Days on which a person is not asked and not reminded; both ends included."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="leaves"
    )
    starts_on = models.DateField(_("first day away"))
    ends_on = models.DateField(_("last day away"))

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leave")
        ordering = ("starts_on",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="leave_in_order",
                violation_error_message=_("The last day must not come before the first."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"
