"""What logs say of an address: enough to find the page, never the token that opens it, never what was asked of it."""

import logging

import structlog
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django_structlog.middlewares import RequestMiddleware

# Words of our routes that hold what opens a page by itself.
SECRET_WORDS = frozenset({"token", "signed", "key", "uidb36"})


def shown_path(path: str) -> str:
    """The path as logs may have it: its route where that carries a token, its first part where there is no page."""
    try:
        match = resolve(path)
    except Resolver404:
        first = path.strip("/").split("/")[0]
        return f"/{first}/…" if path.count("/") > 1 else path
    return f"/{match.route}" if SECRET_WORDS & match.kwargs.keys() else path


class RequestLog(RequestMiddleware):
    """One line when a request begins and one when it ends, with the client as our limits count it."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and path, without the query."""
        return f"{request.method} {shown_path(request.path_info)}"

    @staticmethod
    def bind_ip(request: HttpRequest) -> None:
        """The client before our own proxies, not what a header claims."""
        from allauth.account.adapter import get_adapter  # logging is set up before there are models

        structlog.contextvars.bind_contextvars(ip=get_adapter().get_client_ip(request))


class WithoutTokens(logging.Filter):
    """Django writes the path of what it refuses or cannot answer: as logs may have it, and without the request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Changes the record; always True."""
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            shown = shown_path(request.path_info)
            if isinstance(record.args, tuple):
                record.args = tuple(shown if each == request.path else each for each in record.args)
            record.request = f"{request.method} {shown}"
        return True
