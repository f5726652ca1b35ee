"""Alerts: what to look at. They are settled by a verb, with who and when."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import badge, by_relation, coordinator
from accounts.admin.verbs import Verb, VerbAdmin
from common.clock import now
from matching.admin.desk import subject_of, subject_page
from matching.domain import alerts
from matching.models import Alert


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

    list_display = ("kind", "cohort", "detail", "raised_at", "state_badge")
    list_select_related = ("cohort",)
    list_filter = (Settled, "kind", by_relation("cohort"))
    fields = ("kind", "cohort", "detail", "about", "raised_at", "settled_at", "settled_by")
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

    @admin.display(description=_("about"))
    def about(self, alert: Alert) -> str:
        return format_html('<a href="{}">{}</a>', subject_page(alert), subject_of(alert))

    @admin.display(description=_("state"), ordering="settled_at")
    def state_badge(self, alert: Alert) -> str:
        return badge("completed", _("settled")) if alert.settled_at else badge("due", _("open"))
