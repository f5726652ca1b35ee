"""The controlled list of topics."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.base import CoordinatorAdmin
from accounts.models import Topic


@admin.register(Topic)
class TopicAdmin(CoordinatorAdmin[Topic]):
    """Topics are offered or no longer offered; one that is in use stays."""

    programme_wide = True
    may_add = True
    may_change = True
    list_display = ("name", "group", "active")
    list_filter = ("active", "group")
    search_fields = ("name", "group")
    fields = ("name", "group", "active")

    def scoped(self, request: HttpRequest) -> QuerySet[Topic]:
        return Topic.objects.all()
