"""A run on its way at the desk: how far it is, what can be done about it, and what went wrong, as a sentence."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import badge
from accounts.admin.verbs import Verb
from accounts.choices import label_of
from accounts.models import User
from common.clock import now
from common.transitions import Actor, allowed_verbs
from matching.domain import run_work
from matching.models import MatchRun
from matching.models.runs import NotMade, Phase
from matching.states import RUN_TRANSITIONS, RUNS_ON_THEIR_WAY, RUNS_WITHOUT_RESULT, RunState

PHASES = tuple(Phase)
TELL_US = gettext_lazy("Run it again; should it come to nothing once more, tell who runs the site.")
NOT_MADE: Mapping[str, str | Promise] = {
    NotMade.NOBODY: gettext_lazy("When its turn came, nobody in this cohort was looking for a mentor any more."),
    NotMade.LOST: gettext_lazy("The work broke off three times."),
    NotMade.NOT_PROVEN: gettext_lazy("What was found could not be proven to be the best, so nothing of it is kept."),
    NotMade.TOO_LARGE: gettext_lazy("This cohort is too large to be matched at once."),
    NotMade.BROKE: gettext_lazy("An error of ours came between."),
}
WITH_US = frozenset({NotMade.LOST, NotMade.NOT_PROVEN, NotMade.BROKE})


def has_result(run: MatchRun) -> bool:
    """Whether there is anything to read of it."""
    return run.state not in RUNS_WITHOUT_RESULT


def badge_of_failed(run: MatchRun) -> str:
    """Why a run was not made, in a word."""
    label = f"{label_of(RunState, run.state)}: {label_of(NotMade, run.problem)}"
    return badge("cancelled" if run.problem == NotMade.CANCELLED else run.state, label)


def standing(run: MatchRun) -> str:
    """How far a run without a result is, or why there is none."""
    if run.state == RunState.FAILED:
        return _not_made(run)
    context = {
        "run": run,
        "queued": run.state == RunState.QUEUED,
        "behind": run_work.is_behind(run),
        "silent": run_work.is_silent(run),
        "phase": Phase(run.phase).label if run.phase in PHASES else "",
        "number": PHASES.index(Phase(run.phase)) + 1 if run.phase in PHASES else 0,
        "phases": len(PHASES),
        "address": reverse("admin:matching_matchrun_change", args=[run.pk]),
    }
    return render_to_string("admin/runs/progress.html", context)


def _not_made(run: MatchRun) -> str:
    nothing = _("Nothing was proposed, and nobody was told.")
    if run.problem == NotMade.CANCELLED:
        moment = date_format(localtime(run.finished_at), "DATETIME_FORMAT") if run.finished_at else "–"
        name = run.cancelled_by.name if run.cancelled_by else _("somebody")
        return f"{_('Cancelled by %(name)s on %(moment)s.') % {'name': name, 'moment': moment}} {nothing}"
    sentences = [NOT_MADE.get(run.problem, NOT_MADE[NotMade.BROKE]), nothing]
    return " ".join(map(str, [*sentences, TELL_US] if run.problem in WITH_US else sentences))


def _cancel(run: MatchRun, user: User, _said_before: dict[str, Any]) -> str:
    run_work.cancel(run=run, user=user, now=now())
    return _("Cancelled: the run is not made. Nothing was proposed.")


def _again(run: MatchRun, user: User, _said_before: dict[str, Any]) -> str:
    made = run_work.again(run=run, user=user, now=now())
    said = _('A new run is asked for, on the same terms. <a href="{}">See how far it is</a>')
    return format_html(said, reverse("admin:matching_matchrun_change", args=[made.pk]))


VERBS = (
    Verb(
        name="cancel",
        label=gettext_lazy("Cancel"),
        explanation=gettext_lazy("The run is not made, and nothing is proposed. Nobody is told."),
        repair=gettext_lazy("You can run it again on the same terms; it then begins anew."),
        do=_cancel,
        open_to=lambda run: "cancel" in allowed_verbs(RUN_TRANSITIONS, run.state, Actor.COORDINATOR),
        ends=True,
    ),
    Verb(
        name="again",
        label=gettext_lazy("Run again"),
        explanation=gettext_lazy(
            "A new run is made on the same terms, of everybody who looks for a mentor now. This one stays as it is. "
            "Nobody is told."
        ),
        repair=gettext_lazy("The new run can be cancelled while it is being made, and discarded afterwards."),
        do=_again,
        open_to=lambda run: run.state not in (*RUNS_ON_THEIR_WAY, RunState.PUBLISHED),
    ),
)
