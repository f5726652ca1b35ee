"""One way to run a verb: whole or not at all, repeated when the database asks for it, and with words when it refuses.

Every verb that takes locks, in whatever app, is wrapped in `atomically`. The isolation is READ COMMITTED (settings):
a verb locks what it is about before it looks, so what it finds still holds when it writes.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

from common.sentences import refusal

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 4  # the first, and three more
WORTH_REPEATING = frozenset({"40P01", "40001"})  # deadlock, serialisation failure


def atomically(verb: Callable[P, R]) -> Callable[P, R]:
    """Run a verb in a transaction: a deadlock repeats it, and a broken constraint becomes a `Refused` with a sentence.

    Inside an outer transaction nothing can be repeated, so the error goes up to whoever began that one.
    """

    @wraps(verb)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    return verb(*args, **kwargs)
            except IntegrityError as error:
                raise refusal(error) from error
            except OperationalError as error:
                if connection.in_atomic_block or attempt == ATTEMPTS or not worth_repeating(error):
                    raise
        raise AssertionError("unreachable")

    return wrapped


def worth_repeating(error: OperationalError) -> bool:
    """Whether the database gave up one of two for the other's sake: the same again may well go through."""
    return getattr(error.__cause__, "sqlstate", None) in WORTH_REPEATING
