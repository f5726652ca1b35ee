"""Make a demo's database and static files ready, in one process: `python -m tools.prepare`.

One process, because on every start but the first, importing the site takes longer than the work itself.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tools.paths import ROOT, VAR


def static_digest() -> str:
    """Changes whenever our static files, or the packages that bring others, change."""
    digest = hashlib.sha256((ROOT / "requirements/run.txt").read_bytes())
    for file in sorted((ROOT / "static").rglob("*")):
        state = file.stat()
        digest.update(f"{file.relative_to(ROOT)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static() -> None:
    """Collect the static files unless nothing changed since the last time."""
    stamp = VAR / "static.stamp"
    wanted = static_digest()
    if stamp.exists() and stamp.read_text() == wanted and Path(settings.STATIC_ROOT).is_dir():
        return
    print("Collecting static files ...", flush=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted)


@contextmanager
def as_owner() -> Iterator[None]:
    """Inside, the database is open to the role that OWNER_DATABASE_URL names, if it is set: migrations are its own."""
    address = os.environ.get("OWNER_DATABASE_URL")
    if not address:
        yield
        return
    opened_by = connection.settings_dict
    before = {"USER": opened_by["USER"], "PASSWORD": opened_by["PASSWORD"]}
    owner = urlsplit(address)
    connection.close()
    opened_by.update(USER=owner.username or "", PASSWORD=owner.password or "")
    try:
        yield
    finally:
        connection.close()
        opened_by.update(before)


def prepare_database() -> None:
    """Migrate, and fill an empty database with the demo's fictional programme."""
    from django.contrib.auth import get_user_model

    with as_owner():
        call_command("migrate", interactive=False, verbosity=0)
    if not get_user_model().objects.exists():
        print("Writing the demo's people and pairings ...", flush=True)
        call_command("seed_demo")


def main() -> None:
    """Prepare everything; the environment names the settings and servers."""
    os.chdir(ROOT)
    django.setup()
    prepare_database()
    collect_static()


if __name__ == "__main__":
    main()
