"""What the pages of a review board have in common: whose run it is, what may be changed, and how a page is drawn."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.admin.base import coordinator, has_work_here
from accounts.models import User
from common.errors import Refused, WrongState
from matching.domain.board.asking import check_may_change
from matching.domain.board.line import Decision, Line, line_of
from matching.domain.publishing import takes_part
from matching.models import MatchRun
from matching.models.boards import BoardVerb
from matching.states import RUNS_WITHOUT_RESULT, RunState


@dataclass(frozen=True)
class Desk:
    """A run's board for whoever looks at it.

    closed      why nothing can be changed; empty where it can
    takes_part  whether the reader is one of those whom the run weighed: decisions may be about them
    """

    run: MatchRun
    user: User
    line: Line
    closed: str
    takes_part: bool


def desk_of(request: HttpRequest, run_id: UUID) -> Desk:
    """The board of a run that has been made and that this coordinator may see; 404 for any other."""
    user = coordinator(request)
    if not has_work_here(request):
        raise Http404
    made = MatchRun.objects.as_coordinator(user).exclude(state__in=RUNS_WITHOUT_RESULT)
    runs = made.select_related("cohort", "published_by")
    run: MatchRun = get_object_or_404(runs, pk=run_id)
    closed = why_closed(run, user)
    return Desk(run, user, line_of(run), closed, takes_part(user, run) if closed else False)


def why_closed(run: MatchRun, user: User) -> str:
    """Why this coordinator cannot change a board, as a sentence."""
    try:
        check_may_change(run, user)
    except WrongState:
        if run.state == RunState.PUBLISHED:
            return _("This run is published, so its board stays as it is.")
        return _("This run is discarded, so its board stays as it is.")
    except Refused as refused:
        return str(refused.sentence)
    return ""


def ask_address(run: MatchRun, decision: Decision) -> str:
    """Where a decision is looked at before it is taken."""
    people = ("mentee", "mentor", "other", "other_mentor")
    told = {name: str(each) for name in people if (each := getattr(decision, name)) is not None}
    return f"{reverse('admin:board_ask', args=[run.pk])}?{urlencode({'verb': decision.verb.value, **told})}"


def ask(run: MatchRun, verb: BoardVerb, mentee: UUID, *more: UUID | None) -> str:
    """The same for these people."""
    return ask_address(run, Decision(verb, mentee, *more))


def page(
    request: HttpRequest, site: AdminSite, template: str, desk: Desk, *, status: int = 200, **shown: Any
) -> HttpResponse:
    """One page of a board."""
    held = {
        "run": desk.run,
        "closed": desk.closed,
        "version": desk.line.version,
        "board_address": reverse("admin:board", args=[desk.run.pk]),
        "run_address": reverse("admin:matching_matchrun_change", args=[desk.run.pk]),
    }
    return TemplateResponse(request, template, {**site.each_context(request), **held, **shown}, status=status)
