"""Keys for a demo or a test run: random, made on the spot, never in git."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path


def new_secrets() -> dict[str, str]:
    """A fresh SECRET_KEY and CONTENT_KEYS (`id:base64 of 32 bytes`)."""
    content_key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {"SECRET_KEY": secrets.token_urlsafe(50), "CONTENT_KEYS": f"k1:{content_key}"}


def write_env(path: Path, values: dict[str, str]) -> None:
    """Write NAME=value lines to a file that only its owner can read, at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    unfinished.rename(path)


def read_env(path: Path) -> dict[str, str]:
    """Read what `write_env` wrote."""
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def kept_secrets(path: Path) -> dict[str, str]:
    """The secrets kept in the file, made at the first call."""
    if not path.exists():
        write_env(path, new_secrets())
    return read_env(path)
