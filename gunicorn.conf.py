"""What gunicorn does wherever it runs; addresses and numbers of processes are given on the command line."""

from threading import Thread
from typing import Any


def post_worker_init(_worker: Any) -> None:
    """Prepare the pools of mentors beside the first requests, so that nobody waits seconds for it."""
    from matching.domain.pools import warm

    Thread(target=warm, name="pools", daemon=True).start()
