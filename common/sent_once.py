"""A form that is sent twice is carried out once: a double click, or a try after an answer that was lost on its way.

Each page has a token of its own in its forms, so the same bytes from the same browser are the same page sent again. The
first answer, where it leads on, is given to the second as well; whoever comes while the first is at work waits for it.
A cache that is away stops nobody: what may happen only once is held by the domain and the database.
"""

import logging
from collections.abc import Callable
from hashlib import sha256
from time import monotonic, sleep
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseRedirectBase
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from common.given_back import give_back

logger = logging.getLogger(__name__)

AT_WORK = ""  # kept in place of an address until there is one
WORK_SECONDS = 120  # after which a first try that was lost with its process is forgotten
REMEMBERED_SECONDS = 600
WAIT_SECONDS = 25.0
LOOK_SECONDS = 0.1

V = TypeVar("V", bound=Callable[..., HttpResponse])


def answers_repeats(view: V) -> V:
    """The view is called for a repeat as well, and asks `was_sent_before`."""
    view.answers_repeats = True  # type: ignore[attr-defined]
    return view


def was_sent_before(request: HttpRequest) -> bool:
    """Whether this very page was sent before by this browser, and led on."""
    return bool(getattr(request, "was_sent_before", False))


class SentOnce:
    """Gives the first answer to whatever sends the same page again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key: str | None = getattr(request, "sent_key", None)
        if key is not None:
            _remember(key, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """None for the first to come; the first's answer for the others."""
        key = _key(request, view)
        if key is None:
            return None
        try:
            led_to = _first_answer(key)
        except RedisError:
            logger.warning("the cache is away: forms that are sent twice are not recognised")
            return None
        if led_to is None:
            request.sent_key = key  # type: ignore[attr-defined]
            return None
        if led_to == AT_WORK:
            return _still_at_work(request)
        if getattr(view, "answers_repeats", False):
            request.was_sent_before = True  # type: ignore[attr-defined]
            return None
        return HttpResponseRedirect(led_to)


def _key(request: HttpRequest, view: Callable[..., HttpResponse]) -> str | None:
    """Names this page in this browser; None for what is no form of ours. Signing in counts its tries by itself."""
    if request.method != "POST" or not request.POST.get("csrfmiddlewaretoken") or view.__module__.startswith("allauth"):
        return None
    browser = request.session.session_key or request.COOKIES.get("csrftoken", "")
    sent = urlencode([(name, value) for name, values in sorted(request.POST.lists()) for value in values])
    sent += _files(request)
    digest = salted_hmac("common.sent_once", f"{browser}\n{request.get_full_path()}\n{sent}", algorithm="sha256")
    return f"sent:{digest.hexdigest()}"


def _files(request: HttpRequest) -> str:
    """The files that came with it, as a digest: the same page may be sent with another file."""
    digest = sha256()
    for name, files in sorted(request.FILES.lists()):
        for each in files:
            digest.update(f"{name}\n{each.name}\n".encode())
            for part in each.chunks():
                digest.update(part)
            each.seek(0)
    return digest.hexdigest() if request.FILES else ""


def _first_answer(key: str) -> str | None:
    """Where the first try led; None when there was none that led on; `AT_WORK` when it takes too long to wait for."""
    until = monotonic() + WAIT_SECONDS
    while not cache.add(key, AT_WORK, WORK_SECONDS):
        led_to: str | None = cache.get(key)
        if led_to or monotonic() > until:
            return led_to
        sleep(LOOK_SECONDS)
    return None


def _remember(key: str, response: HttpResponse) -> None:
    try:
        if isinstance(response, HttpResponseRedirectBase):
            cache.set(key, response["Location"], REMEMBERED_SECONDS)
        else:
            cache.delete(key)
    except RedisError:
        logger.warning("the cache is away: forms that are sent twice are not recognised")


def _still_at_work(request: HttpRequest) -> HttpResponse:
    return give_back(
        request,
        status=409,
        title=_("This is being done already"),
        text=_("You sent this a moment ago, and it is still at work. There is no need to repeat it: look in a minute."),
        onward=request.path,
        onward_label=_("Look again"),
    )
