"""Check-ins as dates and states. What was answered is for the pair."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import CoordinatorAdmin, badge_of, coordinator
from accounts.models import User
from engagements.models import CheckIn
from engagements.states import CheckInState
from matching.models import Pairing


def check_ins(user: User) -> QuerySet[CheckIn]:
    """Check-ins of other people's pairings."""
    return CheckIn.objects.filter(pairing__in=Pairing.objects.as_coordinator(user))


@admin.register(CheckIn)
class CheckInAdmin(CoordinatorAdmin[CheckIn]):
    """When each side's report was due, and whether it came."""

    list_display = ("pairing", "side", "round", "due_at", "state_badge")
    list_select_related = ("pairing__mentee", "pairing__mentor")
    list_filter = ("state", "side", "due_at")
    search_fields = ("pairing__mentee__name", "pairing__mentor__name")
    fields = ("pairing", "side", "round", "due_at", "state_badge")
    readonly_fields = fields

    def scoped(self, request: HttpRequest) -> QuerySet[CheckIn]:
        return check_ins(coordinator(request))

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, check_in: CheckIn) -> str:
        return badge_of(CheckInState, check_in.state)
