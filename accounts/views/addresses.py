"""Undoing a change of address by the link in the letter to the old one: looking shows, only a POST acts."""

from contextlib import suppress

from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.domain import addresses
from common.clock import now
from common.errors import WrongState


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """The change and a button that undoes it; no session is needed. 404 for a link that is not ours."""
    try:
        change = addresses.find(token)
    except LookupError as error:
        raise Http404 from error
    if request.method == "POST":
        with suppress(WrongState):  # the page says that it is in effect, and what to do
            undone = addresses.undo(change=change, now=now())
            if request.user == undone.person:  # whoever undoes it stays; all other sessions are over
                update_session_auth_hash(request, undone.person)
        return redirect(request.path)
    return render(request, "accounts/address/undo.html", {"change": change})
