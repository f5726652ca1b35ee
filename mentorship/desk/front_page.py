"""The first page: what needs a coordinator, approvals and alerts, each with the page where something can be done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import coordinator
from accounts.models import User
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState
from common.clock import now
from common.dates import day_of
from matching.admin.alert_offers import Offered, offers
from matching.admin.alerts import subject_page, subjects_of
from matching.models import Alert

SHOWN = 10

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
        ("User", "Invitation", "Affiliation", "Organisation", "OtherName", "Ownership", "Competition", "Topic"),
    ),
    (_("The record"), ("Event", "Letter")),
)


@dataclass(frozen=True)
class Waiting:
    """An open alert, what it is about, the address of that, and what helps most, if anything does."""

    alert: Alert
    subject: object
    href: str
    offer: Offered | None


@dataclass(frozen=True)
class Approvals:
    """Enrolments that wait for a coordinator's approval: those shown, and how many there are."""

    shown: list[Enrolment]
    number: int


@dataclass(frozen=True)
class Group:
    """Pages that belong together, each as Django describes it."""

    name: Promise
    pages: list[dict[str, Any]]


def open_alerts(request: HttpRequest, cohort: Cohort | None = None) -> list[Waiting]:
    """The first few, of one cohort or of all, those that have waited longest first."""
    rows = Alert.objects.as_coordinator(coordinator(request)).open().select_related("cohort").order_by("raised_at")
    if cohort is not None:
        rows = rows.filter(cohort=cohort)
    alerts = list(rows[:SHOWN])
    subjects = subjects_of(alerts)
    return [_waiting(alert, subjects.get(alert.subject_id, alert), request) for alert in alerts]


def _waiting(alert: Alert, subject: object, request: HttpRequest) -> Waiting:
    return Waiting(alert, subject, subject_page(alert), next(iter(offers(alert, subject, request)), None))


def cohorts_now(request: HttpRequest) -> list[Cohort]:
    """The cohorts this person looks after that are not over, the last to begin first."""
    rows = Cohort.objects.as_coordinator(coordinator(request)).filter(ends_on__gte=day_of(now()))
    return list(rows.order_by("-starts_on", "name")[:SHOWN])


def to_approve(user: User) -> QuerySet[Enrolment]:
    """Who waits for this coordinator's approval. One's own is another's to approve."""
    rows: QuerySet[Enrolment] = Enrolment.objects.as_coordinator(user).filter(state=EnrolmentState.PENDING)
    return rows.exclude(person=user)


def approvals(request: HttpRequest) -> Approvals:
    """The first few, by cohort and name."""
    rows = to_approve(coordinator(request))
    shown = list(rows.select_related("person", "cohort").order_by("cohort__starts_on", "person__name", "pk")[:SHOWN])
    return Approvals(shown, len(shown) if len(shown) < SHOWN else rows.count())


def grouped(apps: Iterable[dict[str, Any]]) -> list[Group]:
    """The pages of Django's list of apps, in the order of a coordinator's work."""
    pages = {page["object_name"]: page for app in apps for page in app["models"]}
    return [Group(name, [pages[each] for each in models if each in pages]) for name, models in GROUPS]
