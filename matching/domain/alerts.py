"""Telling coordinators of something to look at: days and codes of rules, never what anybody said."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Model, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.queries import among
from common.subjects import Subject, subject_of
from common.transactions import atomically
from common.transitions import Actor
from matching.alert_sentences import Facts
from matching.letters import NotNeeded
from matching.models import Alert
from matching.models.alerts import NOTE_LENGTH, SUBJECT_TYPES, AlertQuerySet
from outbox.domain.post import NewLetter, cancel, cancel_all, post_all

LETTER = "coordinator_alert"


def alert(*, kind: str, subject: Model | Subject, now: datetime, facts: Facts | None = None) -> Alert | None:
    """Raise an alert, once while it is open, and write to the coordinators who are not party to its subject.

    `subject` is the record it is about, or that record's columns; its cohort's coordinators are told. Raises
    `ValueError` for one that alerts of this kind are not about. `facts` are as `matching.alert_sentences` says, and
    kept up to date while it is open. None for what a coordinator has settled: it is not raised again for the same
    facts.
    """
    about = subject if isinstance(subject, Subject) else subject_of(subject)
    raised = alert_all(kind=kind, found={about: facts or {}}, now=now)
    return raised[0] if raised else None


@transaction.atomic(savepoint=False)
def alert_all(*, kind: str, found: Mapping[Subject, Facts], now: datetime) -> list[Alert]:
    """`alert` of each of these subjects with its facts: one query a coordinator, and otherwise as many as for one.

    Those that are there, new or not, without what a coordinator has settled.
    """
    for about in found:
        if about.subject_type != SUBJECT_TYPES[kind]:
            raise ValueError(f"an alert {kind!r} is about a {SUBJECT_TYPES[kind]}, not about a {about.subject_type}")
    known = _of_subjects(Alert.objects.lasting(), kind, found)
    raised = {about: alert for about, alert in known.items() if alert.settled_at is None}
    if missing := {about for about in found if about not in known or _has_changed(known[about], found[about])}:
        raised |= _raise(kind, {about: found[about] for about in missing}, now)
    outdated = {about: alert for about, alert in raised.items() if alert.facts != found[about]}
    for about, alert in outdated.items():
        alert.facts = found[about]
    Alert.objects.bulk_update(outdated.values(), ["facts"])
    return list(raised.values())


def _has_changed(alert: Alert, facts: Facts) -> bool:
    """Whether a coordinator has settled it, and with other facts."""
    return alert.settled_at is not None and alert.facts != facts


def _raise(kind: str, found: Mapping[Subject, Facts], now: datetime) -> dict[Subject, Alert]:
    """New ones, of which the coordinators are told, but for those that somebody else has just raised."""
    # In one order, or two who raise the same alerts would wait for each other.
    new = [Alert(**about._asdict(), kind=kind, facts=found[about], raised_at=now) for about in sorted(found)]
    Alert.objects.bulk_create(new, ignore_conflicts=True)
    raised = _of_subjects(Alert.objects.open(), kind, found)
    _write_to_coordinators({alert.pk for alert in new} & {alert.pk for alert in raised.values()}, now)
    return raised


def _of_subjects(alerts: AlertQuerySet, kind: str, found: Collection[Subject]) -> dict[Subject, Alert]:
    """Of these alerts the latest about each of these subjects."""
    rows = alerts.order_by("raised_at").filter(
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


@atomically
def settle(*, alert: Alert, user: User, note: str = "", now: datetime) -> Alert:
    """A coordinator has looked at it, and may leave a note for colleagues.

    Raises `NotPermitted` for anybody else, `WrongState` when it is settled, `Refused` for a note that is too long.
    """
    _check_coordinates(alert, user)
    if len(note) > NOTE_LENGTH:
        raise Refused(_("Please shorten this to %(limit)s characters.") % {"limit": NOTE_LENGTH}, field="note")
    if not Alert.objects.open().filter(pk=alert.pk).update(settled_at=now, settled_by=user, note=note.strip()):
        raise WrongState
    cancel(subject_id=alert.pk, reason=NotNeeded.ALERT_SETTLED)
    return _record("settle", alert, user, now)


@atomically
def reopen(*, alert: Alert, user: User, now: datetime) -> Alert:
    """Put what a coordinator has settled back on the list; its note stays until it is settled anew.

    Raises `NotPermitted` for anybody else, `Refused` when what it was about is over or it was raised again since.
    """
    _check_coordinates(alert, user)
    settled = Alert.objects.lasting().filter(pk=alert.pk, settled_at__isnull=False)
    if not settled.update(settled_at=None, settled_by=None):
        raise Refused(_("What this was about is over: there is nothing to take up again."), code="over")
    return _record("reopen", alert, user, now)


def _check_coordinates(alert: Alert, user: User) -> None:
    if not Alert.objects.as_coordinator(user).filter(pk=alert.pk).exists():
        raise NotPermitted


def _record(verb: str, alert: Alert, user: User, now: datetime) -> Alert:
    alert.refresh_from_db()
    Event.record(verb=verb, subject=alert, actor=Actor.COORDINATOR, now=now, user=user)
    return alert


def settle_automatically(*, kind: str, subject_ids: Iterable[UUID], now: datetime) -> int:
    """What the alerts of this kind about these subjects were about is over. How many were open.

    What a coordinator had settled is over as well: it would be raised anew.
    """
    return settle_all_automatically(over={kind: subject_ids}, now=now)


def settle_all_automatically(*, over: Mapping[str, Iterable[UUID]], now: datetime) -> int:
    """`settle_automatically` of several kinds, in as many queries as for one."""
    about = [Q(kind=kind, subject_id__in=among(subject_ids)) for kind, subject_ids in over.items()]
    found = dict(Alert.objects.lasting().filter(reduce(or_, about)).values_list("pk", "settled_at"))
    if not found:
        return 0
    still_open = [pk for pk, settled_at in found.items() if settled_at is None]
    cancel_all(subject_ids=still_open, reason=NotNeeded.ALERT_OVER)
    Alert.objects.lasting().filter(pk__in=among(found)).update(
        settled_at=Coalesce("settled_at", Value(now)), over_at=now
    )
    return len(still_open)
