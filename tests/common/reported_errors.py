"""Run by test_error_reports.py in a process of its own, for the reports hook into Django for good.

Fails in a view, in a task and in a log line, each with something that nobody may read, and writes what would leave.
"""

import json
import logging
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings.test")
django.setup()

from celery import Celery  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.urls import path  # noqa: E402
from sentry_sdk.transport import Transport  # noqa: E402

from common import error_reports  # noqa: E402

SECRET = "amara.diallo@bank.example"
left: list[dict[str, Any]] = []


class Kept(Transport):
    """Keeps what would leave."""

    def capture_envelope(self, envelope: Any) -> None:
        left.extend(item.payload.json for item in envelope.items)


def view(request: HttpRequest, token: str) -> HttpResponse:
    words = request.POST["words"]
    raise ValueError(f"Key (email)=({words}) already exists.", token)


def task(words: str) -> None:
    raise LookupError(words)


urlpatterns = [path("letter/<str:token>/", view)]


def main() -> None:
    error_reports.start("https://key@errors.invalid/1", Kept)
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=["common.log_paths.RequestLog"]):
        client = Client(raise_request_exception=False, headers={"X-Said": SECRET, "User-Agent": SECRET})
        client.cookies["sessionid"] = SECRET
        assert client.post(f"/letter/{SECRET}/?q={SECRET}", {"words": SECRET}).status_code == 500
    app = Celery("reported", broker="memory://")
    app.task(name="sweep")(task).apply(args=[SECRET])
    logging.getLogger("matching").error("an alert was not raised", extra={"words": SECRET})
    logging.getLogger("elsewhere").error(f"cannot find {SECRET}")  # noqa: G004 - as other packages do
    json.dump(left, sys.stdout)


if __name__ == "__main__":
    main()
