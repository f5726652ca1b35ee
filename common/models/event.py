"""Append-only history: who did what to which record, when. Never what was said."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.transitions import Actor


class Event(models.Model):
    """One line of history. A trigger refuses changes and deletions."""

    at = models.DateTimeField(_("at"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    actor = models.CharField(_("acting as"), max_length=20, choices=[(a.value, a.value) for a in Actor])
    verb = models.CharField(_("verb"), max_length=60)
    subject_type = models.CharField(_("subject"), max_length=60)
    subject_id = models.UUIDField(_("subject id"))
    cohort_id = models.UUIDField(_("cohort"), null=True)
    fields = models.CharField(_("what changed"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("history")
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("subject_type", "subject_id", "at"), name="event_subject"),
            models.Index(fields=("cohort_id", "-at"), name="event_cohort"),
        )

    def __str__(self) -> str:
        return f"{self.subject_type} {self.verb}"

    @classmethod
    def record(
        cls,
        *,
        verb: str,
        subject: models.Model,
        actor: Actor,
        now: datetime,
        person: models.Model | None = None,
        cohort_id: uuid.UUID | None = None,
        fields: Iterable[str] = (),
    ) -> "Event":
        """Write one line about `subject` (a record with a UUID id); `fields` names what changed, never to what."""
        return cls.objects.create(
            at=now,
            person=person,
            actor=actor.value,
            verb=verb,
            subject_type=subject._meta.model_name,  # noqa: SLF001 - documented, for all its underscore
            subject_id=subject.pk,
            cohort_id=cohort_id,
            fields=", ".join(sorted(fields))[:200],
        )
