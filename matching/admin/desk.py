"""The first page: what needs a coordinator, oldest first, each with the page where something can be done."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from accounts.admin.base import coordinator
from matching.models import Alert
from matching.models.watch import AlertKind

SHOWN = 20

# Where an alert's subject is looked after.
PAGES = {
    AlertKind.TIES: "admin:matching_pairing_change",
    AlertKind.COMPETITORS: "admin:matching_pairing_change",
    AlertKind.INTRODUCED_IDLE: "admin:matching_pairing_change",
    AlertKind.LIST_EMPTY: "admin:matching_enrolment_change",
    AlertKind.CHECK_INS_MISSED: "admin:matching_pairing_change",
    AlertKind.ORGANISATION_NEW: "admin:accounts_organisation_change",
}


@dataclass(frozen=True)
class Waiting:
    """An open alert, and the address of what it is about."""

    alert: Alert
    href: str


def subject_page(alert: Alert) -> str:
    """The address of the page that an alert is about."""
    return reverse(PAGES[AlertKind(alert.kind)], args=[alert.subject_id])


def open_alerts(request: HttpRequest) -> list[Waiting]:
    """Up to twenty, those that have waited longest first."""
    alerts = Alert.objects.as_coordinator(coordinator(request)).open().select_related("cohort").order_by("raised_at")
    return [Waiting(alert, subject_page(alert)) for alert in alerts[:SHOWN]]
