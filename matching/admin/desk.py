"""The first page: what needs a coordinator, oldest first, each with the page where something can be done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import coordinator
from accounts.models import Organisation
from matching.models import Alert, Enrolment, Pairing
from matching.models.watch import AlertKind

SHOWN = 20

# Where an alert's subject is looked after.
PAGES = {
    AlertKind.TIES: "admin:matching_pairing_change",
    AlertKind.COMPETITORS: "admin:matching_pairing_change",
    AlertKind.INTRODUCED_IDLE: "admin:matching_pairing_change",
    AlertKind.MENTOR_SILENT: "admin:matching_enrolment_change",
    AlertKind.LIST_EMPTY: "admin:matching_enrolment_change",
    AlertKind.CHECK_INS_MISSED: "admin:matching_pairing_change",
    AlertKind.ORGANISATION_NEW: "admin:accounts_organisation_change",
}

# The order of a coordinator's work, which is not that of the code.
GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (
        _("The programme"),
        (
            "Cohort",
            "Enrolment",
            "MatchRun",
            "Proposal",
            "Unmatched",
            "Request",
            "Pairing",
            "CheckIn",
            "Waiver",
            "Alert",
        ),
    ),
    (
        _("People and organisations"),
        ("User", "Invitation", "Affiliation", "Organisation", "Ownership", "Competition", "Topic"),
    ),
    (_("The record"), ("Event", "Letter")),
)


@dataclass(frozen=True)
class Waiting:
    """An open alert, what it is about, and the address of that."""

    alert: Alert
    subject: object
    href: str


@dataclass(frozen=True)
class Group:
    """Pages that belong together, each as Django describes it."""

    name: Promise
    pages: list[dict[str, Any]]


def subject_page(alert: Alert) -> str:
    """The address of the page that an alert is about."""
    return reverse(PAGES[AlertKind(alert.kind)], args=[alert.subject_id])


def subject_of(alert: Alert) -> object:
    """The pairing, enrolment or organisation that an alert is about; the alert's own words when that is gone."""
    return _subjects([alert]).get(alert.subject_id, alert)


def open_alerts(request: HttpRequest) -> list[Waiting]:
    """Up to twenty, those that have waited longest first."""
    rows = Alert.objects.as_coordinator(coordinator(request)).open().select_related("cohort").order_by("raised_at")
    alerts = list(rows[:SHOWN])
    subjects = _subjects(alerts)
    return [Waiting(alert, subjects.get(alert.subject_id, alert), subject_page(alert)) for alert in alerts]


def grouped(apps: Iterable[dict[str, Any]]) -> list[Group]:
    """The pages of Django's list of apps, in the order of a coordinator's work."""
    pages = {page["object_name"]: page for app in apps for page in app["models"]}
    return [Group(name, [pages[each] for each in models if each in pages]) for name, models in GROUPS]


def _subjects(alerts: Iterable[Alert]) -> dict[UUID, object]:
    """What these alerts are about, by id: one query a kind of record."""
    ids = [alert.subject_id for alert in alerts]
    found: tuple[QuerySet[Any], ...] = (
        Pairing.objects.filter(pk__in=ids).select_related("mentee", "mentor"),
        Enrolment.objects.filter(pk__in=ids).select_related("person"),
        Organisation.objects.filter(pk__in=ids),
    )
    return {row.pk: row for rows in found for row in rows}
