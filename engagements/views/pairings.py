"""The pairings of a person, and the page of each."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.clock import now as programme_now
from common.dates import short_day
from engagements import permissions
from engagements.domain import meetings
from engagements.domain.check_ins import lines_for, of_side
from engagements.domain.history import told
from engagements.domain.standing import Standing, mine, standings
from engagements.models import CheckIn
from engagements.models.check_ins import SCORES
from engagements.states import ASKING, CheckInState
from engagements.views import again, timeline
from engagements.views.fetch import person, standing_of
from engagements.views.needs import of_pairing
from engagements.views.turns import turns_for
from matching.states import PairingState


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All of one's pairings, open ones first."""
    user = person(request)
    found = standings(mine(user), user=user, now=programme_now())
    context = {
        "open": [standing for standing in found if standing.pairing.is_open],
        "over": [standing for standing in found if not standing.pairing.is_open],
    }
    return render(request, "engagements/pairings/list.html", context)


@login_required
@never_cache
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the pairing stands, what it asks for next, and what the two have told each other."""
    now = programme_now()
    standing = standing_of(request, pk, now)
    needs = sorted(of_pairing(standing, now), key=lambda need: (not need.act, need.rank))
    check_ins = of_side(pairing=standing.pairing, user=standing.me)
    lines = timeline.past(told([standing.pairing]), standing.me, standing.other)
    lines += timeline.met_lines(standing.pairing.meetings.all(), standing.me, standing.other)
    lines += timeline.check_in_lines(standing) + timeline.answered_lines(check_ins)
    context = {
        "standing": standing,
        "pairing": standing.pairing,
        "badge": badge(standing),
        "next": needs[0] if needs else None,
        "contact": permissions.may_see_contact_details(standing.me, standing.pairing),
        "parting": parting(standing),
        "check_ins": check_in_rows(check_ins, now),
        "sparks": sparks(check_ins),
        "received": lines_for(pairing=standing.pairing, user=standing.me),
        "lines": timeline.newest_first(lines),
        "turns": turns_for(standing),
        "rhythm": standing.agreement.cadence if standing.pairing.state in ASKING and standing.agreement else "",
        "may_note": standing.pairing.state in ASKING,
        "retractable": meetings.retractable(pairing=standing.pairing, user=standing.me, now=now),
        "again": again.said(standing),
    }
    return render(request, "engagements/pairings/detail.html", context)


def parting(standing: Standing) -> str:
    """One's own reason for an early end; empty for the other side."""
    return standing.pairing.read("end_text") if permissions.may_read_end_text(standing.me, standing.pairing) else ""


def badge(standing: Standing) -> str:
    """The state in words, with its dates."""
    pairing = standing.pairing
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
