"""The check-in: two minutes, on a phone."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.calendars import read_absences
from accounts.models import User
from accounts.signed_in import signed_in_user
from common.clock import now as programme_now
from common.dates import long_day, time_to_act
from common.errors import Refused
from common.given_back import give_back
from common.prepared import prepared
from engagements import permissions
from engagements.domain import check_ins, goals, meeting_outcomes
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.check_ins import CheckInForm, goal_field
from engagements.models import CheckIn, Goal
from engagements.models.check_ins import SCORES
from engagements.states import CheckInState, CheckInStatus
from engagements.views import goal_lines
from engagements.views.fetch import pairing_status_of
from matching.states import PairingState


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask while it is due; before and after, say how it stands. What was typed is kept whatever happens."""
    now = programme_now()
    check_in = _mine(request, pk)
    status = pairing_status_of(request, check_in.pairing_id, now)
    if request.method == "POST" and check_in.state != CheckInState.ANSWERED:
        return _receive(request, check_in, status, now)
    if request.method == "POST":
        return _receive_once_more(request, check_in, status, now)
    if check_in.is_open(now) and status.pairing.is_open:
        return _ask(request, check_in, status, _form(check_in, status), now)
    return _tell(request, check_in, status, now)


@login_required
@require_safe
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The answers once more, to be corrected; sent to the check-in itself."""
    now = programme_now()
    check_in = _mine(request, pk)
    status = pairing_status_of(request, check_in.pairing_id, now)
    if not _may_correct(check_in, status, now):
        return redirect("engagements:check_in", pk=pk)
    return _ask(request, check_in, status, _form(check_in, status), now)


def _mine(request: HttpRequest, pk: UUID) -> CheckIn:
    """A check-in that this person is asked for. Raises `Http404`."""
    me = signed_in_user(request)
    for check_in in _asked_of(person=me.pk, pk=pk):
        read_absences(me)
        check_in.person = me
        return check_in
    raise Http404


@prepared
def _asked_of(*, person: UUID, pk: UUID) -> QuerySet[CheckIn]:
    return CheckIn.objects.visible_to(User(pk=person)).filter(pk=pk)


def _may_correct(check_in: CheckIn, status: PairingStatus, now: datetime) -> bool:
    check_in.pairing = status.pairing
    until = check_ins.correctable_until(check_in)
    return until is not None and now < until and status.pairing.is_open


def _until(check_in: CheckIn, status: PairingStatus) -> str:
    """Until when it may be corrected, which a review or the end of a pause can bring nearer."""
    until = check_ins.correctable_until(check_in)
    moment = time_to_act(until) if until else ""
    if status.pairing.state == PairingState.CLOSING:
        return _("until your pairing has ended, on %(moment)s at the latest") % {"moment": moment}
    if status.pairing.state == PairingState.PAUSED:
        return _("until the next one is due, once your pairing goes on")
    return _("until %(moment)s") % {"moment": moment}


def _form(check_in: CheckIn, status: PairingStatus, data: object = None) -> CheckInForm:
    initial = _answered(check_in) or _known(check_in)
    asked = {goal.pk: goal.called() for goal in goals.of_check_in(status.pairing)}
    return CheckInForm(data, side=check_in.side, other=status.other.get_short_name(), goals=asked, initial=initial)


def _known(check_in: CheckIn) -> dict[str, object]:
    """What need not be asked: that they have met, as a meeting says that was held since this side's last answer."""
    return {"met": "yes"} if meeting_outcomes.held_since_last_answer(check_in) else {}


def _answered(check_in: CheckIn) -> dict[str, object]:
    """What was answered, as the form has it; nothing before."""
    if check_in.state != CheckInState.ANSWERED:
        return {}
    marks = {name: getattr(check_in, name) for name in SCORES}
    said = {goal_field(pk): standing for pk, standing in goals.said_in(check_in).items()}
    return {**marks, **said, "met": "yes" if check_in.met else "no", "line": check_in.words_of("line", instead="")}


def _receive(request: HttpRequest, check_in: CheckIn, status: PairingStatus, now: datetime) -> HttpResponse:
    form = _form(check_in, status, request.POST)
    if form.is_valid():
        try:
            check_ins.answer(check_in=check_in, user=status.me, now=now, **form.cleaned_data)
        except Refused as error:
            check_in.refresh_from_db()
            if check_in.state == CheckInState.ANSWERED:
                return _receive_once_more(request, check_in, status, now)
            form.refuse(error)
            return _ask(request, check_in, status, form, now)
        messages.success(request, _("Thank you. Your check-in is in."))
        return redirect("engagements:check_in", pk=check_in.pk)
    return _ask(request, check_in, status, form, now)


def _receive_once_more(request: HttpRequest, check_in: CheckIn, status: PairingStatus, now: datetime) -> HttpResponse:
    """A second answer: the same says nothing, another one is asked about, and then corrects the first."""
    form = _form(check_in, status, request.POST)
    if form.is_valid() and not form.changed:
        return redirect("engagements:check_in", pk=check_in.pk)
    if not _may_correct(check_in, status, now):
        return _too_late(request, check_in)
    if not form.is_valid() or "correct" not in request.POST:
        return _ask(request, check_in, status, form, now)
    try:
        check_ins.correct(check_in=check_in, user=status.me, now=now, **form.cleaned_data)
    except Refused as error:
        form.refuse(error)
        return _ask(request, check_in, status, form, now)
    messages.success(request, _("Your check-in is corrected."))
    return redirect("engagements:check_in", pk=check_in.pk)


def _too_late(request: HttpRequest, check_in: CheckIn) -> HttpResponse:
    line = request.POST.get("line", "").strip()
    return give_back(
        request,
        status=409,
        title=_("Your check-in is in already"),
        text=_("What you sent now was not kept.") + " " + str(check_ins.TOO_LATE),
        words=[line] if line else [],
        onward=reverse("engagements:check_in", args=[check_in.pk]),
        onward_label=_("Look at your check-in"),
    )


@login_required
@require_POST
def snooze(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put it off, from the buttons below the form."""
    check_in = get_object_or_404(CheckIn.objects.visible_to(signed_in_user(request)), pk=pk)
    try:
        later = check_ins.snooze(
            check_in=check_in, user=signed_in_user(request), until=request.POST.get("until", ""), now=programme_now()
        )
    except Refused as error:
        messages.warning(request, str(error.sentence))
        return redirect("engagements:check_in", pk=pk)
    messages.success(
        request,
        _("Put off until %(day)s; you can answer sooner.") % {"day": long_day(later.due_at)},
    )
    return redirect("engagements:pairing", pk=check_in.pairing_id)


def _ask(
    request: HttpRequest, check_in: CheckIn, status: PairingStatus, form: CheckInForm, now: datetime
) -> HttpResponse:
    context = {
        "form": form,
        "check_in": check_in,
        "status": status,
        "last": check_ins.answered_before(check_in),
        "snoozes": _snoozes(check_in, status, now),
        "correcting": check_in.state == CheckInState.ANSWERED,
        "shown": check_in.answered_at is None or _is_shown(status, check_in),
        "put_off": check_in.status(now) == CheckInStatus.SNOOZED,
        "current": status.due if status.due and status.due.pk != check_in.pk else None,
    }
    return render(request, "engagements/check_ins/form.html", context)


def _snoozes(check_in: CheckIn, status: PairingStatus, now: datetime) -> list[tuple[str, str]]:
    """What the buttons send and say, the nearer day first; one for two that come to the same."""
    check_in.pairing = status.pairing
    by_moment = {at: choice for choice, at in check_ins.snooze_moments(check_in, now).items()}
    return [(choice, long_day(at)) for at, choice in sorted(by_moment.items())]


def _tell(request: HttpRequest, check_in: CheckIn, status: PairingStatus, now: datetime) -> HttpResponse:
    context = {
        "check_in": check_in,
        "status": status,
        "check_in_status": check_in.status(now),
        "scores": _scores(status, check_in),
        "shown": _is_shown(status, check_in),
        "line": check_in.words_of("line") if permissions.may_read_line(status.me, check_in) else "",
        "said_of_goals": _said_of_goals(status, check_in),
        "missed": check_ins.MISSED,
        "until": _until(check_in, status) if _may_correct(check_in, status, now) else "",
    }
    return render(request, "engagements/check_ins/detail.html", context)


def _is_shown(status: PairingStatus, check_in: CheckIn) -> bool:
    """Whether the other side sees the scores of one that was answered."""
    check_in.pairing = status.pairing
    return permissions.may_read_scores(status.other, check_in, shared_since=status.scores_shared_since)


def _scores(status: PairingStatus, check_in: CheckIn) -> list[tuple[str, str]]:
    if check_in.state != CheckInState.ANSWERED or not permissions.may_read_scores(status.me, check_in):
        return []
    questions = CheckInForm.QUESTIONS[check_in.side]
    marks = [
        (str(question), _("%(mark)s of 5") % {"mark": getattr(check_in, name)}) for name, question in questions.items()
    ]
    return [*marks, (_("Have you met since?"), _("Yes") if check_in.met else _("Not yet"))]


def _said_of_goals(status: PairingStatus, check_in: CheckIn) -> list[tuple[str, str]]:
    """Each goal with what was said of it."""
    said = goals.said_in(check_in)
    found = Goal.objects.filter(pk__in=said)
    for goal in found:
        goal.pairing = status.pairing
    return [(goal.called(), goal_lines.standing_label(said[goal.pk])) for goal in found]
