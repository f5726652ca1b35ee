"""Pages are in the reader's language and zone; who must sign in again comes back to where they were."""

import logging
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from common.content.keys import ContentTampered
from common.given_back import give_back, typed_words
from common.middleware import is_by_script
from common.reading import read_in

logger = logging.getLogger(__name__)


class PersonalLocale:
    """Activates the signed-in person's language and time zone for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        profile = getattr(request.user, "profile", None) if request.user.is_authenticated else None
        if profile is None:
            return self.get_response(request)
        with read_in(language=profile.language, zone=profile.known_zone):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", get_language())
        return response


class SecondFactorUnreadable:
    """Says so when a second factor cannot be checked, because its secret or the key of that cannot be read.

    Nobody gets in by it; a passkey, whose secret is not ours, still opens the account.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page with status 503 instead of an error of ours; the log says which key is missing."""
        if not isinstance(error, ContentTampered):
            return None
        logger.error("a secret cannot be read", extra={"path": request.path, "why": str(error)})
        return render(request, "accounts/secret_unreadable.html", status=503)


class SignInAgain:
    """Leads somebody whose session has ended from a form back to its page, not to the address it was sent to.

    What was typed without our script is given back first: nothing else keeps it.

    A part of a page that htmx asked for cannot hold the sign-in page: the browser is sent there as a whole.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        at_desk = _leads_to(response, reverse("admin:login")) and request.user.is_anonymous
        if at_desk and not is_by_script(request) and typed_words(request):
            return _signed_out(request, response["Location"])
        in_part = bool(request.htmx)  # type: ignore[attr-defined]  # set by django-htmx
        if not _leads_to(response, resolve_url(settings.LOGIN_URL)) or (request.method != "POST" and not in_part):
            return response
        address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': _came_from(request)})}"
        if not in_part and not is_by_script(request) and typed_words(request):
            return _signed_out(request, address)
        return HttpResponseClientRedirect(address) if in_part else HttpResponseRedirect(address)


def _signed_out(request: HttpRequest, address: str) -> HttpResponse:
    """What was typed, at the desk or in a browser without our script, which would have kept it."""
    return give_back(
        request,
        status=403,
        title=_("You have been signed out"),
        text=_("This was not sent. Copy what you wrote, sign in, and send it from the page you come back to."),
        onward=address,
        onward_label=_("Sign in"),
    )


def _leads_to(response: HttpResponse, address: str) -> bool:
    leads_away = isinstance(response, HttpResponseRedirect)
    return leads_away and urlsplit(response["Location"]).path == address


def _came_from(request: HttpRequest) -> str:
    """The page the reader was on, if it is one of ours; else home."""
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return resolve_url("home")
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
