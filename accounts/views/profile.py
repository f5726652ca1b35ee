"""The overview "You", and the steps of a profile that are one form each."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.domain import parts, people, profiles
from accounts.forms.profile import IntakeForm, OfferForm, PositionForm, StepForm, TimesForm
from accounts.models import Aim, Expertise, User
from accounts.signed_in import signed_in_user
from accounts.views import lists
from accounts.views.steps import LABELS, after, assists_only, slugs_of, steps_of
from common.clock import now
from common.errors import Refused
from common.versioned import VERSION

PART_STEPS = {"mentor": "offer", "mentee": "intake"}  # the step of the profile that a part needs


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What this person has said about themselves, and what is still missing."""
    user = signed_in_user(request)
    profile = people.profile_of(user)
    steps = steps_of(user)
    wanted = [] if assists_only(user) else steps
    missing = [step for step in wanted if step.state == "todo" and step.slug != "never"]
    context = {
        "profile": profile,
        "steps": steps,
        "missing": missing,
        "ties": user.affiliations.select_related("organisation"),
        "assists_only": assists_only(user),
        "may_undo_mentor": parts.may_give_up(person=user, role="mentor"),
        "may_undo_mentee": parts.may_give_up(person=user, role="mentee"),
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
    if parts.want(person=signed_in_user(request), role=role, now=now()):
        messages.success(
            request,
            _("Your coordinators see this and answer you. Until they have, you can take it back on your page “You”."),
        )
    return redirect("accounts:profile_step", PART_STEPS[role])


@login_required
@require_POST
def give_up_part(request: HttpRequest, role: str) -> HttpResponse:
    """It was a mistake, or one has thought better of it."""
    try:
        parts.give_up(person=signed_in_user(request), role=role, now=now())
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    else:
        messages.success(request, _("Taken back. Nobody is asked about it any more."))
    return redirect("accounts:profile")


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
        return _not_saved_yet(form)
    return render(
        request,
        [f"accounts/profile/{slug}.html", "accounts/profile/step.html"],
        {"form": form, "slug": slug, "title": LABELS[slug], "steps": steps_of(user, current=slug)},
        status=422 if form.errors else 200,
    )


@login_required
@require_safe
def regions(request: HttpRequest) -> HttpResponse:
    """A part of a page: the field for the region, with those of `country`."""
    form = PositionForm(instance=people.profile_of(signed_in_user(request)))
    form.offer_regions(request.GET.get("country", ""))
    return render(request, "accounts/profile/_region.html", {"form": form})


def _by_itself(request: HttpRequest) -> bool:
    """Whether the page saves itself while one is still at it (`static/js/forms.js`)."""
    return request.method == "POST" and request.headers.get("X-Saves") == "itself"


def _go_on(request: HttpRequest, user: User, slug: str) -> HttpResponse:
    user = User.objects.get(pk=user.pk)
    if _by_itself(request):
        stored = FORMS[slug][0](user, None)
        return JsonResponse({"saved": True, "said": _("Saved."), "errors": {}, VERSION: stored.version})
    messages.success(request, _("Saved."))
    return redirect("accounts:profile" if "close" in request.POST else after(user, slug))


def _not_saved_yet(form: StepForm) -> HttpResponse:
    """What is wrong, for the line that else says "Saved." and beside each field."""
    errors = {name: " ".join(map(str, each)) for name, each in form.errors.items()}
    name, sentence = next(iter(errors.items()))
    label = form.fields[name].label if name in form.fields else None
    what = f"{label}. {sentence}" if label else sentence
    said = _("Not saved yet: %(what)s") % {"what": what}
    return JsonResponse({"saved": False, "said": said, "errors": errors})


def _position(user: User, data: Any) -> StepForm:
    return PositionForm(data, instance=people.profile_of(user))


def _times(user: User, data: Any) -> StepForm:
    return TimesForm(data, instance=people.profile_of(user))


def _offer(user: User, data: Any) -> StepForm:
    return OfferForm(data, offer=user.mentor_profile)


def _intake(user: User, data: Any) -> StepForm:
    return IntakeForm(data, intake=user.mentee_profile)


def _save_position(user: User, form: StepForm) -> None:
    values = form.to_save()
    profiles.save_profile(person=user, name=values.pop("name", None), values=values, now=now())


def _save_times(user: User, form: StepForm) -> None:
    profiles.save_profile(person=user, values=form.to_save(), now=now())


def _save_offer(user: User, form: StepForm) -> None:
    profiles.save_offer(person=user, now=now(), **form.to_save())


def _save_intake(user: User, form: StepForm) -> None:
    profiles.save_intake(person=user, now=now(), **form.to_save())


FORMS: dict[str, tuple[Callable[[User, Any], StepForm], Callable[[User, StepForm], None]]] = {
    "position": (_position, _save_position),
    "times": (_times, _save_times),
    "offer": (_offer, _save_offer),
    "intake": (_intake, _save_intake),
}
