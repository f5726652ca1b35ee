"""What holds for every request and every answer: nothing unreadable comes in, nothing is kept."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

OWN_SITE = frozenset({"same-origin", "none"})  # asked by a page of this very site; typed, or opened from a bookmark
# What lets a browser or a proxy take an answer out of its store again.
VALIDATORS = ("Expires", "Last-Modified", "ETag", "Pragma")


class AnyHostForHealth:
    """Lets monitors ask how things stand by whatever name or address they reach us: nothing there depends on it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in settings.HEALTH_PATHS:
            request.META["HTTP_HOST"] = urlsplit(settings.SITE_URL).netloc
        return self.get_response(request)


V = TypeVar("V", bound=HttpResponseBase)


def asked_again(response: V) -> V:
    """An answer to a program that comes again and again and shows nothing to whoever sits there: it may keep the last
    one, and asks each time, by the ETag, whether that still holds.
    """
    response.is_asked_again = True  # type: ignore[attr-defined]
    return response


class Compressed(GZipMiddleware):
    """Compresses what the person's own hand or a page of ours has asked for, and only that.

    How long a compressed page is tells about its secrets to somebody who can have it sent again and again with words of
    their own in its address (BREACH). Another site can only do so across sites, which the browser says and no page can
    forge. Django adds a name of random length to what is compressed, so that even the length of one answer says little.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compressed if it may be; a browser that does not say who asks gets it as it is."""
        patch_vary_headers(response, ("Sec-Fetch-Site",))
        if request.headers.get("Sec-Fetch-Site") not in OWN_SITE:
            return response
        return super().process_response(request, response)


class NeverStored:
    """Forbids browsers and proxies to keep any answer that is made for a reader, but for those `asked_again`.

    Otherwise "Back" shows the pages of somebody who has signed out to whoever sits at the machine next, and links that
    carry a token stay behind. Files are served further out (WhiteNoise) and may be kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, "is_asked_again", False):
            response["Cache-Control"] = "private, no-cache"
            return response
        for header in VALIDATORS:
            if header in response:
                del response[header]
        response["Cache-Control"] = "no-store, private"
        return response


def is_by_script(request: HttpRequest) -> bool:
    """Whether `static/js/forms.js` sent this, and so keeps the page with what was typed on it."""
    return request.headers.get("X-Sent-By") == "script"


class RedirectsTold:
    """Tells the script that sends forms where to go, where a browser would be redirected.

    A script cannot see a redirect: it would open the page behind it once itself, and the messages on it with that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not is_by_script(request) or not isinstance(response, HttpResponseRedirectBase):
            return response
        told = HttpResponse(status=204, headers={"X-Go-To": response["Location"]})
        told.cookies = response.cookies
        return told


class Readable:
    """Answers 400 with a sentence when a request cannot be read, before anything else looks at it.

    So no view, and nothing of Django's own, meets a body in another encoding, one that is no form at all, or the NUL
    that PostgreSQL has no room for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_readable(request):
            return self.get_response(request)
        return HttpResponse(render_to_string("400.html"), status=400)


def _is_readable(request: HttpRequest) -> bool:
    if request.encoding is not None and request.encoding.lower() != "utf-8":
        return False
    try:
        request.get_host()
        sent = (request.GET, request.POST)
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError, UnicodeError):
        return False
    single = (request.path_info, *request.COOKIES.values())
    return not any("\0" in text for text in single) and not any(_holds_nul(each) for each in sent)


def _holds_nul(sent: QueryDict) -> bool:
    return any("\0" in name or any("\0" in value for value in values) for name, values in sent.lists())
