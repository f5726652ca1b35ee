"""The desk's page on which a coordinator asks a mentor for a mentee: who fits best, or anybody by name."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.admin.base import coordinator
from accounts.models import User
from cohorts.models import Enrolment
from cohorts.models.enrolments import EnrolmentQuerySet
from cohorts.states import EnrolmentState, Role
from common.clock import now
from common.errors import Refused
from common.forms import Guarded
from matching.admin.pictures import percent
from matching.domain.asking_for import ask_for
from matching.views import reasons
from matching.views.candidates import Candidates

BEST, FOUND = 8, 20


@dataclass(frozen=True, slots=True)
class Offer:
    """A mentor who may be asked: how well they fit and why, as far as the page says it."""

    mentor: Enrolment
    fit: str = ""
    why: str = ""


class ChosenForm(Guarded, forms.Form):
    """Whom."""

    mentor = forms.UUIDField()


def urls(site: AdminSite) -> list[URLPattern]:
    """The page, for whom the desk is open to."""
    return [path("ask-for/<uuid:object_id>/", site.admin_view(asking), {"site": site}, name="ask_for")]


@require_http_methods(["GET", "HEAD", "POST"])
def asking(request: HttpRequest, site: AdminSite, object_id: UUID) -> HttpResponse:
    """Who may be asked for one mentee of one's cohorts; a POST asks."""
    user = coordinator(request)
    mentees = Enrolment.objects.as_coordinator(user).filter(role=Role.MENTEE).exclude(person=user)
    mentee: Enrolment = get_object_or_404(mentees.select_related("person__profile", "cohort"), pk=object_id)
    mentors = Enrolment.objects.approved().filter(cohort=mentee.cohort_id, role=Role.MENTOR).select_related("person")
    mentors = mentors.exclude(person=user).exclude(person=mentee.person_id)
    takes_part = mentee.state == EnrolmentState.APPROVED
    if not takes_part:
        mentors = mentors.none()
    if request.method == "POST" and (answer := _ask(request, mentee, _chosen(request, mentors), user)):
        return answer
    sought = request.GET.get("q", "").strip()
    named = mentors.filter(person__name__unaccent__icontains=sought).order_by("person__name", "pk")
    shown = {
        **site.each_context(request),
        "title": _("Ask a mentor for %(name)s") % {"name": mentee.person},
        "mentee": mentee,
        "takes_part": takes_part,
        "best": _best(mentee, mentors) if takes_part else [],
        "sought": sought,
        "found": [Offer(each) for each in named[:FOUND]] if sought else [],
    }
    return TemplateResponse(request, "admin/asking/page.html", shown)


def _chosen(request: HttpRequest, mentors: EnrolmentQuerySet) -> Enrolment | None:
    form = ChosenForm(request.POST)
    return mentors.filter(pk=form.cleaned_data["mentor"]).first() if form.is_valid() else None


def _ask(request: HttpRequest, mentee: Enrolment, chosen: Enrolment | None, user: User) -> HttpResponse | None:
    """To the request that was made; None, with a sentence for the page, when nobody could be asked."""
    if chosen is None:
        messages.error(request, _("Choose a mentor of this cohort."))
        return None
    try:
        made = ask_for(mentee_enrolment=mentee, mentor_enrolment=chosen, user=user, now=now())
    except Refused as refused:
        messages.error(request, str(refused.sentence))
        return None
    said = _("%(mentor)s is asked for %(mentee)s. Both are told; until it is answered, it can be withdrawn here.")
    messages.success(request, said % {"mentor": made.mentor, "mentee": made.mentee})
    return redirect("admin:matching_request_change", made.pk)


def _best(mentee: Enrolment, mentors: EnrolmentQuerySet) -> list[Offer]:
    """The mentors who fit best, with their fit and the reasons that stand first."""
    at = now()
    explained = {each.mentor: each for each in Candidates(mentee, at).best(BEST)}
    found = {each.person_id: each for each in mentors.filter(person__in=explained)}
    topics = reasons.topic_names(explained.values())
    voice = reasons.Voice("", reasons.Reader.DESK, at.date())
    return [
        Offer(found[person], percent(each.score), reasons.why(each, voice, topics))
        for person, each in explained.items()
        if person in found
    ]
