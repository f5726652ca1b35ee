"""A leader's assistants: invited, written to or not, ended at once; and what was done for the leader."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import signed_in_user
from common.clock import now as programme_now
from common.errors import Refused
from common.history import tell
from engagements.domain import assistants, assisting
from engagements.forms.assistants import InviteForm
from engagements.models import Assistant
from engagements.states import AssistantState


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Those there are, the form that invites one, and the list of what they did. Missing for whoever takes no part."""
    user = signed_in_user(request)
    if not assistants.may_have(user):
        raise Http404
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            assistants.invite(leader=user, now=programme_now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Sent. They handle your meeting times once they have accepted."))
            return redirect("engagements:assistants")
    lines = assisting.done_for(user)
    standing = user.assistants.standing().select_related("person", "invitation")
    context = {
        "form": form,
        "assistants": [_row(each) for each in standing],
        "may_invite": len(standing) < assistants.MOST,
        "most": assistants.MOST,
        "lines": [{"when": event.at, "text": text} for event, text in zip(lines, tell(lines), strict=True) if text],
    }
    return render(request, "engagements/assistants/page.html", context, status=422 if form.errors else 200)


def _row(assistant: Assistant) -> dict[str, Any]:
    invited = assistant.state == AssistantState.INVITED
    return {
        "assistant": assistant,
        "invited": invited,
        "out_of_date": invited and assistant.invitation.expires_at <= programme_now(),
    }


def _mine(request: HttpRequest, pk: UUID) -> Assistant:
    return get_object_or_404(Assistant.objects.standing(), pk=pk, leader=signed_in_user(request))


@login_required
@require_POST
def send_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new link goes out; the one before opens nothing any more."""
    try:
        assistants.send_again(assistant=_mine(request, pk), user=signed_in_user(request), now=programme_now())
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    else:
        messages.success(request, _("Sent again. The link before opens nothing any more."))
    return redirect("engagements:assistants")


@login_required
@require_POST
def emails(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write to the assistant about meeting times, or no longer."""
    wanted = request.POST.get("emails") == "yes"
    try:
        assistants.choose_emails(
            assistant=_mine(request, pk), user=signed_in_user(request), emails=wanted, now=programme_now()
        )
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    else:
        messages.success(request, _("They are written to as well.") if wanted else _("They are not written to."))
    return redirect("engagements:assistants")


@login_required
@require_POST
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It is over, from this moment on."""
    row = _mine(request, pk)
    served = row.state == AssistantState.SERVING
    try:
        assistants.end(assistant=row, user=signed_in_user(request), now=programme_now())
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    else:
        done = _("It is over. They see nothing of your meetings any more.")
        messages.success(request, done if served else _("Taken back. The link opens nothing any more."))
    return redirect("engagements:assistants")
