"""Letters: that one is due, sent, or could not be delivered. A row holds no words, and no link."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import CoordinatorAdmin, badge, coordinator
from engagements.admin import scope
from outbox.models import Letter


@admin.register(Letter)
class LetterAdmin(CoordinatorAdmin[Letter]):
    """Where each letter is on its way."""

    list_display = ("kind", "person", "due_at", "state_badge", "sent_at", "attempts")
    list_select_related = ("person",)
    list_filter = ("state", "kind")
    search_fields = ("person__name",)
    date_hierarchy = "due_at"
    fields = ("kind", "person", "due_at", "state_badge", "sent_at", "attempts", "doubts", "reason")
    readonly_fields = fields

    def scoped(self, request: HttpRequest) -> QuerySet[Letter]:
        return scope.letters(coordinator(request))

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, letter: Letter) -> str:
        return badge(letter.state, letter.get_state_display())
