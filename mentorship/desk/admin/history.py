"""History: who did what, and when. It cannot be changed, here or anywhere."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.base import CoordinatorAdmin, coordinator
from common.models import Event
from mentorship.desk import scope


@admin.register(Event)
class EventAdmin(CoordinatorAdmin[Event]):
    """One line an event."""

    list_display = ("at", "person", "actor", "verb", "subject_type", "fields")
    list_select_related = ("person",)
    list_filter = ("actor", "subject_type")
    search_fields = ("person__name", "verb")
    date_hierarchy = "at"
    fields = ("at", "person", "actor", "verb", "subject_type", "subject_id", "fields")

    def scoped(self, request: HttpRequest) -> QuerySet[Event]:
        return scope.events(coordinator(request))
