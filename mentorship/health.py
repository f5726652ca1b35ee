"""How the web stands, for monitors: whether it answers at all, and whether it can do its work."""

from collections.abc import Callable

import structlog
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

log = structlog.get_logger(__name__)
UNAVAILABLE = 503
KEY = "health"


@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """200 while this process answers, whatever else is gone."""
    return JsonResponse({"live": True})


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """200 while database and cache answer, 503 with the names of those that do not."""
    problems = [name for name, ask in (("database", _database), ("cache", _cache)) if not _answers(name, ask)]
    return JsonResponse({"ready": not problems, "problems": problems}, status=UNAVAILABLE if problems else 200)


def _answers(name: str, ask: Callable[[], None]) -> bool:
    try:
        ask()
    except Exception as error:  # noqa: BLE001 - whatever keeps it from answering, that is what was asked
        log.warning("not_ready", part=name, error=type(error).__name__)
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    cache.set(KEY, "1", timeout=60)
    if cache.get(KEY) != "1":
        raise LookupError(KEY)
