"""Telling coordinators of something to look at: days and codes of rules, never what anybody said."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from accounts.models import User
from cohorts.models import Cohort
from common.errors import NotPermitted, WrongState
from common.models import Event
from common.subjects import Subject, subject_of
from common.transitions import Actor
from matching.alert_sentences import Facts
from matching.letters import NotNeeded
from matching.models import Alert
from matching.models.alerts import SUBJECT_TYPES, AlertKind
from outbox.domain.post import cancel, post

LETTER = "coordinator_alert"


@transaction.atomic
def alert(*, cohort: Cohort, kind: str, subject: Model | Subject, now: datetime, facts: Facts | None = None) -> Alert:
    """Raise an alert, once while it is open, and write to the coordinators who are not party to its subject.

    `subject` is the record it is about, or that record's columns. Raises `ValueError` for one that alerts of this kind
    are not about. `facts` are as `matching.alert_sentences` says, and kept up to date while it is open.
    """
    about = subject if isinstance(subject, Subject) else subject_of(subject)
    if about.subject_type != SUBJECT_TYPES[kind]:
        raise ValueError(f"an alert {kind!r} is about a {SUBJECT_TYPES[kind]}, not about a {about.subject_type}")
    raised, made = Alert.objects.get_or_create(
        cohort=cohort,
        kind=AlertKind(kind),
        subject_id=about.subject_id,
        settled_at=None,
        defaults={
            "subject_type": about.subject_type,
            "pairing_id": about.pairing_id,
            "raised_at": now,
            "facts": facts or {},
        },
    )
    if made:
        for coordinator in cohort.coordinators.filter(is_active=True):
            if Alert.objects.as_coordinator(coordinator).filter(pk=raised.pk).exists():
                post(kind=LETTER, subject=raised, person=coordinator, due_at=now)
    elif raised.facts != (facts or {}):
        raised.facts = facts or {}
        raised.save(update_fields=["facts"])
    return raised


@transaction.atomic
def settle(*, alert: Alert, user: User, now: datetime) -> Alert:
    """A coordinator has looked at it. Raises `NotPermitted` for anybody else, `WrongState` when it is settled."""
    if not Alert.objects.as_coordinator(user).filter(pk=alert.pk).exists():
        raise NotPermitted
    if not Alert.objects.open().filter(pk=alert.pk).update(settled_at=now, settled_by=user):
        raise WrongState
    cancel(subject_id=alert.pk, reason=NotNeeded.ALERT_SETTLED)
    alert.refresh_from_db()
    Event.record(verb="settle", subject=alert, actor=Actor.COORDINATOR, now=now, user=user)
    return alert


def settle_automatically(*, kind: str, subject_id: UUID, now: datetime) -> int:
    """What the alert was about is over. How many were open."""
    found = list(Alert.objects.open().filter(kind=kind, subject_id=subject_id).values_list("pk", flat=True))
    for each in found:
        cancel(subject_id=each, reason=NotNeeded.ALERT_OVER)
    settled: int = Alert.objects.filter(pk__in=found).update(settled_at=now)
    return settled
