"""Doing one verb for many rows, each in a transaction of its own: one bad row never holds up the rest."""

import logging
from collections.abc import Callable, Iterable
from uuid import UUID

from common.errors import Refused
from common.transactions import atomically

logger = logging.getLogger(__name__)


def for_each(ids: Iterable[UUID], verb: Callable[[UUID], object]) -> int:
    """How many went through. A refusal means that somebody was quicker; an error is logged with the row's id."""
    done, whole = 0, atomically(verb)
    for pk in list(ids):
        try:
            whole(pk)
        except Refused:
            continue
        except Exception:
            logger.exception("a sweep could not deal with one row", extra={"row": str(pk)})
        else:
            done += 1
    return done
