"""An act in a process of its own, which SIGKILL ends at any of its steps: nothing of it gets a chance to tidy up."""

import logging
import os
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NoReturn, Self

from django.db import connection

Act = Callable[[], object]
WRITES = ("INSERT", "UPDATE", "DELETE")
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def killed(act: Act, *, step: int | None = None, seconds: float | None = None, whole: bool = True) -> bool:
    """Do it, and kill it before its `step`-th step or after so many seconds; False if it came to its end before.

    A step is a statement or a commit. Not `whole`: each write is committed by itself, as without a transaction.
    """
    connection.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads; the child needs none of them
        child = os.fork()
    if not child:
        _live(act, _Steps(step, whole))
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or not os.WEXITSTATUS(status), "what was to be killed broke by itself"
    _wait_for_the_server()
    return os.WIFSIGNALED(status)


def steps_of(act: Act) -> int:
    """How many steps it takes, done here and to its end."""
    steps = _Steps(None, whole=True)
    with steps:
        act()
    return steps.number


class _Steps(ExitStack):
    """Counts the steps of this connection, and ends the process at one of them."""

    def __init__(self, last: int | None, whole: bool) -> None:
        super().__init__()
        self._last, self._whole, self.number = last, whole, 0

    def __enter__(self) -> Self:
        super().__enter__()
        self.enter_context(connection.execute_wrapper(self._execute))
        committing = connection._commit

        def commit() -> None:
            self._step()
            committing()

        connection._commit = commit
        self.callback(connection.__dict__.pop, "_commit", None)
        if not self._whole:
            connection.features.uses_savepoints = False
        return self

    def _step(self) -> None:
        self.number += 1
        if self.number == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def _execute(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._step()
        result = execute(sql, params, many, context)
        if not self._whole and sql.lstrip().upper().startswith(WRITES) and connection.connection is not None:
            connection.connection.commit()
        return result


def _live(act: Act, steps: _Steps) -> NoReturn:
    logging.disable(logging.ERROR)  # there is no broker
    try:
        with steps:
            act()
    except BaseException:  # noqa: BLE001 - this process ends here, and says how
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _wait_for_the_server() -> None:
    """Until it has noticed that a process is gone, and given its locks free."""
    with connection.cursor() as cursor:
        for _try in range(1000):
            cursor.execute(OTHERS)
            if cursor.fetchone() == (0,):
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("a session of a killed process does not end")
