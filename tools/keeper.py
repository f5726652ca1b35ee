"""The last one out: ends a process group and removes its folders once the process that started it is gone.

Run as a script by `tools.process`, with the standard library alone. It leads a process group that all other
children join, and reads its standard input, one folder to remove per line. The pipe closes when the starter
closes it or dies, however it dies; that is the signal to clean up. A pipe is used rather than Linux's
parent-death signal because it works the same on macOS, survives changes of user, and reaches grandchildren.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

GRACE_SECONDS = 10.0


def others_alive(group: int) -> bool:
    """Whether anyone but us still runs in the group; where /proc is missing, assume so."""
    proc = Path("/proc")
    if not (proc / "self/stat").exists():
        return True
    for entry in proc.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            state, _parent, pgrp = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
        except OSError:  # it ended while we looked
            continue
        if int(pgrp) == group and state not in "ZX":
            return True
    return False


def end_group() -> None:
    """Ask the group to stop and wait for it, at most the grace period."""
    group = os.getpgrp()
    os.killpg(group, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while others_alive(group) and time.monotonic() < deadline:
        time.sleep(0.05)


def main() -> None:
    """Wait for the pipe to close, end the group, remove the folders; kill whoever would not stop."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    folders = [line.rstrip("\n") for line in sys.stdin]
    if others_alive(os.getpgrp()):
        end_group()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    if others_alive(os.getpgrp()):
        os.killpg(0, signal.SIGKILL)  # ourselves included, as the last act


if __name__ == "__main__":
    main()
