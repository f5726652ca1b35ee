"""Check-ins: one row per side and round, planned at activation up to the planned end."""

from datetime import date, datetime
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.calendars import PersonCalendar, calendar_with_absences, local_day
from accounts.models import User
from cohorts.states import Role
from common.models import ContentKey, HoldsContent, SealedField
from engagements.reminder_times import reminders
from engagements.states import CheckInState, CheckInStatus
from matching.models import Pairing

FIVE = (MinValueValidator(1), MaxValueValidator(5))
MOST_SNOOZES = 2
SCORES = ("connection", "clarity", "competency")


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    """A check-in is its own side's; the other side reads the line in it on the pairing's page."""

    def visible_to(self, user: User) -> Self:
        """Those that `user` is asked to answer."""
        return self.filter(person=user)

    def of_people(self) -> Self:
        """With all that says where their people are."""
        return self.select_related("person__profile").prefetch_related("person__leaves", "person__quiet_periods")

    def waiting(self, now: datetime) -> Self:
        """Due by `now` and neither answered nor missed."""
        return self.filter(state=CheckInState.SCHEDULED, due_at__lte=now)

    def ahead(self, now: datetime) -> Self:
        """Planned for later than `now`."""
        return self.filter(state=CheckInState.SCHEDULED, due_at__gt=now)

    def overtaken(self, now: datetime) -> Self:
        """Still unanswered although the same side's next round has fallen due."""
        later = CheckIn.objects.exclude(state=CheckInState.CANCELLED).filter(
            pairing=OuterRef("pairing"), side=OuterRef("side"), round__gt=OuterRef("round"), due_at__lte=now
        )
        return self.filter(Exists(later), state=CheckInState.SCHEDULED)


class CheckIn(HoldsContent):
    """One side's report for one round. Scores (1 to 5) are that side's own; the line is for the other.

    `day` is the day it was planned for, or put off to; `due_at` the morning it came to be asked on, which may be later:
    weekends, holidays and days away are passed over, and follow the person when they move.
    """

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="check_ins")
    side = models.CharField(_("side"), max_length=6, choices=Role.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="check_ins")
    round = models.PositiveSmallIntegerField(_("round"))
    day = models.DateField(_("planned for"))
    due_at = models.DateTimeField(_("due"))
    snoozes = models.PositiveSmallIntegerField(_("put off"), default=0)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=CheckInState.choices,
        default=CheckInState.SCHEDULED,
        editable=False,
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    connection = models.PositiveSmallIntegerField(null=True, blank=True, validators=FIVE)
    clarity = models.PositiveSmallIntegerField(null=True, blank=True, validators=FIVE)
    competency = models.PositiveSmallIntegerField(null=True, blank=True, validators=FIVE)
    met = models.BooleanField(_("have you met since?"), null=True)
    line = SealedField()

    objects: ClassVar = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ("round", "side")
        constraints = (
            models.UniqueConstraint(
                fields=("pairing", "side", "round"),
                name="check_in_once",
                violation_error_message=_("This check-in is already planned."),
            ),
            models.CheckConstraint(
                condition=Q(snoozes__lte=MOST_SNOOZES),
                name="check_in_put_off_twice_at_most",
                violation_error_message=_("This check-in has been put off twice already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state="answered",
                    answered_at__isnull=False,
                    connection__range=(1, 5),
                    clarity__range=(1, 5),
                    competency__range=(1, 5),
                    met__isnull=False,
                )
                | Q(
                    ~Q(state="answered"),
                    answered_at__isnull=True,
                    connection__isnull=True,
                    clarity__isnull=True,
                    competency__isnull=True,
                    met__isnull=True,
                    line__isnull=True,
                ),
                name="check_in_answer_fits_state",
                violation_error_message=_(
                    "Please answer all three questions from 1 to 5, and say whether you have met."
                ),
            ),
        )
        indexes = (
            models.Index(fields=("due_at",), condition=Q(state="scheduled"), name="check_in_scheduled"),
            models.Index(fields=("person", "due_at"), name="check_in_person"),
        )

    def __str__(self) -> str:
        return f"{self.side} {self.round}"

    @property
    def cohort_id(self) -> UUID:
        """Its pairing's."""
        return self.pairing.cohort_id

    def content_key(self) -> ContentKey | None:
        return self.pairing.key

    def content_author(self, field: str) -> str:
        return str(self.person_id)

    def asked_on(self, calendar: PersonCalendar) -> date:
        """The day it is asked on, as it is for its person: the day planned, or the later one it was moved to."""
        return max(self.day, local_day(self.due_at, calendar))

    def overdue_at(self) -> datetime:
        """When the first reminder goes out, and the check-in counts as overdue."""
        calendar = calendar_with_absences(self.person)
        return reminders(self.asked_on(calendar), calendar)[0]

    def is_open(self, now: datetime) -> bool:
        """Whether it may be answered: due, or put off after it was due."""
        return self.state == CheckInState.SCHEDULED and (now >= self.due_at or self.snoozes > 0)

    def status(self, now: datetime) -> CheckInStatus:
        """Its state as people see it: a scheduled one is due, then overdue, by the clock alone. A state of no known
        name asks nobody for anything.
        """
        if self.state != CheckInState.SCHEDULED:
            return CheckInStatus(self.state) if self.state in CheckInStatus.values else CheckInStatus.CANCELLED
        if now < self.due_at:
            return CheckInStatus.SNOOZED if self.snoozes else CheckInStatus.SCHEDULED
        return CheckInStatus.OVERDUE if now >= self.overdue_at() else CheckInStatus.DUE
