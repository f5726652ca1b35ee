"""Keeping an account that is about to be erased, by the link in the e-mail: looking shows, only a POST acts."""

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.domain import erasing
from common.clock import now
from common.errors import WrongState


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Where the erasing stands, and a button that undoes it; no session is needed. 404 for a link that is not ours."""
    try:
        erasure = erasing.find(token)
    except LookupError as error:
        raise Http404 from error
    if request.method == "POST":
        with suppress(WrongState):  # the page says that it is done
            erasing.undo(erasure=erasure, user=None, now=now())
        return redirect(request.path)
    return render(request, "accounts/erasure.html", {"erasure": erasure})
