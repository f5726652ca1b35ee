"""The address under which a calendar program reads somebody's meetings."""

from django.conf import settings
from django.db import models

from common.models import UUIDModel


class CalendarFeed(UUIDModel):
    """A person's feed. Its address follows from its id and a key of ours: a renewed one is another row."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.person_id)
