"""Every check that is not a test, in the order of how fast it fails: `python -m tools.lint`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tools.keys import new_secrets
from tools.paths import ROOT

BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "mentorship.settings.production",
    "ALLOWED_HOSTS": "mentoring.example.org",
    "SITE_URL": "https://mentoring.example.org",
    "DEFAULT_FROM_EMAIL": "letters@mentoring.internal",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
}
# No server is asked anything here; the settings only want to be complete.
NOWHERE = {"DATABASE_URL": "postgres://app@db.invalid/app", "REDIS_URL": "redis://broker.invalid:6379/0"}


def steps() -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, command and extra environment of each check."""
    testing = {"DJANGO_SETTINGS_MODULE": "mentorship.settings.test"}
    return [
        ("ruff check", [str(BIN / "ruff"), "check", "."], {}),
        ("ruff format", [str(BIN / "ruff"), "format", "--check", "."], {}),
        ("import-linter", [str(BIN / "lint-imports"), "--no-cache"], {}),
        ("house", [sys.executable, "-m", "tools.house"], {}),
        ("djlint", [str(BIN / "djlint"), "templates", "--lint", "--quiet"], {}),
        (
            "compose file",
            [str(BIN / "check-jsonschema"), "--builtin-schema", "compose-spec", "docker-compose.yml"],
            {},
        ),
        ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], testing),
        ("deploy check", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        ("mypy", [str(BIN / "mypy")], testing),
    ]


def main() -> int:
    """Run the checks named on the command line, or all; stop at the first that fails."""
    wanted = set(sys.argv[1:])
    base = {**os.environ, **NOWHERE, **new_secrets(), "PYTHONPATH": str(ROOT)}
    for name, command, extra in steps():
        if wanted and name not in wanted:
            continue
        began = time.monotonic()
        print(f"--- {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, env={**base, **extra}, check=False).returncode != 0:
            print(f"FAILED: {name}", flush=True)
            return 1
        print(f"    ok, {time.monotonic() - began:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
