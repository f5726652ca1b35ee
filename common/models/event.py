"""Append-only history: who did what to which record, when. Never what was said."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import event_kinds
from common.subjects import subject_of
from common.transitions import Actor

if TYPE_CHECKING:
    from accounts.models import User

ACTORS = {
    Actor.MENTEE: _("mentee"),
    Actor.MENTOR: _("mentor"),
    Actor.ASSISTANT: _("assistant"),
    Actor.COORDINATOR: _("coordinator"),
    Actor.PERSON: _("in their own matters"),
    Actor.CLOCK: _("the clock"),
    Actor.SYSTEM: _("the system"),
}


class EventQuerySet(models.QuerySet["Event"]):
    """History, as far as it may be told."""

    def told(self) -> Self:
        """Without what is recorded and never told to anybody else."""
        untold = Q()
        for (subject_type, verb), sentence in event_kinds.sentences().items():
            if sentence is None:
                untold |= Q(subject_type=subject_type, verb=verb)
        return self.exclude(untold) if untold else self

    def not_about(self, user: "User") -> Self:
        """Without what is about a pair, or a request, that `user` is one of the two in."""
        return self.exclude(Q(mentee=user) | Q(mentor=user))


class Event(models.Model):
    """One line of history. A trigger refuses changes and deletions.

    `user` acted; the event is about the pair `mentee` and `mentor`, about one `person`, or about somebody with no
    account yet, who is known by an invitation.
    """

    at = models.DateTimeField(_("at"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    actor = models.CharField(
        _("acting as"), max_length=20, choices=[(actor.value, label) for actor, label in ACTORS.items()]
    )
    verb = models.CharField(_("verb"), max_length=60)
    subject_type = models.CharField(_("subject"), max_length=60)
    subject_id = models.UUIDField(_("subject id"))
    cohort_id = models.UUIDField(_("cohort"), null=True)
    pairing_id = models.UUIDField(_("pairing"), null=True)
    mentee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentee"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentor"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    invitation_id = models.UUIDField(_("invitation"), null=True)
    fields = models.CharField(_("what changed"), max_length=200, blank=True)

    objects: ClassVar = EventQuerySet.as_manager()

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

    def codes(self) -> list[str]:
        """The codes of what changed."""
        return [code for code in self.fields.split(", ") if code]

    @classmethod
    def record(
        cls,
        *,
        verb: str,
        subject: models.Model,
        actor: Actor,
        now: datetime,
        user: "User | None" = None,
        fields: Iterable[str] = (),
    ) -> "Event":
        """Write one line about `subject` (a record with a UUID id); `fields` are codes of what changed, or ids of the
        records that are named with it, never what anything changed to.

        Cohort, pairing and people follow from the subject. Raises `ValueError` for what is not registered in
        `common.event_kinds`, and when a column stays empty that events about such a record need.
        """
        event = cls._line(verb, subject, actor, now, user, fields)
        event.save(force_insert=True)
        return event

    @classmethod
    def record_all(
        cls, *, verb: str, subjects: Iterable[models.Model], actor: Actor, now: datetime, user: "User | None" = None
    ) -> "list[Event]":
        """`record` the same about each of these, in one query."""
        return cls.objects.bulk_create(cls._line(verb, subject, actor, now, user) for subject in subjects)

    @classmethod
    def _line(
        cls,
        verb: str,
        subject: models.Model,
        actor: Actor,
        now: datetime,
        user: "User | None",
        fields: Iterable[str] = (),
    ) -> "Event":
        about = subject_of(subject)
        kind = event_kinds.subject(about.subject_type)
        event = cls(
            at=now,
            user=user,
            actor=actor.value,
            verb=verb,
            fields=", ".join(sorted(fields))[:200],
            **about._asdict(),
            **kind.concerned(subject)._asdict(),
        )
        event_kinds.words(event)
        if missing := sorted(column for column in kind.needs if getattr(event, column) is None):
            raise ValueError(f"an event about {about.subject_type!r} needs {', '.join(missing)}")
        return event
