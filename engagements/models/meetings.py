"""Meetings: proposed, agreed, and whether they took place. When and where, never what was said."""

from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.models import ContentKey, HoldsContent, SealedField
from engagements.models.assistants import Assistant
from engagements.states import OPEN_MEETING_STATES, MeetingState
from matching.models import Pairing

MOST_TIMES = 3
SHORTEST, LONGEST = 15, 240  # minutes


class Absent(models.TextChoices):
    """Who was not there when a meeting did not take place."""

    MENTEE = "mentee", _("the mentee")
    MENTOR = "mentor", _("the mentor")
    BOTH = "both", _("both")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings belong to the two who meet."""

    def visible_to(self, user: User) -> Self:
        """Those of the pairings that `user` is one of the two in."""
        return self.filter(Q(pairing__mentee=user) | Q(pairing__mentor=user))

    def open(self) -> Self:
        """Proposed, or agreed and not yet said to have taken place."""
        return self.filter(state__in=OPEN_MEETING_STATES)

    def held(self) -> Self:
        """Those that took place."""
        return self.filter(state=MeetingState.HELD)


class Meeting(HoldsContent):
    """A conversation of the two. `starts_at` is agreed; one that was only noted afterwards has a day (`held_on`) alone.

    `offered` are the times that `offered_by` asks the other side to pick one of, also while an agreed one stands;
    `offers` counts how often the times have changed. `sequence` counts what calendars were told of it, `changed_at` is
    when they were told last. `handled` is the assistant who last acted on its times for one of the two; None when that
    was one of the two themselves.
    """

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="meetings")
    state = models.CharField(
        _("state"), max_length=10, choices=MeetingState.choices, default=MeetingState.PROPOSED, editable=False
    )
    starts_at = models.DateTimeField(_("begins"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    offered = ArrayField(models.DateTimeField(), verbose_name=_("times offered"), default=list, blank=True)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    offers = models.PositiveSmallIntegerField(default=0)
    handled = models.ForeignKey(Assistant, null=True, on_delete=models.SET_NULL, related_name="+")
    place = SealedField()
    place_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    place_in_invitation = models.BooleanField(default=False)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    held_on = models.DateField(_("day"), null=True, blank=True)
    absent = models.CharField(_("who was not there"), max_length=6, choices=Absent.choices, blank=True, default="")
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(null=True)

    objects: ClassVar = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "held_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("pairing", "held_on"),
                name="meeting_once_a_day",
                violation_error_message=_("This meeting is noted already."),
            ),
            models.UniqueConstraint(
                fields=("pairing",),
                condition=Q(state="proposed"),
                name="meeting_proposed_once",
                violation_error_message=_("Times for a meeting are proposed already. Please look at those first."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(SHORTEST, LONGEST)),
                name="meeting_length_in_range",
                violation_error_message=_("A meeting is a quarter of an hour to four hours long."),
            ),
            models.CheckConstraint(
                condition=Q(offered__len=0, offered_by__isnull=True)
                | Q(offered__len__range=(1, MOST_TIMES), offered_by__isnull=False),
                name="meeting_offer_is_somebodys",
                violation_error_message=_("One to three times are proposed, by one of the two."),
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=True, place_by__isnull=True, place_in_invitation=False)
                | Q(place__isnull=False, place_by__isnull=False),
                name="meeting_place_is_somebodys",
                violation_error_message=_("A place is written by one of the two."),
            ),
            models.CheckConstraint(
                condition=Q(state="held", held_on__isnull=False, absent="", noted_by__isnull=False)
                | Q(state="missed", held_on__isnull=True, starts_at__isnull=False, noted_by__isnull=False)
                & ~Q(absent="")
                | Q(state="proposed", held_on__isnull=True, absent="", starts_at__isnull=True, offered__len__gte=1)
                | Q(state__in=("agreed", "passed"), held_on__isnull=True, absent="", starts_at__isnull=False)
                | Q(held_on__isnull=True, absent="") & ~Q(state__in=("held", "missed", "proposed", "agreed", "passed")),
                name="meeting_fits_state",
                violation_error_message=_("What is said of a meeting must fit where it stands."),
            ),
        )
        indexes = (models.Index(fields=("starts_at",), condition=Q(state="agreed"), name="meeting_agreed"),)

    def __str__(self) -> str:
        return str(self.state)

    @property
    def cohort_id(self) -> UUID:
        """Its pairing's."""
        return self.pairing.cohort_id

    def span(self) -> tuple[datetime, datetime]:
        """Beginning and end, once a time is agreed. Raises `ValueError` before."""
        if self.starts_at is None:
            raise ValueError("no time was agreed for this meeting")
        return self.starts_at, self.starts_at + timedelta(minutes=self.minutes)

    @property
    def ends_at(self) -> datetime | None:
        """When it is over, once a time is agreed."""
        return self.span()[1] if self.starts_at else None

    def content_key(self) -> ContentKey | None:
        return self.pairing.key

    def content_author(self, field: str) -> str:
        return str({"place": self.place_by_id}[field])

    def times_ahead(self, now: datetime) -> list[datetime]:
        """Those of the times offered that have not passed."""
        return [at for at in self.offered if at > now]

    def has_begun(self, now: datetime) -> bool:
        """Whether its agreed time has come."""
        return self.starts_at is not None and self.starts_at <= now
