"""One way to run a verb: whole or not at all, repeated when the database asks for it, and with words when it refuses.

What has to be done once for everything that a transaction changes is put off to its end with `before_commit`.

Every verb that takes locks, in whatever app, is wrapped in `atomically`. The isolation is READ COMMITTED (settings):
a verb locks what it is about before it looks, so what it finds still holds when it writes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import local
from typing import Any, ParamSpec, TypeVar

from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from common.sentences import refusal

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

ATTEMPTS = 4  # the first, and three more
WORTH_REPEATING = frozenset({"40P01", "40001"})  # deadlock, serialisation failure


class _ThisThread(local):
    """What the outermost unit of work of this thread, and so of its connection, has put off; None outside of one."""

    put_off: dict[Callable[[Any], None], Any] | None = None


_this_thread = _ThisThread()


@contextmanager
def unit_of_work() -> Iterator[None]:
    """A transaction that does at its end what `before_commit` has put off, and is undone if that fails.

    Inside another one it is a savepoint, and everything is put off to the end of the outermost one: an import that
    calls many verbs stands in one unit of work. A plain `transaction.atomic()` puts off nothing, so that each verb
    inside it has its own end.
    """
    with transaction.atomic():
        if _this_thread.put_off is not None:
            yield
            return
        _this_thread.put_off = {}
        try:
            yield
            _finish(_this_thread.put_off)
        finally:
            _this_thread.put_off = None


def _finish(put_off: dict[Callable[[Any], None], Any]) -> None:
    """Do all of it, and what is put off meanwhile; nothing in a transaction that is to be rolled back."""
    while put_off and not transaction.get_rollback():
        finish = next(iter(put_off))
        finish(put_off.pop(finish))


def before_commit(finish: Callable[[T], None], start: Callable[[], T]) -> T:
    """What this unit of work collects for `finish`, made by `start` at the first call; add to what is returned.

    `finish` is called with it once, at the end of the outermost unit of work. What a savepoint added stays in it when
    the savepoint is rolled back, so `finish` has to look at the rows. Raises `TransactionManagementError` outside.
    """
    put_off = _this_thread.put_off
    if put_off is None:
        raise transaction.TransactionManagementError("before_commit() must be called inside unit_of_work()")
    if finish not in put_off:
        put_off[finish] = start()
    collected: T = put_off[finish]
    return collected


def atomically(verb: Callable[P, R]) -> Callable[P, R]:
    """Run a verb in a transaction: a deadlock repeats it, and a broken constraint becomes a `Refused` with a sentence.

    Inside an outer transaction nothing can be repeated, so the error goes up to whoever began that one.
    """

    @wraps(verb)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with unit_of_work():
                    return verb(*args, **kwargs)
            except (IntegrityError, DataError) as error:
                raise refusal(error) from error
            except OperationalError as error:
                if connection.in_atomic_block or attempt == ATTEMPTS or not worth_repeating(error):
                    raise
        raise AssertionError("unreachable")

    return wrapped


def worth_repeating(error: OperationalError) -> bool:
    """Whether the database gave up one of two for the other's sake: the same again may well go through."""
    return getattr(error.__cause__, "sqlstate", None) in WORTH_REPEATING
