"""The site as benchmarks of pages run it: production's settings, gunicorn, throw-away servers, a written programme."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.pages.load import Page
from tools.keys import new_secrets
from tools.paths import ROOT
from tools.postgres import as_role, start_postgres
from tools.process import Nursery, wait_until
from tools.valkey import start_valkey

WORKERS, THREADS = 2, 4


@dataclass(frozen=True, slots=True)
class Written:
    """A programme in a database: where it is, the environment the site runs in, and the pages to ask for."""

    database: str
    environment: dict[str, str]
    scratch: Path
    pages: list[Page]


def write_programme(nursery: Nursery, *, mentors: int, mentees: int) -> Written:
    """Start the servers, and fill them with so many people; they end with the nursery."""
    database, cache = start_postgres(nursery), start_valkey(nursery)
    environment = _environment(database, cache)
    python(environment | {"DATABASE_URL": as_role(database, "owner")}, "manage.py", "migrate", "--verbosity", "0")
    python(environment, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    print("Writing the programme …", flush=True)
    written = python(environment, "-m", "benchmarks.pages.seed", str(mentors), str(mentees))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")  # what autovacuum does, which throw-away servers go without
    pages = [Page(**row) for row in json.loads(written.splitlines()[-1])]
    return Written(database, environment, nursery.scratch(), pages)


def _environment(database: str, cache: str) -> dict[str, str]:
    return {
        **os.environ,
        **new_secrets(),
        "DJANGO_SETTINGS_MODULE": "mentorship.settings.production",
        "DATABASE_URL": as_role(database, "app"),
        "REDIS_URL": cache,
        "ALLOW_SOCKETS": "1",
        "ALLOWED_HOSTS": "bench.internal,localhost",
        "SITE_URL": "https://bench.internal",
        "DEFAULT_FROM_EMAIL": "letters@bench.internal",
        "EMAIL_URL": "smtp://mail.invalid:25",
        "PYTHONPATH": str(ROOT),
    }


def python(environment: Mapping[str, str], *words: str) -> str:
    """What this Python prints when it is called with these words in the project. Raises where it fails."""
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True, text=True
    )
    return done.stdout


def serve(
    nursery: Nursery, name: str, application: str, scratch: Path, environment: Mapping[str, str], *bind: str
) -> Path:
    """Start gunicorn as docker-compose.yml does, on a socket, which is given, and on further addresses. "site" reads
    the site's own gunicorn.conf.py, others none.
    """
    at = scratch / name
    config = str(ROOT / "gunicorn.conf.py") if name == "site" else os.devnull
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"unix:{at}", "--config", config]
    command += [word for address in bind for word in ("--bind", address)]
    command += ["--workers", str(WORKERS), "--threads", str(THREADS), "--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    child = nursery.spawn(
        name, [*command, "--no-control-socket"], env=environment, cwd=ROOT, log=scratch / f"{name}.log"
    )
    wait_until(at.exists, child, seconds=60)
    return at
