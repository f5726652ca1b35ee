"""The pages of a goal: set or proposed, read, rewritten, and each act with a line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import signed_in_user
from cohorts.states import Role
from common.clock import now as programme_now
from common.errors import Refused, WrongState
from common.given_back import give_back
from engagements.domain import goals
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.goals import MILESTONES, CorrectLineForm, GoalForm, GoalLineForm, ProgressForm
from engagements.models import Goal, GoalEntry, Milestone
from engagements.models.goals import GOAL_WORDS, GoalAct
from engagements.states import GOAL_TRANSITIONS, PAIR_WRITES, GoalState
from engagements.views import goal_lines
from engagements.views.fetch import pairing_status_of

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Act:
    """An act upon a goal: its verb, the words of its page and what is said afterwards."""

    verb: str
    title: Words
    text: Words
    done: Words
    form: type[GoalLineForm | ProgressForm] = GoalLineForm


ACTS = (
    Act(
        "take_up",
        gettext_lazy("Take it up"),
        gettext_lazy("It becomes your goal, in these words until you change them."),
        gettext_lazy("It is your goal now."),
    ),
    Act(
        "turn_down",
        gettext_lazy("Do not take it up"),
        gettext_lazy("It stays on record as a proposal, and you can take it up later."),
        gettext_lazy("Noted. You can take it up later."),
    ),
    Act(
        "withdraw",
        gettext_lazy("Withdraw the proposal"),
        gettext_lazy("You can make it once more, in other words or the same."),
        gettext_lazy("The proposal is withdrawn."),
    ),
    Act(
        "note",
        gettext_lazy("Note progress"),
        gettext_lazy("What has moved since you last looked? Both of you read it."),
        gettext_lazy("Noted."),
        ProgressForm,
    ),
    Act(
        "reach",
        gettext_lazy("It is reached"),
        gettext_lazy("How did you know? You can open it again."),
        gettext_lazy("Reached. Well done."),
    ),
    Act(
        "keep",
        gettext_lazy("Keep it as it is"),
        gettext_lazy("You have looked at it, and it still holds."),
        gettext_lazy("Kept."),
    ),
    Act(
        "let_go",
        gettext_lazy("Let it go"),
        gettext_lazy("Goals may be let go, without fault. You can open it again."),
        gettext_lazy("Let go. You can open it again."),
    ),
    Act(
        "reopen",
        gettext_lazy("Go on with it"),
        gettext_lazy("It is under way again; its history stays."),
        gettext_lazy("It is under way again."),
    ),
)


def goal_of(request: HttpRequest, pk: UUID, now: datetime) -> tuple[Goal, PairingStatus]:
    """A goal of the signed-in person's pairings, and how the pairing stands. Another one's is missing."""
    goal = get_object_or_404(Goal.objects.visible_to(signed_in_user(request)), pk=pk)
    status = pairing_status_of(request, goal.pairing_id, now)
    goal.pairing = status.pairing
    return goal, status


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set a goal, or propose one; begun from an aim (`?aim=` its rank), it is filled in and not yet saved."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    if request.method != "POST":
        if status.pairing.state not in PAIR_WRITES:
            messages.info(request, str(WrongState().sentence))
            return redirect("engagements:pairing", pk=pk)
        aims = {str(rank): words for rank, words in goal_lines.aims_of(status.pairing)}
        # The page's version is that of nothing: what is filled in from the aim is the reader's to send.
        return _form_page(request, status, GoalForm(initial={"title": aims.get(request.GET.get("aim", ""), "")}))
    form = GoalForm(request.POST)
    if form.is_valid():
        try:
            goal = goals.propose(pairing=status.pairing, user=status.me, words=form.words, now=now)
        except Refused as error:
            form.refuse(error)
        else:
            mine = status.side == Role.MENTEE
            said = _("Your goal is set.") if mine else _("Proposed. %(name)s takes it up, or not.")
            messages.success(request, said % {"name": status.other.get_short_name()})
            return redirect("engagements:goal", pk=goal.pk)
    return _form_page(request, status, form)


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The goal, its steps, how it went, and what one may do with it."""
    goal, status = goal_of(request, pk, programme_now())
    return _page(request, goal, status, ProgressForm())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rewrite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a goal of one's own, or revise a proposal."""
    now = programme_now()
    goal, status = goal_of(request, pk, now)
    verb = "change" if status.side == Role.MENTEE else "revise"
    if request.method != "POST" and verb not in goals.verbs_of(goal, status.me):
        messages.info(request, str(WrongState().sentence))
        return redirect("engagements:goal", pk=pk)
    form = GoalForm(request.POST if request.method == "POST" else None, initial=_initial(goal), changing=True)
    if request.method == "POST" and form.is_valid():
        if not form.changed and goal.state != GoalState.WITHDRAWN:
            return redirect("engagements:goal", pk=pk)
        try:
            goals.rewrite(goal=goal, user=status.me, words=form.words, line=form.cleaned_data["line"], now=now)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("engagements:goal", pk=pk)
    return _form_page(request, status, form, goal)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, pk: UUID, act: Act) -> HttpResponse:
    """An act with a line about it. A second click finds it done; a line that was not kept is given back."""
    now = programme_now()
    goal, status = goal_of(request, pk, now)
    if request.method != "POST":
        if act.verb not in goals.verbs_of(goal, status.me):
            messages.info(request, str(WrongState().sentence))
            return redirect("engagements:goal", pk=pk)
        return _act_page(request, goal, status, act, act.form())
    form = act.form(request.POST)
    if not form.is_valid():
        return _act_page(request, goal, status, act, form)
    try:
        goals.act(goal=goal, verb=act.verb, user=status.me, line=form.cleaned_data["line"], now=now)
    except Refused as error:
        goal = Goal.objects.get(pk=goal.pk)
        if form.cleaned_data["line"]:
            return _not_kept(request, goal, error, form.cleaned_data["line"])
        if goal.state != GOAL_TRANSITIONS[act.verb].target:
            messages.warning(request, str(error.sentence))
    else:
        messages.success(request, str(act.done))
    return redirect("engagements:goal", pk=pk)


@login_required
@require_POST
def tick(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark a milestone as done (`done` filled), or as not yet done."""
    user, now = signed_in_user(request), programme_now()
    mine = Milestone.objects.filter(goal__in=Goal.objects.visible_to(user))
    milestone = get_object_or_404(mine.select_related("goal"), pk=pk)
    try:
        goals.tick(milestone=milestone, user=user, done=bool(request.POST.get("done")), now=now)
    except Refused as error:
        messages.warning(request, str(error.sentence))
    return redirect(f"{reverse('engagements:goal', args=[milestone.goal_id])}#milestones")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put another line in place of one's own. A line of the other side is missing."""
    now = programme_now()
    found = GoalEntry.objects.visible_to(signed_in_user(request)).filter(by=signed_in_user(request))
    entry = get_object_or_404(found.exclude(act=GoalAct.CHECK_IN), pk=pk)
    goal, status = goal_of(request, entry.goal_id, now)
    entry.goal = goal
    if request.method != "POST" and not goal.is_writable:
        messages.info(request, str(WrongState().sentence))
        return redirect("engagements:goal", pk=goal.pk)
    form = CorrectLineForm(
        request.POST if request.method == "POST" else None, initial={"line": entry.words_of("line", instead="")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            goals.correct(entry=entry, user=status.me, line=form.cleaned_data["line"], now=now)
        except Refused as error:
            return _not_kept(request, goal, error, form.cleaned_data["line"])
        messages.success(request, _("Corrected.") if form.cleaned_data["line"] else _("The line is taken back."))
        return redirect("engagements:goal", pk=goal.pk)
    context = {"goal": goal, "status": status, "form": form, "sentence": goal_lines.sentence(entry, status)}
    context |= {"entry": entry, "is_note": entry.act == GoalAct.NOTE, "title": goal.called()}
    return render(request, "engagements/goals/correct.html", context)


def _initial(goal: Goal) -> dict[str, object]:
    steps = list(goal.milestones.all())
    for step in steps:
        step.goal = goal
    return {
        **{name: goal.words_of(name, instead="") for name in GOAL_WORDS},
        "by_when": goal.by_when,
        **{name: step.words_of("text", instead="") for name, step in zip(MILESTONES, steps, strict=False)},
    }


def _page(request: HttpRequest, goal: Goal, status: PairingStatus, form: ProgressForm) -> HttpResponse:
    verbs = goals.verbs_of(goal, status.me)
    steps = list(goal.milestones.all())
    for step in steps:
        step.goal = goal
    context = {
        **_context(goal, status),
        "why": goal.words_of("why"),
        "signs": goal.words_of("signs"),
        "steps": [(step, step.words_of("text")) for step in steps],
        "done": sum(step.done_at is not None for step in steps),
        "verbs": verbs,
        "acts": [act for act in ACTS if act.verb in verbs and act.verb != "note"],
        "lines": goal_lines.history(goal, goal.entries.all(), status),
        "form": form,
    }
    return render(request, "engagements/goals/detail.html", context)


def _act_page(
    request: HttpRequest, goal: Goal, status: PairingStatus, act: Act, form: GoalLineForm | ProgressForm
) -> HttpResponse:
    return render(request, "engagements/goals/act.html", {**_context(goal, status), "act": act, "form": form})


def _form_page(request: HttpRequest, status: PairingStatus, form: GoalForm, goal: Goal | None = None) -> HttpResponse:
    context: dict[str, Any] = {"status": status, "pairing": status.pairing, "form": form, "goal": goal}
    return render(request, "engagements/goals/form.html", context)


def _context(goal: Goal, status: PairingStatus) -> dict[str, Any]:
    return {
        "goal": goal,
        "status": status,
        "pairing": status.pairing,
        "title": goal.called(),
        "label": goal_lines.label_of(goal, status.pairing),
        "by_other": goal.proposed_by_id == status.other.pk,
        "by_mentor": goal.proposed_by_id == status.pairing.mentor_id,
    }


def _not_kept(request: HttpRequest, goal: Goal, why: Refused, line: str) -> HttpResponse:
    return give_back(
        request,
        status=409,
        title=_("Your line was not kept"),
        text=str(why.sentence),
        words=[line] if line else [],
        onward=reverse("engagements:goal", args=[goal.pk]),
        onward_label=_("Look at the goal"),
    )
