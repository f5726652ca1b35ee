"""Which engine found something: its sources and the libraries that compute for it."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("numpy", "ortools", "scipy")


@cache
def engine_version() -> str:
    """Another one whenever a line of the engine, or the version of a library, is another one."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for source in sorted(here.rglob("*.py"), key=lambda path: path.relative_to(here).as_posix()):
        digest.update(source.relative_to(here).as_posix().encode() + b"\0" + source.read_bytes())
    return " ".join([digest.hexdigest()[:12], *(f"{name}-{version(name)}" for name in LIBRARIES)])
