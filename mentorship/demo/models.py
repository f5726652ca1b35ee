"""The demo's own tables: how far its clock was moved, and the letters it delivered."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models


class ClockOffset(models.Model):
    """One row: how far the programme's time is ahead of the machine's."""

    ONLY: ClassVar[int] = 1

    ahead = models.DurationField(default=timedelta())

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(pk=1), name="clock_one_row"),
            models.CheckConstraint(condition=models.Q(ahead__gte=timedelta()), name="clock_never_behind"),
        )

    def __str__(self) -> str:
        return str(self.ahead)


class CastMember(models.Model):
    """Who plays a part in the demo: chosen when it begins, so that the cast stays the same as one acts."""

    part = models.CharField(max_length=20, primary_key=True)
    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.part}: {self.person}"


class DeliveredLetter(models.Model):
    """A letter as it arrived in the demo's mailbox."""

    recipient = models.EmailField(db_index=True)
    subject = models.CharField(max_length=300)
    message_id = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    arrived_at = models.DateTimeField()

    class Meta:
        ordering = ("-arrived_at", "-id")
        indexes = (models.Index(fields=("-arrived_at", "-id"), name="delivered_latest"),)

    def __str__(self) -> str:
        return self.subject
