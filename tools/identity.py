"""PostgreSQL refuses to run as root. Two ways round it, chosen by trying, or by STACK_ROOT_MODE:

- `namespace`: a user namespace in which root appears as `nobody`; files stay ours. Needs `unshare`.
- `setuid`: drop to `nobody`. Binaries, data and socket must then lie where that user can reach them.
"""

from __future__ import annotations

import enum
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from tools.process import Identity, StackError


class RootMode(enum.StrEnum):
    """How PostgreSQL is run."""

    DIRECT = "direct"  # we are not root: nothing special
    NAMESPACE = "namespace"
    SETUID = "setuid"


def nobody() -> pwd.struct_passwd:
    """The unprivileged account. initdb insists on one that the system knows.

    Raises:
        StackError: the system has none.
    """
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise StackError(
            "PostgreSQL cannot run as root and this system has no user `nobody`: "
            "start as an ordinary user, or set DATABASE_URL."
        ) from None


def namespace_identity() -> Identity:
    """Root, seen as `nobody` inside a user namespace of its own."""
    account = nobody()
    maps = (f"--map-user={account.pw_uid}", f"--map-group={account.pw_gid}")
    return Identity(prefix=("unshare", "--user", *maps, "--"))


def namespaces_work(server: Path) -> bool:
    """Whether the server's binary can be started in a user namespace; containers often forbid it."""
    if not shutil.which("unshare"):
        return False
    trial = subprocess.run(
        [*namespace_identity().prefix, str(server), "--version"], capture_output=True, check=False, cwd="/"
    )
    return trial.returncode == 0


def choose_mode(server: Path, remembered: str = "") -> RootMode:
    """The mode to use for this server binary; `remembered` is the one its data was made with.

    Raises:
        StackError: the forced mode is unknown, or is not the one the data was made with.
    """
    if os.geteuid() != 0:
        return RootMode.DIRECT
    forced = os.environ.get("STACK_ROOT_MODE", "")
    if forced and forced not in (RootMode.NAMESPACE, RootMode.SETUID):
        raise StackError(f"STACK_ROOT_MODE is namespace or setuid, not {forced!r}.")
    if forced and remembered and forced != remembered:
        raise StackError(f"The data here was made in {remembered} mode, not {forced}: add --fresh to start anew.")
    if forced or remembered:
        return RootMode(forced or remembered)
    return RootMode.NAMESPACE if namespaces_work(server) else RootMode.SETUID


def identity_for(mode: RootMode) -> Identity:
    """As whom PostgreSQL's commands run in this mode."""
    if mode is RootMode.NAMESPACE:
        return namespace_identity()
    if mode is RootMode.SETUID:
        account = nobody()
        return Identity(user=account.pw_uid, group=account.pw_gid)
    return Identity()
