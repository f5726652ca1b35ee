"""Telling coordinators of something to look at: days and codes of rules, never what anybody said."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Model, Q

from accounts.models import User
from common.errors import NotPermitted, WrongState
from common.models import Event
from common.queries import among
from common.subjects import Subject, subject_of
from common.transitions import Actor
from matching.alert_sentences import Facts
from matching.letters import NotNeeded
from matching.models import Alert
from matching.models.alerts import SUBJECT_TYPES
from outbox.domain.post import NewLetter, cancel, cancel_all, post_all

LETTER = "coordinator_alert"


def alert(*, kind: str, subject: Model | Subject, now: datetime, facts: Facts | None = None) -> Alert:
    """Raise an alert, once while it is open, and write to the coordinators who are not party to its subject.

    `subject` is the record it is about, or that record's columns; its cohort's coordinators are told. Raises
    `ValueError` for one that alerts of this kind are not about. `facts` are as `matching.alert_sentences` says, and
    kept up to date while it is open.
    """
    about = subject if isinstance(subject, Subject) else subject_of(subject)
    (raised,) = alert_all(kind=kind, found={about: facts or {}}, now=now)
    return raised


@transaction.atomic
def alert_all(*, kind: str, found: Mapping[Subject, Facts], now: datetime) -> list[Alert]:
    """`alert` of each of these subjects with its facts: one query a coordinator, and otherwise as many as for one."""
    for about in found:
        if about.subject_type != SUBJECT_TYPES[kind]:
            raise ValueError(f"an alert {kind!r} is about a {SUBJECT_TYPES[kind]}, not about a {about.subject_type}")
    # In one order, or two who raise the same alerts would wait for each other.
    new = [Alert(**about._asdict(), kind=kind, facts=found[about], raised_at=now) for about in sorted(found)]
    Alert.objects.bulk_create(new, ignore_conflicts=True)
    raised = _open_alerts(kind, found)
    _write_to_coordinators({alert.pk for alert in new} & {alert.pk for alert in raised.values()}, now)
    outdated = {about: alert for about, alert in raised.items() if alert.facts != found[about]}
    for about, alert in outdated.items():
        alert.facts = found[about]
    Alert.objects.bulk_update(outdated.values(), ["facts"])
    return list(raised.values())


def _open_alerts(kind: str, found: Collection[Subject]) -> dict[Subject, Alert]:
    """The open alert of each of these subjects, new or not."""
    rows = Alert.objects.open().filter(
        kind=kind,
        cohort__in={about.cohort_id for about in found},
        subject_id__in=among(about.subject_id for about in found),
    )
    by_subject = {Subject(row.subject_type, row.subject_id, row.cohort_id, row.pairing_id): row for row in rows}
    return {about: by_subject[about] for about in found if about in by_subject}


def _write_to_coordinators(alerts: Collection[UUID], now: datetime) -> None:
    """An e-mail about each alert to every active coordinator of its cohort who is not party to its subject."""
    if not alerts:
        return
    raised = Alert.objects.filter(pk__in=among(alerts))
    coordinators = User.objects.filter(is_active=True, coordinated_cohorts__in=raised.values("cohort")).distinct()
    post_all(
        NewLetter(LETTER, alert, coordinator, now)
        for coordinator in coordinators
        for alert in raised.as_coordinator(coordinator).filter(cohort__coordinators=coordinator)
    )


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


def settle_automatically(*, kind: str, subject_ids: Iterable[UUID], now: datetime) -> int:
    """What the alerts of this kind about these subjects were about is over. How many were open."""
    return settle_all_automatically(over={kind: subject_ids}, now=now)


def settle_all_automatically(*, over: Mapping[str, Iterable[UUID]], now: datetime) -> int:
    """`settle_automatically` of several kinds, in as many queries as for one."""
    about = [Q(kind=kind, subject_id__in=among(subject_ids)) for kind, subject_ids in over.items()]
    found = list(Alert.objects.open().filter(reduce(or_, about)).values_list("pk", flat=True))
    if not found:
        return 0
    cancel_all(subject_ids=found, reason=NotNeeded.ALERT_OVER)
    settled: int = Alert.objects.open().filter(pk__in=among(found)).update(settled_at=now)
    return settled
