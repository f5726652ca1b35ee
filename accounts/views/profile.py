"""The overview "You", and the steps of a profile that are one form each."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.domain import people, profiles
from accounts.forms.profile import IntakeForm, OfferForm, PositionForm, TimesForm
from accounts.models import Aim, Expertise, User
from accounts.signed_in import signed_in_user
from accounts.views import lists
from accounts.views.steps import LABELS, after, slugs_of, steps_of
from common.clock import now
from common.errors import Refused
from common.forms import Refusable

NO_CONTENT = 204


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What this person has said about themselves, and what is still missing."""
    user = signed_in_user(request)
    profile = people.profile_of(user)
    steps = steps_of(user)
    missing = [step for step in steps if step.state == "todo" and step.slug != "never"]
    context = {
        "profile": profile,
        "steps": steps,
        "missing": missing,
        "ties": user.affiliations.select_related("organisation"),
        "is_mentor": hasattr(user, "mentor_profile"),
        "is_mentee": hasattr(user, "mentee_profile"),
        "expertise": Expertise.objects.filter(mentor=user.pk).select_related("topic"),
        "aims": Aim.objects.filter(mentee=user.pk),
    }
    return render(request, "accounts/profile/overview.html", context)


@login_required
@require_POST
def take_part(request: HttpRequest, role: str) -> HttpResponse:
    """Begin to offer mentoring, or to look for a mentor: opens that step of the profile."""
    user = signed_in_user(request)
    if role == "mentor":
        people.become_mentor(user)
        return redirect("accounts:profile_step", "offer")
    people.become_mentee(user)
    return redirect("accounts:profile_step", "intake")


@login_required
def step(request: HttpRequest, slug: str) -> HttpResponse:
    """One step: shows it, saves it, goes on to the next. 404 for a step that does not concern this person."""
    user = signed_in_user(request)
    if slug not in slugs_of(user):
        raise Http404
    if slug in lists.PAGES:
        return lists.PAGES[slug](request)
    make, save = FORMS[slug]
    form = make(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            save(user, form)
        except Refused as refused:
            form.refuse(refused)
        else:
            return _go_on(request, user, slug)
    if _by_itself(request):
        return HttpResponse(status=NO_CONTENT)
    return render(
        request,
        [f"accounts/profile/{slug}.html", "accounts/profile/step.html"],
        {"form": form, "slug": slug, "title": LABELS[slug], "steps": steps_of(user, current=slug)},
        status=422 if form.errors else 200,
    )


def _by_itself(request: HttpRequest) -> bool:
    """Whether the page saves itself while one is still at it: then nothing is said of what is still wrong."""
    return request.method == "POST" and bool(request.htmx)  # type: ignore[attr-defined]  # set by django-htmx


def _go_on(request: HttpRequest, user: User, slug: str) -> HttpResponse:
    if _by_itself(request):
        return render(request, "accounts/profile/_saved.html", {"saved": True})
    messages.success(request, _("Saved."))
    return redirect("accounts:profile" if "close" in request.POST else after(User.objects.get(pk=user.pk), slug))


def _position(user: User, data: Any) -> Refusable:
    return PositionForm(data, instance=people.profile_of(user))


def _times(user: User, data: Any) -> Refusable:
    return TimesForm(data, instance=people.profile_of(user))


def _offer(user: User, data: Any) -> Refusable:
    return OfferForm(data, offer=user.mentor_profile)


def _intake(user: User, data: Any) -> Refusable:
    return IntakeForm(data, intake=user.mentee_profile)


def _save_position(user: User, form: Refusable) -> None:
    values = dict(form.cleaned_data)
    profiles.save_profile(person=user, name=values.pop("name"), values=values, now=now())


def _save_times(user: User, form: Refusable) -> None:
    profiles.save_profile(person=user, values=form.cleaned_data, now=now())


def _save_offer(user: User, form: Refusable) -> None:
    said = form.cleaned_data
    profiles.save_offer(
        person=user,
        about=said["about"],
        capacity=said["capacity"],
        nobody_new=said["nobody_new"],
        expertise=cast(OfferForm, form).expertise(),
        now=now(),
    )


def _save_intake(user: User, form: Refusable) -> None:
    intake = cast(IntakeForm, form)
    profiles.save_intake(
        person=user,
        about=intake.cleaned_data["about"],
        aims=intake.aims(),
        challenges=intake.chosen_challenges(),
        industry_preference=intake.cleaned_data["industry_preference"],
        now=now(),
    )


FORMS: dict[str, tuple[Callable[[User, Any], Refusable], Callable[[User, Refusable], None]]] = {
    "position": (_position, _save_position),
    "times": (_times, _save_times),
    "offer": (_offer, _save_offer),
    "intake": (_intake, _save_intake),
}
