"""Enrolments: the roles people take in cohorts."""

from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import label_of
from accounts.models import User
from cohorts.models.cohorts import Cohort
from cohorts.models.scoping import ScopedQuerySet
from cohorts.states import EnrolmentState, Role
from common.models import UUIDModel
from common.sentences import NOT_AVAILABLE


class EnrolmentQuerySet(ScopedQuerySet):
    """Enrolments. Mentees are never listed to anybody but their coordinators."""

    def approved(self) -> Self:
        """Those that take part."""
        return self.filter(state=EnrolmentState.APPROVED)

    def as_participant(self, user: User) -> Self:
        return self.filter(person=user)


class Enrolment(UUIDModel):
    """A role a person takes in a cohort. A mentor's `capacity` here may only lower the one on the profile.

    `next_request_since`: a request came to nothing then, and the next mentor on the shortlist has not been asked yet.
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
    next_request_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ("cohort", "person__name")
        indexes = (
            models.Index(
                fields=("next_request_since",),
                condition=Q(next_request_since__isnull=False),
                name="enrolment_next_request",
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
                violation_error_message=NOT_AVAILABLE,
            ),
            models.CheckConstraint(
                condition=Q(role="mentor") | Q(capacity__isnull=True),
                name="enrolment_capacity_of_mentors",
                violation_error_message=_("Only a mentor has a capacity."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}, {label_of(Role, self.role)}"
