"""Alerts: what to look at, and what can be done about it. They are settled by a verb, with who, when and a note."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import badge, by_relation, coordinator
from accounts.admin.verbs import Verb, VerbAdmin
from accounts.models import Organisation
from cohorts.models import Cohort, Enrolment
from common.clock import now
from common.forms import Guarded
from matching.admin.alert_offers import offers
from matching.admin.history import History
from matching.domain import alerts
from matching.models import Alert, Pairing
from matching.models.alerts import NOTE_LENGTH

# Where an alert's subject is looked after.
PAGES = {
    "pairing": "admin:matching_pairing_change",
    "enrolment": "admin:cohorts_enrolment_change",
    "organisation": "admin:accounts_organisation_change",
    "cohort": "admin:cohorts_cohort_change",
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
        "pairing": Pairing.objects.select_related("mentee", "mentor", "cohort"),
        "enrolment": Enrolment.objects.select_related("person", "cohort"),
        "organisation": Organisation.objects.all(),
        "cohort": Cohort.objects.all(),
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


class SettleForm(Guarded, forms.Form):
    """What colleagues should know."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was done, for the coordinators of the cohort. You can leave it empty."),
    )


@admin.register(Alert)
class AlertAdmin(History[Alert], VerbAdmin[Alert]):
    """Read-only, with two verbs, and with what can be done about it."""

    change_form_template = "admin/alerts/change_form.html"
    list_display = ("kind", "subject", "cohort", "facts_in_words", "raised_at", "state_badge")
    list_select_related = ("cohort",)
    exported_too = ("settled_at", "note")
    list_filter = (Settled, "kind", by_relation("cohort"))
    fields = ("about", "cohort", "facts_in_words", "raised_at", "settled_at", "settled_by", "note", "history")
    readonly_fields = fields
    verbs = (
        Verb(
            name="settle",
            label=_("Settle"),
            explanation=_(
                "You have looked at it, and nothing more is to be done. It leaves the list of what needs you, and "
                "comes again only when something has changed."
            ),
            repair=_("You can open it again."),
            do=lambda alert, user, said: alerts.settle(alert=alert, user=user, note=said["note"], now=now()),
            open_to=lambda alert: alert.settled_at is None,
            form=SettleForm,
        ),
        Verb(
            name="reopen",
            label=_("Open again"),
            explanation=_("It was settled too early: it is back on the list of what needs you."),
            repair=_("You can settle it again."),
            do=lambda alert, user, said: alerts.reopen(alert=alert, user=user, now=now()),
            open_to=lambda alert: alert.settled_at is not None and alert.over_at is None,
        ),
    )

    def named(self, record: Alert) -> str:
        return f"{record}: {getattr(record, 'shown_subject', None) or record.subject_name()}"

    def scoped(self, request: HttpRequest) -> QuerySet[Alert]:
        return Alert.objects.as_coordinator(coordinator(request))

    def tell(self, rows: list[Alert]) -> None:
        subjects = subjects_of(rows)
        for row in rows:
            row.shown_subject = subjects.get(row.subject_id, "")  # type: ignore[attr-defined]  # for the list alone

    def get_fields(self, request: HttpRequest, obj: Alert | None = None) -> tuple[str, ...]:
        """Only those that say something of this one."""
        if obj is None:
            return self.fields
        said: dict[str, object] = {"facts_in_words": obj.sentences(), "note": obj.note, "history": self.history(obj)}
        said |= {"settled_at": obj.settled_at, "settled_by": obj.settled_at}
        return tuple(name for name in self.fields if said.get(name, True))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        alert = self.get_object(request, object_id) if object_id else None
        open_alert = alert if alert is not None and alert.settled_at is None else None
        offered = offers(open_alert, subject_of(open_alert), request) if open_alert else []
        shown = {"offers": offered, "remedy": open_alert.remedy() if open_alert else ""}
        return super().changeform_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    @admin.display(description=_("facts"))
    def facts_in_words(self, alert: Alert) -> str:
        return " ".join(alert.sentences())

    @admin.display(description=_("about"))
    def subject(self, alert: Alert) -> str:
        return str(getattr(alert, "shown_subject", ""))

    @admin.display(description=_("about"))
    def about(self, alert: Alert) -> str:
        return format_html('<a href="{}">{}</a>', subject_page(alert), subject_of(alert))

    @admin.display(description=_("state"), ordering="settled_at")
    def state_badge(self, alert: Alert) -> str:
        return badge("completed", _("settled")) if alert.settled_at else badge("due", _("open"))
