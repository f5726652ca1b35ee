"""Errors reported to a server that speaks Sentry's protocol: which of our lines failed, and never on whose words.

A report is written anew from what is about code. Values of variables, messages of exceptions (a database's quotes the
row), addresses, bodies, cookies, headers, people and their sessions never leave; the request's id leads to the log.
"""

import logging
from collections.abc import Mapping
from typing import Any

import sentry_sdk
import structlog
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration
from sentry_sdk.transport import Transport

KEPT = ("event_id", "timestamp", "platform", "level", "logger", "environment", "release", "server_name", "sdk")
OF_A_FRAME = (
    *("filename", "module", "function", "lineno", "in_app"),
    *("pre_context", "context_line", "post_context"),  # lines of source
)
# Where a transaction's name is that of a route or of a task; any other may be the address as it was asked for.
NAMED_BY_CODE = ("route", "task")
# Whose log lines are written by hand, with what varies apart from the words.
OURS = ("common", "outbox", "accounts", "cohorts", "matching", "engagements", "mentorship", "django")


def start(dsn: str, transport: type[Transport] | None = None) -> None:
    """Report errors of this process from now on to the server that `dsn` names."""
    sentry_sdk.init(
        dsn,
        transport=transport,
        before_send=about_code,  # type: ignore[arg-type]  # it knows an event's parts by name
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            AtexitIntegration(callback=lambda _pending, _timeout: None),  # which would write to the terminal
            CeleryIntegration(),
            DedupeIntegration(),
            DjangoIntegration(middleware_spans=False, signals_spans=False),
            ExcepthookIntegration(),
            LoggingIntegration(level=None, event_level=logging.ERROR),
            ThreadingIntegration(propagate_hub=False),
        ],
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        send_default_pii=False,
        send_client_reports=False,
        auto_session_tracking=False,
    )


def about_code(event: Mapping[str, Any], _hint: Mapping[str, Any]) -> dict[str, Any]:
    """The report that leaves in an event's place."""
    report = {name: event[name] for name in KEPT if name in event}
    found = event.get("exception", {}).get("values", [])
    if found:
        report["exception"] = {"values": [_exception(each) for each in found]}
    if event.get("transaction_info", {}).get("source") in NAMED_BY_CODE:
        report["transaction"] = event["transaction"]
    message = event.get("logentry", {}).get("message")
    if message and str(event.get("logger", "")).partition(".")[0] in OURS:
        report["logentry"] = {"message": message}
    request = structlog.contextvars.get_contextvars().get("request_id")
    if request:
        report["tags"] = {"request_id": str(request)}
    return report


def _exception(raised: Mapping[str, Any]) -> dict[str, Any]:
    """Its class and where it was raised, without what it said."""
    frames = (raised.get("stacktrace") or {}).get("frames", [])
    return {
        "type": raised.get("type"),
        "module": raised.get("module"),
        "stacktrace": {"frames": [{name: frame[name] for name in OF_A_FRAME if name in frame} for frame in frames]},
    }
