"""The site, and addresses that go wrong, to look at the pages that say so."""

from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from mentorship.urls import urlpatterns as site


def _forbidden(_request: HttpRequest) -> NoReturn:
    raise PermissionDenied


def _broken(_request: HttpRequest) -> NoReturn:
    raise RuntimeError("meant to break")


def _too_fast(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)


def _stale_form(request: HttpRequest) -> HttpResponse:
    from mentorship.views import csrf_failure

    return csrf_failure(request)


urlpatterns = [
    *site,
    path("wrong/forbidden/", _forbidden),
    path("wrong/broken/", _broken),
    path("wrong/too-fast/", _too_fast),
    path("wrong/stale-form/", _stale_form),
]
