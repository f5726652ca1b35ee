"""Taking one's own data along. The addresses ask once more who one is."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.signed_in import signed_in_user
from common.clock import now
from mentorship.own_data import taking


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
