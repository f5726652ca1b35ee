"""Records are named by random ids: an address tells nobody how many there are, and none can be guessed."""

import uuid

from django.db import models


class UUIDModel(models.Model):
    """A record with a random id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True
