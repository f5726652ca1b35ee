"""Asking a mentor: a note, what happens next, and by when."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.calendars import calendar_with_leave
from accounts.signed_in import signed_in_user
from cohorts.models import Enrolment
from common.clock import now
from common.errors import Refused
from common.given_back import give_back
from matching.domain import asking
from matching.domain.deadlines import answer_by
from matching.forms import AskForm
from matching.models import Request, ShortlistEntry
from matching.views.mentor_cards import employers_of, role_line, sought_after_line
from matching.views.seeking import mentor_and_seeker

ASKED_ALREADY = (
    gettext_lazy("You have asked %(name)s already"),
    gettext_lazy(
        "That was from another page, and the note you wrote there is with them. This one was not sent. To send it "
        "instead, copy it, withdraw the request, and ask again."
    ),
)
PROPOSED_ALREADY = (
    gettext_lazy("%(name)s has been asked for you meanwhile"),
    gettext_lazy(
        "The programme asked, without this note of yours. To send it, copy it, withdraw the request, and ask again."
    ),
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write the request and send it. Sending it twice asks once."""
    mentor, mentee = mentor_and_seeker(request, pk)
    asked = _asked(mentee, mentor)
    if asked is not None:
        return _asked_already(request, asked)
    if request.method != "POST" and (refusal := _refusal(mentee)):
        messages.info(request, refusal)
        return redirect("matching:mentor", pk=pk)
    left = ShortlistEntry.objects.still_to_ask().filter(mentee=mentee, mentor=mentor).select_related("mentee", "key")
    note = next((entry.words_of("note", instead="") for entry in left), "")
    data, name = request.POST if request.method == "POST" else None, mentor.person.get_short_name()
    form = AskForm(data, name=name, initial={"note": note})
    answer = _send(request, form, mentee, mentor) if form.is_valid() else None
    return answer or render(request, "matching/requests/ask.html", _context(form, mentee, mentor))


def _refusal(mentee: Enrolment) -> str:
    """Why this mentee can ask nobody now, before a note is written in vain; else ""."""
    try:
        asking.check_may_ask(mentee, now())
    except Refused as refused:
        return str(refused.sentence)
    return ""


def _send(request: HttpRequest, form: AskForm, mentee: Enrolment, mentor: Enrolment) -> HttpResponse | None:
    """To the request made, or to the one that another page has made meanwhile; None, with the refusal on the form."""
    try:
        made = asking.ask(
            mentee_enrolment=mentee,
            mentor_enrolment=mentor,
            note=form.cleaned_data["note"],
            user=signed_in_user(request),
            now=now(),
        )
    except Refused as refused:
        asked = _asked(mentee, mentor)
        if asked is not None:
            return _asked_already(request, asked)
        form.refuse(refused)
        return None
    messages.success(request, _("You have asked %(name)s.") % {"name": mentor.person.name})
    return redirect("matching:request", pk=made.pk)


def _asked_already(request: HttpRequest, asked: Request) -> HttpResponse:
    """To the request that waits; another note than its own is given back first."""
    address = reverse("matching:request", args=[asked.pk])
    words = request.POST.get("note", "").strip()
    if not words or words.split() == asked.words_of("note", instead="").split():
        return redirect(address)
    title, text = PROPOSED_ALREADY if asked.proposed else ASKED_ALREADY
    return give_back(
        request,
        status=409,
        title=title % {"name": asked.mentor.name},
        text=text,
        words=[words],
        onward=address,
        onward_label=_("Look at your request"),
    )


def _asked(mentee: Enrolment, mentor: Enrolment) -> Request | None:
    found: Request | None = (
        Request.objects.pending()
        .filter(mentee_enrolment=mentee, mentor_enrolment=mentor)
        .select_related("mentor", "key")
        .first()
    )
    return found


def _context(form: AskForm, mentee: Enrolment, mentor: Enrolment) -> dict[str, Any]:
    days = mentee.cohort.answer_days
    after = ShortlistEntry.objects.filter(mentee=mentee).exclude(mentor=mentor).still_to_ask()
    following = after.select_related("mentor__person").first()
    return {
        "form": form,
        "mentor": mentor,
        "person": mentor.person,
        "role": role_line(mentor.person, employers_of([mentor.person_id]).get(mentor.person_id)),
        "days": days,
        "deadline": answer_by(calendar_with_leave(mentor.person), now(), days),
        "following": following,
        "sought_after": sought_after_line(mentor),
    }
