"""What a person keeps as a list: days away, ties to organisations, and whom never to meet here."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.calendars import today_of
from accounts.domain import affiliations, never_with, organisations, profiles
from accounts.domain.consequences import consequences
from accounts.domain.near_names import NearDuplicates
from accounts.forms.affiliations import (
    AffiliationForm,
    EndForm,
    LeaveForm,
    NeverWithForm,
    NewAffiliationForm,
    ProlongForm,
    TitleForm,
)
from accounts.forms.organisations import SEARCH, choices
from accounts.models import Affiliation, Leave, NeverWith, Organisation
from accounts.signed_in import signed_in_user
from accounts.views.steps import LABELS, after, steps_of
from common.clock import now
from common.errors import Refused


def _page(request: HttpRequest, slug: str, form: Any, **context: Any) -> HttpResponse:
    user = signed_in_user(request)
    shared = {
        "form": form,
        "title": LABELS[slug],
        "steps": steps_of(user, current=slug),
        "onward": after(user, slug),
    }
    status = 422 if form.errors or context.get("consequences") else 200
    return render(request, f"accounts/profile/{slug}.html", {**shared, **context}, status=status)


def _carry_out(request: HttpRequest, change: Callable[[datetime], object]) -> list[str]:
    """Make a change about oneself, once the page has said what it does to others; else gives what it is to say first.

    Raises `Refused`.
    """
    at = now()
    foreseen = consequences(person=signed_in_user(request), change=partial(change, at), now=at)
    if not set(foreseen) <= set(request.POST.getlist("told")):
        return foreseen
    change(at)
    return []


def affiliations_page(request: HttpRequest) -> HttpResponse:
    """Affiliations with organisations, and a form to add one."""
    user = signed_in_user(request)
    form = AffiliationForm(request.POST or None, person=user)
    untold: list[str] = []
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        del said["independent"]
        try:
            untold = _carry_out(request, lambda at: affiliations.save_affiliation(person=user, now=at, **said))
        except Refused as refused:
            form.refuse(refused)
        else:
            if not untold:
                messages.success(request, _("Added to your ties."))
                return redirect("accounts:profile_step", "ties")
    held = user.affiliations.select_related("organisation").prefetch_related("organisation__other_names")
    mistakable = {tie.pk for tie in held if affiliations.may_take_back(tie, now())}
    return _page(request, "ties", form, ties=held, consequences=untold, mistakable=mistakable)


@login_required
@require_http_methods(["GET", "POST"])
def new_affiliation(request: HttpRequest) -> HttpResponse:
    """A tie to an organisation that is not listed: near names are shown before it is added."""
    user = signed_in_user(request)
    form = NewAffiliationForm(request.POST or None)
    near: list[Organisation] = []
    untold: list[str] = []
    if request.method == "POST" and form.is_valid():
        said, seen = form.cleaned_data, _seen(request)
        try:
            untold = _carry_out(
                request, lambda at: organisations.propose_with_tie(person=user, seen=seen, now=at, **said)
            )
        except NearDuplicates as refused:
            near = refused.candidates
        except Refused as refused:
            form.refuse(refused)
        else:
            if not untold:
                messages.success(
                    request, _("Added. A coordinator confirms the organisation before you can be matched.")
                )
                return redirect("accounts:profile_step", "ties")
    context = {
        "form": form,
        "near": near,
        "seen": request.POST.getlist("seen"),
        "consequences": untold,
        "steps": steps_of(user, current="ties"),
    }
    status = 422 if form.errors or near or untold else 200
    return render(request, "accounts/profile/new_affiliation.html", context, status=status)


def _seen(request: HttpRequest) -> set[UUID]:
    """The near names that were shown; what is no id is nobody's."""
    seen = set()
    for text in request.POST.getlist("seen"):
        try:
            seen.add(UUID(text))
        except ValueError:
            continue
    return seen


@login_required
@require_http_methods(["GET", "POST"])
def end_affiliation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say when one of one's own ties ended."""
    tie = get_object_or_404(_own_ties(request), pk=pk)
    done = _("Noted. It is a former tie from the day after on.")
    form = EndForm(request.POST or None)
    return _change_tie(request, "end_affiliation", tie, form, affiliations.end_affiliation, done)


@login_required
@require_http_methods(["GET", "POST"])
def prolong_affiliation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A term is renewed, or an end was noted by mistake: the tie goes on."""
    tie = get_object_or_404(_own_ties(request).filter(ends_on__isnull=False), pk=pk)
    form = ProlongForm(request.POST or None, initial={"ends_on": tie.last_day})
    done = _("Noted. The tie goes on.")
    return _change_tie(request, "prolong_affiliation", tie, form, affiliations.prolong_affiliation, done)


@login_required
@require_http_methods(["GET", "POST"])
def change_title(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another title in the same place, as after a promotion: nothing ends, and nothing begins."""
    tie = get_object_or_404(_own_ties(request), pk=pk)
    form = TitleForm(request.POST or None, initial={"title": tie.title})
    done = _("Your title is changed.")
    return _change_tie(request, "change_title", tie, form, affiliations.change_title, done)


def _own_ties(request: HttpRequest) -> QuerySet[Affiliation]:
    return Affiliation.objects.filter(person=signed_in_user(request)).select_related("organisation")


def _change_tie(
    request: HttpRequest, page: str, tie: Affiliation, form: Any, change: Callable[..., object], done: str
) -> HttpResponse:
    """The page of a verb of ties. `form` can show refusals, `change` takes what it has; `done` is said afterwards."""
    untold: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            untold = _carry_out(request, lambda at: change(affiliation=tie, now=at, **form.cleaned_data))
        except Refused as refused:
            form.refuse(refused)
        else:
            if not untold:
                messages.success(request, done)
                return redirect("accounts:profile_step", "ties")
    context = {"form": form, "tie": tie, "consequences": untold}
    status = 422 if form.errors or untold else 200
    return render(request, f"accounts/profile/{page}.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def take_back_affiliation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back a tie that was entered by mistake, or to an organisation whose name a coordinator has refused."""
    tie = get_object_or_404(_own_ties(request), pk=pk)
    possible = affiliations.may_take_back(tie, now())
    untold: list[str] = []
    if request.method == "POST" and possible:
        untold = _carry_out(request, lambda at: affiliations.take_back(affiliation=tie, now=at))
        if not untold:
            messages.success(request, _("Taken back."))
            return redirect("accounts:profile_step", "ties")
    context = {"tie": tie, "consequences": untold, "possible": possible}
    return render(request, "accounts/profile/take_back_affiliation.html", context, status=422 if untold else 200)


def never_page(request: HttpRequest) -> HttpResponse:
    """The private list. The answer to an address is the same whether or not anybody here has it."""
    user = signed_in_user(request)
    form = NeverWithForm(request.POST or None, person=user)
    if request.method == "POST" and form.is_valid():
        try:
            never_with.add(owner=user, now=now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Kept on your list. Only you can see it."))
            return redirect("accounts:profile_step", "never")
    return _page(request, "never", form, entries=never_with.list_of(user))


@login_required
@require_safe
def find_organisations(request: HttpRequest) -> HttpResponse:
    """The organisations one may choose that have this in their name, for the field that searches while one types."""
    text = request.GET.get(SEARCH, "")[:160]
    shown = choices(text, among=organisations.choosable_by(signed_in_user(request)))
    return render(request, "accounts/profile/_organisations_found.html", shown)


@login_required
@require_POST
def remove_never(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an entry off one's own list."""
    entry = get_object_or_404(NeverWith.objects.filter(owner=signed_in_user(request)), pk=pk)
    never_with.remove(entry=entry, now=now())
    messages.success(request, _("Taken off your list."))
    return redirect("accounts:profile_step", "never")


@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Days away: nobody asks or reminds this person then."""
    user = signed_in_user(request)
    form = LeaveForm(request.POST or None)
    untold: list[str] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            untold = _carry_out(request, lambda at: profiles.add_leave(person=user, now=at, **said))
        except Refused as refused:
            form.refuse(refused)
        else:
            if not untold:
                messages.success(request, _("Noted. Nobody asks or reminds you on these days."))
                return redirect("accounts:leave")
    leaves = user.leaves.filter(ends_on__gte=today_of(user, now()))
    context = {"form": form, "leaves": leaves, "consequences": untold}
    return render(request, "accounts/profile/leave.html", context, status=422 if form.errors or untold else 200)


@login_required
@require_POST
def remove_leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One is there after all."""
    leave = get_object_or_404(Leave.objects.filter(person=signed_in_user(request)), pk=pk)
    profiles.remove_leave(leave=leave, now=now())
    messages.success(request, _("Taken off."))
    return redirect("accounts:leave")


PAGES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"ties": affiliations_page, "never": never_page}
