"""Alerts: what to look at. They are settled by a verb, with who and when."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import badge, by_relation, coordinator
from accounts.admin.verbs import Verb, VerbAdmin
from accounts.models import Organisation
from cohorts.models import Enrolment
from common.clock import now
from matching.domain import alerts
from matching.models import Alert, Pairing

# Where an alert's subject is looked after.
PAGES = {
    "pairing": "admin:matching_pairing_change",
    "enrolment": "admin:cohorts_enrolment_change",
    "organisation": "admin:accounts_organisation_change",
}


def subject_page(alert: Alert) -> str:
    """The address of the page that an alert is about; its own for one about nothing that is known here."""
    if alert.subject_type not in PAGES:
        return reverse("admin:matching_alert_change", args=[alert.pk])
    return reverse(PAGES[alert.subject_type], args=[alert.subject_id])


def subject_of(alert: Alert) -> object:
    """The pairing, enrolment or organisation that an alert is about; the alert's own words when that is gone."""
    return subjects_of([alert]).get(alert.subject_id, alert)


def subjects_of(alerts: Iterable[Alert]) -> dict[UUID, object]:
    """What these alerts are about, by id: one query a kind of record."""
    ids: dict[str, list[UUID]] = defaultdict(list)
    for alert in alerts:
        ids[alert.subject_type].append(alert.subject_id)
    records: dict[str, QuerySet[Any]] = {
        "pairing": Pairing.objects.select_related("mentee", "mentor"),
        "enrolment": Enrolment.objects.select_related("person"),
        "organisation": Organisation.objects.all(),
    }
    return {row.pk: row for kind in records.keys() & ids for row in records[kind].filter(pk__in=ids[kind])}


class Settled(admin.SimpleListFilter):
    """Open ones unless asked otherwise."""

    title = _("settled")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("no", _("Open")), ("yes", _("Settled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        return queryset.filter(settled_at__isnull=self.value() == "no") if self.value() else queryset


@admin.register(Alert)
class AlertAdmin(VerbAdmin[Alert]):
    """Read-only, with one verb."""

    list_display = ("kind", "cohort", "facts_in_words", "raised_at", "state_badge")
    list_select_related = ("cohort",)
    list_filter = (Settled, "kind", by_relation("cohort"))
    fields = ("kind", "cohort", "facts_in_words", "about", "raised_at", "settled_at", "settled_by")
    readonly_fields = fields
    verbs = (
        Verb(
            name="settle",
            label=_("Settle"),
            explanation=_(
                "You have looked at it, and nothing more is to be done. It leaves the list of what needs you."
            ),
            do=lambda alert, user, said: alerts.settle(alert=alert, user=user, now=now()),
            open_to=lambda alert: alert.settled_at is None,
        ),
    )

    def scoped(self, request: HttpRequest) -> QuerySet[Alert]:
        return Alert.objects.as_coordinator(coordinator(request))

    @admin.display(description=_("facts"))
    def facts_in_words(self, alert: Alert) -> str:
        return " ".join(alert.sentences())

    @admin.display(description=_("about"))
    def about(self, alert: Alert) -> str:
        return format_html('<a href="{}">{}</a>', subject_page(alert), subject_of(alert))

    @admin.display(description=_("state"), ordering="settled_at")
    def state_badge(self, alert: Alert) -> str:
        return badge("completed", _("settled")) if alert.settled_at else badge("due", _("open"))
