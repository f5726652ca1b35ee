"""Taking one's own data along, and having it erased. The addresses ask once more who one is."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.domain.erasing import DELAY, begin, foreseen
from accounts.signed_in import signed_in_user
from common.clock import now
from common.errors import Refused
from mentorship.own_data import taking
from mentorship.own_data.erasing import touched


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is taken along and what is not, and the two files."""
    return render(request, "own_data/page.html")


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """Everything, for machines."""
    everything = taking.as_json(signed_in_user(request), now=now())
    answer = JsonResponse(everything, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


@require_safe
def as_html(request: HttpRequest) -> HttpResponse:
    """Everything, for people: a page that needs nothing else."""
    user = signed_in_user(request)
    parts = taking.everything(user, spoken=True)
    answer = render(request, "own_data/everything.html", {"person": user, "parts": parts, "at": now()})
    answer["Content-Disposition"] = 'attachment; filename="my-data.html"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Whom and what it touches to erase one's account; then it is closed, and the way back is the page one comes to."""
    user, at = signed_in_user(request), now()
    told, refused = foreseen(user, at), ""
    if request.method == "POST" and set(told) <= set(request.POST.getlist("told")):
        try:
            erasure = begin(person=user, user=user, now=at)
        except Refused as error:
            refused = str(error.sentence)
        else:
            logout(request)
            return redirect(erasure.undo_url)
    context = {"foreseen": told, "refused": refused, "due_at": at + DELAY, "touched": touched(user)}
    return render(request, "own_data/erase.html", context, status=422 if request.method == "POST" else 200)
