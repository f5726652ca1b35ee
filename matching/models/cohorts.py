"""Cohorts and the roles people take in them."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation
from common.models import Identified
from matching.models.weights import Weighted, weight_constraints
from matching.querysets import CohortQuerySet, EnrolmentQuerySet
from matching.states import EnrolmentState, Role

__all__ = ["Cohort", "Enrolment", "EnrolmentOffer", "EnrolmentState", "Role"]


class Cohort(Weighted, Identified):
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
        _("look-back for former employers, in months"), default=24, validators=[MaxValueValidator(120)]
    )
    competitors_flag_only = models.BooleanField(
        _("competitors are flagged, not excluded"),
        default=False,
        help_text=_("Declared competitors may be paired; the coordinators are alerted."),
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


class Enrolment(Identified):
    """A role a person takes in a cohort. A mentor's `capacity` here may only lower the one on the profile.

    `next_wish_since`: a request came to nothing then, and the mentee's next wish has not been asked yet.
    """

    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="enrolments"
    )
    role = models.CharField(_("role"), max_length=6, choices=Role.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=EnrolmentState.choices, default=EnrolmentState.PENDING, editable=False
    )
    capacity = models.PositiveSmallIntegerField(
        _("at most, in this cohort"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    open_pairings = models.PositiveSmallIntegerField(default=0, editable=False)
    priority_since = models.DateTimeField(_("first in line since"), null=True, blank=True, editable=False)
    next_wish_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ("cohort", "person__name")
        indexes = (
            models.Index(
                fields=("next_wish_since",), condition=Q(next_wish_since__isnull=False), name="enrolment_owed_wish"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("cohort", "person", "role"),
                name="enrolment_once",
                violation_error_message=_("This person already has this role in the cohort."),
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(open_pairings__lte=F("capacity")),
                name="enrolment_within_capacity",
                violation_error_message=_("There are more open pairings than that."),
            ),
            models.CheckConstraint(
                condition=Q(role="mentor") | Q(capacity__isnull=True),
                name="enrolment_capacity_of_mentors",
                violation_error_message=_("Only a mentor has a capacity."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"


class EnrolmentOffer(Identified):
    """The role an invitation offers; taken up when the invitation is accepted."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="offers")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="offers")
    role = models.CharField(_("role"), max_length=6, choices=Role.choices)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("invitation", "cohort", "role"), name="offer_once"),)

    def __str__(self) -> str:
        return self.role
