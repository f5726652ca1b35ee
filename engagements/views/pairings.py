"""The pairings of a person, and the page of each."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.calendars import today_of
from accounts.signed_in import signed_in_user
from common.clock import now as programme_now
from common.dates import short_day
from engagements import permissions
from engagements.domain.check_ins import lines_for, of_side
from engagements.domain.history import told
from engagements.domain.pairing_status import PairingStatus, meetings_of, pairings_of, statuses
from engagements.models import CheckIn
from engagements.models.check_ins import SCORES
from engagements.states import PAIR_LASTS, CheckInState
from engagements.views import (
    closing,
    decision_lines,
    goal_lines,
    meeting_section,
    note_section,
    pair_again,
    stock,
    timeline,
)
from engagements.views.actions import actions_for
from engagements.views.fetch import pairing_status_of
from engagements.views.next_steps import after_the_end, of_pairing
from matching.domain import taking_up
from matching.states import PairingState


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All of one's pairings, open ones first."""
    user = signed_in_user(request)
    now = programme_now()
    found = statuses(pairings_of(user=user.pk, today=today_of(user, now)), user=user, now=now)
    context = {
        "open": [status for status in found if status.pairing.is_open],
        "over": [status for status in found if not status.pairing.is_open],
    }
    return render(request, "engagements/pairings/list.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the pairing stands, what it asks for next, and what the two have told each other."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    next_steps = sorted(of_pairing(status, now), key=lambda step: (not step.act, step.rank))
    check_ins = of_side(pairing=status.pairing, user=status.me, now=now)
    lines = timeline.past(told(status.pairing), status.me, status.other)
    meetings = meetings_of(status.pairing)
    lines += meeting_section.past_lines(status, meetings)
    taken = stock.section(status, now)
    lines += timeline.due_lines(status) + timeline.answered_lines(check_ins)
    context = {
        "status": status,
        "pairing": status.pairing,
        "badge": badge(status),
        "next": next_steps[0] if next_steps else after_the_end(status, now),
        "contact": permissions.may_see_contact_details(status.me, status.pairing),
        "parting": parting(status),
        "check_ins": check_in_rows(check_ins, now),
        "sparks": sparks(check_ins),
        "received": lines_for(pairing=status.pairing, user=status.me),
        "ahead": timeline.soonest_first(
            timeline.coming_lines(status) + meeting_section.coming_lines(status, now) + stock.coming_lines(taken)
        ),
        "lines": timeline.newest_first(lines),
        "actions": actions_for(status),
        "cadence": status.agreement.cadence if status.pairing.state == PairingState.ACTIVE and status.agreement else "",
        "goals": goal_lines.section(status),
        "decisions": decision_lines.section(status),
        "meetings": meeting_section.section(status, meetings, now),
        "noted": note_section.section(status),
        "closing": closing.section(status),
        "lasts": status.pairing.state in PAIR_LASTS,
        "stock": taken,
        "again": pair_again.said(status),
        "concern_apart": status.pairing.cohort.concern_email.casefold() not in _addresses(status),
        "not_meant": status.pairing.cohort.contact_for(status.me) if taking_up.is_possible(status.pairing) else None,
    }
    return render(request, "engagements/pairings/detail.html", context)


def _addresses(status: PairingStatus) -> set[str]:
    return {status.me.email.casefold(), status.other.email.casefold()}


def parting(status: PairingStatus) -> str:
    """One's own reason for an early end; empty for the other side."""
    return status.pairing.words_of("end_text") if permissions.may_read_end_text(status.me, status.pairing) else ""


def badge(status: PairingStatus) -> str:
    """The state in words, with its dates."""
    pairing = status.pairing
    if pairing.state in {PairingState.ACTIVE, PairingState.CLOSING} and pairing.activated_at:
        words = _("Active since %(since)s · until %(until)s")
        if pairing.state == PairingState.CLOSING:
            words = _("Closing · active since %(since)s, planned until %(until)s")
        return words % {"since": short_day(pairing.activated_at), "until": short_day(pairing.planned_end)}
    if pairing.state == PairingState.INTRODUCED:
        return _("Introduced on %(day)s") % {"day": short_day(pairing.introduced_at)}
    return pairing.get_state_display().capitalize()


def check_in_rows(check_ins: list[CheckIn], now: Any) -> list[dict[str, Any]]:
    """My check-ins for the table: those that were due, and the next one."""
    shown, ahead = [], False
    for check_in in check_ins:
        coming = check_in.state == CheckInState.SCHEDULED and check_in.due_at > now
        if check_in.state == CheckInState.CANCELLED or (coming and ahead):
            continue
        ahead = ahead or coming
        shown.append(
            {
                "row": check_in,
                "status": check_in.status(now),
                "url": reverse("engagements:check_in", args=[check_in.pk]),
            }
        )
    return shown


def sparks(check_ins: list[CheckIn]) -> list[dict[str, Any]]:
    """One small chart for each score, from two answers on."""
    answered = [check_in for check_in in check_ins if check_in.state == CheckInState.ANSWERED]
    if len(answered) < 2:  # noqa: PLR2004 - a line needs two points
        return []
    titles = {"connection": _("Connection"), "clarity": _("Clarity"), "competency": _("Competency")}
    first, last = short_day(answered[0].due_at), short_day(answered[-1].due_at)
    return [_spark(titles[score], [getattr(row, score) for row in answered], first, last) for score in SCORES]


def _spark(title: str, values: list[int], first: str, last: str) -> dict[str, Any]:
    return {
        "title": title,
        "values": values,
        "now": _("%(now)s of 5, from %(start)s at the start") % {"now": values[-1], "start": values[0]},
        "label": _("%(title)s by check-in, of 5: %(values)s")
        % {"title": title, "values": ", ".join(str(value) for value in values)},
        "first": first,
        "last": last,
    }
