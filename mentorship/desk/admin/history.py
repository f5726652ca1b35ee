"""History: who did what, and when. It cannot be changed, here or anywhere."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import CoordinatorAdmin, coordinator
from common import event_kinds
from common.history import tell
from common.models import Event
from mentorship.desk import scope


class SubjectFilter(admin.SimpleListFilter):
    """By the kind of record that events are about, in words."""

    title = _("about")
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        named = ((name, _plural(subject)) for name, subject in event_kinds.subjects().items())
        return sorted(named, key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(subject_type=self.value()) if self.value() else queryset


def _plural(subject: event_kinds.EventSubject) -> str:
    return str(capfirst(str(subject.model._meta.verbose_name_plural)))  # noqa: SLF001 - Django's documented way


@admin.register(Event)
class EventAdmin(CoordinatorAdmin[Event]):
    """One sentence an event."""

    list_display = ("at", "sentence")
    list_filter = ("actor", SubjectFilter, "at")
    search_fields = ("user__name", "mentee__name", "mentor__name", "person__name")
    fields = ("at", "sentence", "actor")
    readonly_fields = fields

    def scoped(self, request: HttpRequest) -> QuerySet[Event]:
        return scope.events(coordinator(request))

    def tell(self, rows: list[Event]) -> None:
        """Each with its sentence: names are looked up once for all of them."""
        for event, sentence in zip(rows, tell(rows), strict=True):
            event.sentence = sentence  # type: ignore[attr-defined]  # for the list alone

    @admin.display(description=_("what happened"))
    def sentence(self, event: Event) -> str:
        told: str = getattr(event, "sentence", "") or tell([event])[0]
        return told
