"""Asking a mentor: a note, what happens next, and by when."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.calendars import calendar_with_leave
from accounts.signed_in import signed_in_user
from cohorts.models import Enrolment
from common.clock import now
from common.errors import Refused
from matching.domain import asking
from matching.domain.deadlines import answer_by
from matching.forms import AskForm
from matching.models import Request, ShortlistEntry
from matching.views.mentor_cards import employers_of, role_line
from matching.views.seeking import mentor_and_seeker


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write the request and send it. Sending it twice asks once."""
    mentor, mentee = mentor_and_seeker(request, pk)
    asked = _asked(mentee, mentor)
    if asked is not None:
        return redirect("matching:request", pk=asked.pk)
    form = AskForm(request.POST if request.method == "POST" else None, name=mentor.person.get_short_name())
    if form.is_valid():
        made = _send(request, form, mentee, mentor)
        if made is not None:
            messages.success(request, _("You have asked %(name)s.") % {"name": mentor.person.name})
            return redirect("matching:request", pk=made.pk)
    return render(request, "matching/requests/ask.html", _context(form, mentee, mentor))


def _send(request: HttpRequest, form: AskForm, mentee: Enrolment, mentor: Enrolment) -> Request | None:
    """The request made; the one a second click finds; or None, with the refusal on the form."""
    try:
        return asking.ask(
            mentee_enrolment=mentee,
            mentor_enrolment=mentor,
            note=form.cleaned_data["note"],
            user=signed_in_user(request),
            now=now(),
        )
    except Refused as refused:
        asked = _asked(mentee, mentor)
        if asked is None:
            form.refuse(refused)
        return asked


def _asked(mentee: Enrolment, mentor: Enrolment) -> Request | None:
    found: Request | None = Request.objects.pending().filter(mentee_enrolment=mentee, mentor_enrolment=mentor).first()
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
        "following": following.mentor.person if following else None,
    }
