"""What was typed into a form that could not be taken is given back on the page that says so: nobody types it twice."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

SECRET = ("password", "code", "credential", "token")  # what a field is named that is never shown


def typed_words(request: HttpRequest) -> list[str]:
    """What somebody wrote: all that was sent and has several words. Nothing that another site sent, and no secrets."""
    if request.method != "POST" or not _is_from_here(request):
        return []
    said = (
        value.strip()
        for name, values in request.POST.lists()
        for value in values
        if not any(secret in name for secret in SECRET) and name not in {"told", "seen", "next"}
    )
    return [value for value in said if len(value.split()) > 1]


def give_back(request: HttpRequest, *, status: int, **words: Any) -> HttpResponse:
    """A page with `title`, `text` and what was typed, or `words`; `onward` is where to go, `onward_label` says so."""
    context = {"words": typed_words(request), "onward_label": _("Go to the start"), **words}
    return render(request, "given_back.html", context, status=status)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a page of ours sent this: another one must not put its words under our name."""
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    whole = "//" in origin  # else it is "null", or nothing
    return whole and url_has_allowed_host_and_scheme(origin, {request.get_host()}, require_https=request.is_secure())
