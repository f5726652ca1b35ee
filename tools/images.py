"""Whether the images that a deployment is made from are pinned by digest: `python -m tools.images`.

A tag can come to mean other bytes, a digest cannot. The repository names tags only: whoever deploys pins what they have
looked at, by `PYTHON_IMAGE`, `POSTGRES_IMAGE` and `VALKEY_IMAGE` in the environment or `.env`, as Compose reads them.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.paths import ROOT

CHOSEN = re.compile(r"\$\{(\w+_IMAGE):-([^}]+)\}")  # in docker-compose.yml, with the tag that stands in
PINNED = re.compile(r"[^\s@]+@sha256:[0-9a-f]{64}")


def chosen(environ: Mapping[str, str]) -> dict[str, str]:
    """Each image of docker-compose.yml by its variable: the one that is set there, else the tag that stands in."""
    defaults = dict(CHOSEN.findall((ROOT / "docker-compose.yml").read_text()))
    return {name: environ.get(name) or tag for name, tag in defaults.items()}


def told(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each image that is not pinned."""
    return [
        f"{name} is not pinned by digest: {image} may come to be other bytes. Set it to NAME:TAG@sha256:…"
        for name, image in chosen(environ).items()
        if not PINNED.fullmatch(image)
    ]


def from_file(path: Path) -> dict[str, str]:
    """The variables of an `.env` file; none when there is no such file."""
    lines = path.read_text().splitlines() if path.exists() else []
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, _sign, value in pairs}


def main() -> int:
    """Say which are not pinned, and how it is done; 1 when there is one."""
    found = told({**from_file(ROOT / ".env"), **os.environ})
    for sentence in found or ["every image is pinned by digest"]:
        print(sentence)
    if found:
        print(
            "`docker pull IMAGE` and `docker image inspect --format '{{index .RepoDigests 0}}' IMAGE` name the digest."
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
