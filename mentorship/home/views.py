"""The home page: what needs you now."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.signed_in import signed_in_user
from common.clock import now as programme_now
from engagements.domain.history import lately
from engagements.views import meeting_section, timeline
from mentorship.home.agenda import Agenda, agenda
from mentorship.home.next_steps import all_next_steps

MORNING, AFTERNOON, EVENING = 5, 12, 18


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The public page for visitors; for people, their one next step and then the rest."""
    if not request.user.is_authenticated:
        return render(request, "public/home.html")
    user, now = signed_in_user(request), programme_now()
    found = agenda(user=user, now=now)
    next_steps = all_next_steps(found, now)
    participant = bool(found.enrolments or found.statuses)
    if getattr(user, "is_assistant", False) and not participant and not user.is_staff:
        return redirect("engagements:assisting")  # they come for the times of others, and for nothing else
    context: dict[str, Any] = {
        "greeting": greeting(timezone.localtime(now).hour) % {"name": user.get_short_name()},
        "next_steps": next_steps,
        "to_do": sum(1 for step in next_steps if step.act),
        "statuses": found.statuses,
        "participant": participant,
        "coordinates": not participant and (user.is_staff or user.coordinated_cohorts.exists()),
        "lines": _lately(found, user, now),
    }
    return render(request, "home/home.html", context)


def greeting(hour: int) -> str:
    """A greeting that fits the hour of the reader's day, with a place for %(name)s."""
    if MORNING <= hour < AFTERNOON:
        return _("Good morning, %(name)s")
    if AFTERNOON <= hour < EVENING:
        return _("Good afternoon, %(name)s")
    return _("Good evening, %(name)s")


def _lately(found: Agenda, user: User, now: datetime) -> list[dict[str, Any]]:
    of = {status.pairing.pk: status for status in found.statuses}
    events = lately(status.pairing for status in found.statuses)
    lines = [line for event in events for line in timeline.past([event], user, of[event.subject_id].other)]
    for status in found.statuses:
        lines += timeline.coming_lines(status) + meeting_section.coming_lines(status, now) + timeline.due_lines(status)
    return timeline.newest_first(lines)
