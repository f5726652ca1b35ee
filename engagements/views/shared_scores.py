"""The scores of both in one picture, which both have agreed to; and each side's own word about it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.clock import now as programme_now
from common.dates import short_day
from common.errors import Refused
from engagements.domain import shared_scores
from engagements.domain.pairing_status import PairingStatus
from engagements.models import CheckIn
from engagements.models.check_ins import SCORES
from engagements.states import PAIR_WRITES
from engagements.views.fetch import pairing_status_of

NO_SCORE = "–"
Rounds = Mapping[int, Mapping[UUID, CheckIn]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say who shares, show what both share, and let one's own word be given or taken back."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    if request.method == "POST":
        act = shared_scores.share if request.POST.get("act") == "share" else shared_scores.stop
        try:
            act(pairing=status.pairing, user=status.me, now=now)
        except Refused as error:
            messages.info(request, str(error.sentence))
        return redirect("engagements:shared_scores", pk=pk)
    context = {
        "status": status,
        "pairing": status.pairing,
        "may_share": status.pairing.state in PAIR_WRITES,
        "picture": picture(status),
    }
    return render(request, "engagements/check_ins/shared.html", context)


def picture(status: PairingStatus) -> dict[str, Any]:
    """A line for each side and score, and the table; empty while there is nothing that both may read."""
    rounds: dict[int, dict[UUID, CheckIn]] = {}
    for row in shared_scores.answers(status):
        rounds.setdefault(row.round, {})[row.person_id] = row
    if not rounds:
        return {}
    titles = {"connection": _("Connection"), "clarity": _("Clarity"), "competency": _("Competency")}
    return {
        "charts": [_chart(titles[score], score, rounds, status) for score in SCORES],
        "table": _table(titles, rounds, status),
    }


def _scores(score: str, rounds: Rounds, person: UUID) -> list[int | None]:
    return [getattr(of[person], score) if person in of else None for of in rounds.values()]


def _day(of: Mapping[UUID, CheckIn]) -> str:
    return short_day(min(row.answered_at for row in of.values() if row.answered_at))


def _chart(title: str, score: str, rounds: Rounds, status: PairingStatus) -> dict[str, Any]:
    mine, theirs = (_scores(score, rounds, person.pk) for person in (status.me, status.other))
    days = [_day(of) for of in rounds.values()]
    words = {"title": title, "mine": _in_turn(mine), "theirs": _in_turn(theirs), "name": status.other.get_short_name()}
    return {
        "title": title,
        "mine": mine,
        "theirs": theirs,
        "label": _("%(title)s by check-in, of 5. You: %(mine)s. %(name)s: %(theirs)s") % words,
        "first": days[0],
        "last": days[-1] if len(days) > 1 else "",
    }


def _in_turn(scores: list[int | None]) -> str:
    return ", ".join(NO_SCORE if score is None else str(score) for score in scores)


def _table(titles: Mapping[str, str], rounds: Rounds, status: PairingStatus) -> dict[str, Any]:
    """A row for each round, with the scores of both in each cell."""
    return {
        "head": [_("Check-in"), *titles.values()],
        "rows": [[_day(of), *(_of_both(score, of, status) for score in titles)] for of in rounds.values()],
    }


def _of_both(score: str, of: Mapping[UUID, CheckIn], status: PairingStatus) -> str:
    mine, theirs = (
        getattr(of[person.pk], score) if person.pk in of else NO_SCORE for person in (status.me, status.other)
    )
    return _("You %(mine)s, %(name)s %(theirs)s") % {
        "mine": mine,
        "theirs": theirs,
        "name": status.other.get_short_name(),
    }
