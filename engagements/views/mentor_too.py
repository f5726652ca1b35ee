"""The last step of the learning interview: "I need a mentor, too"."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohorts.models import Cohort
from common.clock import now as programme_now
from common.dates import day_with_year
from common.errors import Refused
from engagements.domain import mentor_too
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.reviews import MentorTooForm
from engagements.views.fetch import pairing_status_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for a mentor, or take it back; away for who is not the mentor of a pairing that comes to its end."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    if not mentor_too.may_ask(status.pairing, status.me):
        return redirect("engagements:pairing", pk=pk)
    cohorts = mentor_too.open_cohorts(person=status.me, now=now)
    data = request.POST if request.method == "POST" else None
    form = MentorTooForm(data, choices=[(str(each.pk), _named(each)) for each in cohorts])
    if request.method == "POST" and "back" in request.POST:
        mentor_too.take_back(person=status.me, now=now)
        messages.success(request, _("Taken back. Nobody is asked about it any more."))
        return redirect("engagements:mentor_too", pk=pk)
    if request.method == "POST" and form.is_valid():
        return _receive(request, status, form, now)
    return _page(request, status, form, now)


def _receive(request: HttpRequest, status: PairingStatus, form: MentorTooForm, now: datetime) -> HttpResponse:
    chosen = form.cleaned_data.get("cohort")
    try:
        made = mentor_too.ask(
            pairing=status.pairing, user=status.me, cohort_id=UUID(chosen) if chosen else None, now=now
        )
    except Refused as error:
        form.refuse(error)
        return _page(request, status, form, now)
    if made is None:
        messages.success(request, _("Your coordinators are told, and enrol you once a cohort is open."))
        return redirect("engagements:mentor_too", pk=status.pairing.pk)
    messages.success(
        request,
        _("The coordinators of %(cohort)s see that you ask. Say here what you would like to work on.")
        % {"cohort": made.cohort.name},
    )
    return redirect("accounts:profile_step", "intake")


def _page(request: HttpRequest, status: PairingStatus, form: MentorTooForm, now: datetime) -> HttpResponse:
    context = {
        "status": status,
        "form": form,
        "cohort_open": "cohort" in form.fields,
        "place": mentor_too.as_mentee(person=status.me, now=now),
        "waits": mentor_too.waits(status.me),
    }
    return render(request, "engagements/reviews/mentor_too.html", context)


def _named(cohort: Cohort) -> str:
    days = {"start": day_with_year(cohort.starts_on), "end": day_with_year(cohort.ends_on)}
    return _("%(cohort)s, from %(start)s to %(end)s") % {"cohort": cohort.name, **days}
