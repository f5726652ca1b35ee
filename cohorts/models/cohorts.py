"""Cohorts: dated intakes, each with its own rules and coordinators."""

from typing import ClassVar, NamedTuple, Self
from uuid import UUID

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models.scoping import ScopedQuerySet
from cohorts.models.weights import Weighted, weight_constraints
from cohorts.states import EnrolmentState
from common.models import UUIDModel


class Contact(NamedTuple):
    """Whom to turn to."""

    name: str
    email: str


class CohortQuerySet(ScopedQuerySet):
    """Cohorts."""

    def as_participant(self, user: User) -> Self:
        """Those this person is enrolled in, or waits to be."""
        taking_part = (EnrolmentState.PENDING, EnrolmentState.APPROVED)
        return self.filter(enrolments__person=user, enrolments__state__in=taking_part).distinct()

    def as_coordinator(self, user: User) -> Self:
        return self if user.is_superuser else self.filter(coordinators=user)


class Cohort(Weighted, UUIDModel):
    """One dated intake with its own rules and coordinators."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"))
    coordinators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("coordinators"), related_name="coordinated_cohorts", blank=True
    )
    concern_name = models.CharField(_("concern contact"), max_length=120)
    concern_email = models.EmailField(_("e-mail of the concern contact"))
    answer_days = models.PositiveSmallIntegerField(
        _("working days to answer a request"),
        default=5,
        validators=[MinValueValidator(2), MaxValueValidator(20)],
    )
    lookback_months = models.PositiveSmallIntegerField(
        _("look-back for former employers and ties, in months"), default=24, validators=[MaxValueValidator(120)]
    )
    competitors_flag_only = models.BooleanField(
        _("competitors are flagged, not excluded"),
        default=False,
        help_text=_("Declared competitors may be paired; the coordinators are alerted."),
    )
    spread_load = models.BooleanField(
        _("match runs spread the load"),
        default=False,
        help_text=_("Each match run gives no mentor a second mentee while as many are matched without. It costs fit."),
    )
    check_in_weeks = models.PositiveSmallIntegerField(
        _("weeks between check-ins"), default=4, validators=[MinValueValidator(1), MaxValueValidator(13)]
    )

    objects: ClassVar = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ("-starts_on", "name")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="cohort_ends_after_start",
                violation_error_message=_("The end must come after the start."),
            ),
            *weight_constraints(),
        )

    def __str__(self) -> str:
        return self.name

    def coordinator_for(self, person: User | None) -> User | None:
        """Whom somebody of the cohort turns to: its first coordinator who takes no part in it; None for nobody."""
        coordinators = User.objects.filter(is_active=True, coordinated_cohorts=self)
        others = coordinators.exclude(pk__in=[person.pk] if person else [])
        return others.exclude(enrolments__cohort=self).order_by("name", "pk").first()

    def contact_for(self, person: User) -> Contact:
        """Who puts right what somebody of the cohort cannot: a coordinator, else its concern contact."""
        coordinator = self.coordinator_for(person)
        if coordinator is None:
            return Contact(self.concern_name, self.concern_email)
        return Contact(coordinator.get_full_name(), coordinator.email)

    @property
    def cohort_id(self) -> UUID:
        """Itself: what is about a cohort belongs to it."""
        return self.pk
