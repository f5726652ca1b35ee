"""Whether letters flow, for a monitor: a page that fails when they do not, and numbers in Prometheus' text format.

Apart from /health/, on which the web server's own restarts hang: a silent worker is no reason to restart the web.
"""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from common.clock import now, real_now
from outbox.domain import health

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@require_safe
def flow(request: HttpRequest) -> HttpResponse:
    """200 while letters flow, 503 with the names of the problems when they do not; without a database nothing flows."""
    try:
        status = health.status(now())
    except Error:
        return JsonResponse({"flowing": False, "problems": ["database"]}, status=503)
    return JsonResponse({"flowing": status.flowing, "problems": status.problems}, status=200 if status.flowing else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus, to whoever sends METRICS_TOKEN as a bearer token; 404 to all others."""
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    return HttpResponse("\n".join(_lines(health.status(now()))) + "\n", content_type=PROMETHEUS)


def _lines(status: health.Status) -> Iterator[str]:
    yield "# TYPE outbox_letters gauge"
    for state, count in sorted(status.counts.items()):
        yield f'outbox_letters{{state="{state}"}} {count}'
    numbers = {
        "outbox_due": status.due,
        "outbox_retrying": status.retrying,
        "outbox_doubted": status.doubts,
        "outbox_oldest_due_seconds": _age(status.oldest_due_at, now()),
        "outbox_last_sent_seconds": _age(status.last_sent_at, now()),
        "outbox_beat_seconds": _age(status.beat_at, real_now()),
        "outbox_worker_seconds": _age(status.worker_at, real_now()),
        "outbox_flowing": int(status.flowing),
    }
    for name, value in numbers.items():
        if value is not None:
            yield f"# TYPE {name} gauge"
            yield f"{name} {value}"
    yield "# TYPE outbox_problem gauge"
    for problem in health.Problem:
        yield f'outbox_problem{{problem="{problem}"}} {int(problem in status.problems)}'


def _age(at: datetime | None, moment: datetime) -> int | None:
    return None if at is None else max(0, int((moment - at).total_seconds()))
