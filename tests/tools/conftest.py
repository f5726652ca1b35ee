"""A tiny project under the real tools, in a path with a space, so that the supervisor is tested by itself."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tools.paths import ROOT

SETTINGS = """
import environ
env = environ.Env()
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["mentorship", *(f"django.contrib.{n}" for n in ("contenttypes", "auth", "staticfiles"))]
DATABASES = {"default": env.db("DATABASE_URL")}
ROOT_URLCONF = "mentorship.urls"
STATIC_URL, STATIC_ROOT = "static/", env.str("STATIC_ROOT", default="staticfiles")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
"""
FILES = {
    "manage.py": (
        "import sys\nfrom django.core.management import execute_from_command_line\n"
        "execute_from_command_line(sys.argv)\n"
    ),
    "requirements/run.txt": "",
    "static/a.txt": "a",
    "mentorship/__init__.py": "",
    "mentorship/settings/__init__.py": "",
    "mentorship/settings/demo.py": SETTINGS,
    "mentorship/urls.py": (
        "from django.http import HttpResponse\nfrom django.urls import path\n"
        "urlpatterns = [path('', lambda request: HttpResponse('here'))]\n"
    ),
    "mentorship/wsgi.py": ("from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"),
    "mentorship/celery.py": (
        "import os\nfrom celery import Celery\n"
        "app = Celery(broker=os.environ['REDIS_URL'].replace('unix://', 'redis+socket://').split('?')[0])\n"
    ),
    "mentorship/management/__init__.py": "",
    "mentorship/management/commands/__init__.py": "",
    "mentorship/management/commands/seed_demo.py": (
        "from django.contrib.auth.models import User\nfrom django.core.management.base import BaseCommand\n"
        "class Command(BaseCommand):\n"
        "    def handle(self, **options):\n        User.objects.create(username='ada')\n"
    ),
    "mentorship/management/commands/demo_sign_ins.py": (
        "from django.contrib.auth.models import User\nfrom django.core.management.base import BaseCommand\n"
        "class Command(BaseCommand):\n"
        "    def handle(self, **options):\n        self.stdout.write(f'sign in as {User.objects.get()}')\n"
    ),
}


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Project:
    """A folder to run `tools.stack` in; its processes carry a mark by which they are found."""

    root: Path
    mark: str = field(default_factory=lambda: f"STACK_TEST_MARK={uuid.uuid4()}")
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """Ours, without addresses of servers (the supervisor shall start its own) and without coverage."""
        unwanted = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CONTENT_KEYS", "DJANGO_SETTINGS_MODULE")
        kept = {k: v for k, v in os.environ.items() if k not in unwanted and not k.startswith("COV")}
        name, _, value = self.mark.partition("=")
        return {**kept, name: value, "PYTHONPATH": str(self.root)}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `tools.stack` with these arguments."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.stack", *arguments],
            cwd=self.root,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def start_ready(self, *arguments: str) -> tuple[subprocess.Popen[str], str]:
        """Start `run` and wait for its last line of greeting; the process and what it said."""
        process = self.start("run", *arguments)
        said = ""
        assert process.stdout is not None
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, f"it ended early:\n{said}"
            said += line
        return process, said

    def living(self) -> list[int]:
        """Processes, zombies aside, that carry our mark, and their descendants (PostgreSQL's wipe it out)."""
        parents: dict[int, int] = {}
        found: set[int] = set()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                marked = self.mark.encode() in (entry / "environ").read_bytes()
            except OSError:  # it ended while we looked
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
                found |= {int(entry.name)} if marked else set()
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return sorted(found)

    def close(self) -> None:
        """End whatever a failed test left."""
        for process in self.started:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=60)
        for pid in self.living():
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def project(tmp_path: Path):
    """A scratch project, cleaned up afterwards."""
    root = tmp_path / "a folder"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    scratch = Project(root)
    yield scratch
    scratch.close()
