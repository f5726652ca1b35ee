"""The pages of the decision log: asked, viewed, decided, looked back on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import signed_in_user
from cohorts.states import Role
from common.clock import now as programme_now
from common.errors import Refused, WrongState
from common.given_back import give_back
from common.versioned import VersionedForm
from engagements.domain import calibration, decisions
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.decisions import DecideForm, OutcomeForm, QuestionForm, ViewForm
from engagements.models import Decision
from engagements.models.decisions import QUESTION_WORDS, VIEW_WORDS
from engagements.states import PAIR_WRITES
from engagements.views import decision_lines
from engagements.views.fetch import pairing_status_of

Words = str | Promise
LOOKED_BACK_AFTER = timedelta(days=90)  # what the form proposes


@dataclass(frozen=True, slots=True)
class Step:
    """A form upon a decision: its verb, what it writes, and its words."""

    verb: str
    form: type[VersionedForm]
    write: Callable[..., Any]
    title: Words
    text: Words
    submit: Words
    done: Words


def _change(form: Any, **words: Any) -> None:
    decisions.change(question=form.said, **words)


def _view(form: Any, **words: Any) -> None:
    decisions.give_view(view=form.said, **words)


def _decide(form: Any, **words: Any) -> None:
    decisions.decide(**form.cleaned_data, **words)


def _look_back(form: Any, **words: Any) -> None:
    decisions.look_back(**form.cleaned_data, **words)


STEPS = (
    Step(
        "change",
        QuestionForm,
        _change,
        gettext_lazy("Describe it anew"),
        gettext_lazy("Once a view has been given, or it was dropped, this asks for a view once more."),
        gettext_lazy("Save, and ask"),
        gettext_lazy("Saved. Your mentor is asked for a view."),
    ),
    Step(
        "view",
        ViewForm,
        _view,
        gettext_lazy("Your view"),
        gettext_lazy("Along any of the four. You need not decide for them; a question may be the best answer."),
        gettext_lazy("Give my view"),
        gettext_lazy("Given. You can change it until it is decided."),
    ),
    Step(
        "decide",
        DecideForm,
        _decide,
        gettext_lazy("What you decided"),
        gettext_lazy("For the log, so that you can later see how right you were, and how sure."),
        gettext_lazy("Record the decision"),
        gettext_lazy("Recorded. You are asked what came of it on the day you chose."),
    ),
    Step(
        "look_back",
        OutcomeForm,
        _look_back,
        gettext_lazy("What came of it"),
        gettext_lazy("As you see it now. One tap and a line."),
        gettext_lazy("Record it"),
        gettext_lazy("Recorded."),
    ),
)


def decision_of(request: HttpRequest, pk: UUID, now: datetime) -> tuple[Decision, PairingStatus]:
    """A decision of the signed-in person's pairings, and how the pairing stands. Another one's is missing."""
    decision = get_object_or_404(Decision.objects.visible_to(signed_in_user(request)), pk=pk)
    status = pairing_status_of(request, decision.pairing_id, now)
    decision.pairing = status.pairing
    return decision, status


@login_required
@require_safe
def log(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All decisions of a pairing, and how sure and how right the mentee was."""
    status = pairing_status_of(request, pk, programme_now())
    found = list(Decision.objects.filter(pairing=status.pairing))
    rows = decision_lines.rows(found, status)
    context = {
        "status": status,
        "pairing": status.pairing,
        "current": [row for row in rows if not row.is_over],
        "over": [row for row in rows if row.is_over],
        "calibration": decision_lines.picture(calibration.of(found)),
        "may_ask": _may_ask(status),
    }
    return render(request, "engagements/decisions/log.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Describe a decision and ask for a view. The mentor has no such page."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    if request.method != "POST" and not _may_ask(status):
        messages.info(request, str(WrongState().sentence))
        return redirect("engagements:pairing", pk=pk)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            decision = decisions.ask(pairing=status.pairing, user=status.me, question=form.said, now=now)
        except Refused as error:
            form.refuse(error)
        else:
            name = {"name": status.other.get_short_name()}
            messages.success(
                request, _("Asked. %(name)s finds it on their first page, and no e-mail says a word of it.") % name
            )
            return redirect("engagements:decision", pk=decision.pk)
    context = {"status": status, "pairing": status.pairing, "form": form}
    return render(request, "engagements/decisions/new.html", context)


def _may_ask(status: PairingStatus) -> bool:
    return status.side == Role.MENTEE and status.pairing.state in PAIR_WRITES


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The decision with everything said of it, and one's own next step."""
    now = programme_now()
    decision, status = decision_of(request, pk, now)
    verbs = decisions.verbs_of(decision, status.me)
    context = {
        **{name: decision.words_of(name) for name in (*QUESTION_WORDS, *VIEW_WORDS, "choice", "lesson")},
        **_context(decision, status),
        "verbs": verbs,
        "label": decision_lines.label_of(decision),
        "has_view": decisions.has_view(decision),
        "view_is_older": bool(decision.viewed_at and decision.viewed_at < decision.asked_at),
        "meet_first": decision_lines.meet_first(decision, status, timezone.localtime(now).date()),
        "look_back_now": decision.look_back_on is not None and decision.look_back_on <= timezone.localtime(now).date(),
    }
    return render(request, "engagements/decisions/detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, pk: UUID, step: Step) -> HttpResponse:
    """One form upon a decision. What came too late is given back."""
    now = programme_now()
    decision, status = decision_of(request, pk, now)
    if request.method != "POST" and step.verb not in decisions.verbs_of(decision, status.me):
        messages.info(request, str(WrongState().sentence))
        return redirect("engagements:decision", pk=pk)
    form = step.form(request.POST if request.method == "POST" else None, initial=_initial(decision, step, now))
    if request.method == "POST" and form.is_valid():
        try:
            step.write(form, decision=decision, user=status.me, now=now)
        except Refused as error:
            if step.verb not in decisions.verbs_of(Decision.objects.get(pk=pk), status.me):
                return _not_kept(request, decision, error, form)
            form.refuse(error)
        else:
            messages.success(request, str(step.done))
            return redirect("engagements:decision", pk=pk)
    return render(
        request, "engagements/decisions/step.html", {**_context(decision, status), "step": step, "form": form}
    )


@login_required
@require_POST
def drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask about it no longer."""
    decision, status = decision_of(request, pk, programme_now())
    try:
        decisions.drop(decision=decision, user=status.me, now=programme_now())
    except Refused as error:
        messages.warning(request, str(error.sentence))
    else:
        messages.success(request, _("Dropped. You can ask about it again."))
    return redirect("engagements:decision", pk=pk)


def _initial(decision: Decision, step: Step, now: datetime) -> dict[str, object]:
    """What is stored of the form's fields; before it is decided, a day three months on to look back."""
    plain = {"decide_by", "confidence_before", "confidence_after", "look_back_on", "outcome"}
    found: dict[str, object] = {
        name: getattr(decision, name) if name in plain else decision.words_of(name, instead="")
        for name in step.form.base_fields
    }
    if step.verb == "decide" and decision.look_back_on is None:
        found["look_back_on"] = (timezone.localtime(now) + LOOKED_BACK_AFTER).date()
    return found


def _context(decision: Decision, status: PairingStatus) -> dict[str, Any]:
    return {"decision": decision, "status": status, "pairing": status.pairing, "title": decision.called()}


def _not_kept(request: HttpRequest, decision: Decision, why: Refused, form: VersionedForm) -> HttpResponse:
    said = [value for value in form.cleaned_data.values() if isinstance(value, str) and len(value.split()) > 1]
    return give_back(
        request,
        status=409,
        title=_("What you wrote was not kept"),
        text=str(why.sentence),
        words=said,
        onward=reverse("engagements:decision", args=[decision.pk]),
        onward_label=_("Look at the decision"),
    )
