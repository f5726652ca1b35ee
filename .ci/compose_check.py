"""Start the command of each of our services in docker-compose.yml once, without Docker, as in production.

Run with the lint environment's Python from the project's root: `python .ci/compose_check.py`.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import images
from tools.keys import new_secrets
from tools.paths import ROOT
from tools.postgres import as_role, start_postgres
from tools.process import Nursery, StackError, wait_until
from tools.valkey import start_valkey

HOST = "127.0.0.1"
BIN = Path(sys.executable).parent


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def commands(port: int, scratch: Path) -> dict[str, list[str]]:
    """Our services' commands, with the container's port and folder replaced by ours."""
    compose = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())
    found = {}
    for name, service in compose["services"].items():
        if service["image"] == "mentorship-app":
            words = [str(word).replace("0.0.0.0:8000", f"{HOST}:{port}") for word in service["command"]]
            words = [word.replace("/tmp/", f"{scratch}/") for word in words]  # noqa: S108 (the container's folder)
            found[name] = [str(BIN / words[0]), *words[1:]]
    return found


def environment(nursery: Nursery) -> dict[str, str]:
    """Production's, with servers on sockets."""
    return {
        **os.environ,
        **new_secrets(),
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "DJANGO_SETTINGS_MODULE": "mentorship.settings.production",
        "DATABASE_URL": start_postgres(nursery),
        "REDIS_URL": start_valkey(nursery),
        "ALLOW_SOCKETS": "1",
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"https://{HOST}",
        "DEFAULT_FROM_EMAIL": "letters@compose.internal",
        "EMAIL_URL": "smtp://mail.invalid:25",
    }


def web_answers(port: int) -> bool:
    """Whether the site answers as if behind its proxy, without an error of its own."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", "/", headers={"Host": HOST, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except OSError:
        return False
    finally:
        connection.close()


def web_is_healthy(port: int) -> bool:
    """Whether compose's own check of the web passes, with our port in it."""
    compose = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())
    _cmd, _python, *words = compose["services"]["web"]["healthcheck"]["test"]
    words = [word.replace("8000", str(port)) for word in words]
    return subprocess.run([sys.executable, *words], check=False).returncode == 0


def main() -> int:
    """Start each, wait until it works, stop them all."""
    port = free_port()
    with Nursery() as nursery:
        scratch = nursery.scratch()
        env = environment(nursery)
        ours = commands(port, scratch)
        superuser = env["DATABASE_URL"]
        env["DATABASE_URL"] = as_role(superuser, "owner")
        for arguments in (["manage.py", "collectstatic", "--noinput", "-v0"], ours.pop("migrate")[1:]):
            nursery.run(arguments[1], [sys.executable, *arguments], log=scratch / "log", env=env, cwd=ROOT)
        env["DATABASE_URL"] = as_role(superuser, "app")
        running = {
            name: nursery.spawn(name, command, log=scratch / f"{name}.log", env=env, cwd=ROOT)
            for name, command in ours.items()
        }
        if set(running) != {"web", "worker", "beat"}:
            raise StackError(f"docker-compose.yml has other services than expected: {sorted(running)}")
        wait_until(lambda: web_answers(port), running["web"])
        if not web_is_healthy(port):
            raise StackError("the web answers, and its health check in docker-compose.yml fails")
        ping = [str(BIN / "celery"), "-A", "mentorship", "inspect", "ping", "--timeout", "5"]
        wait_until(
            lambda: subprocess.run(ping, env=env, cwd=ROOT, capture_output=True, check=False).returncode == 0,
            running["worker"],
        )
        wait_until(lambda: any(scratch.glob("beat-schedule*")), running["beat"])
    print("\n".join(images.told(os.environ)))  # the repository names tags: who deploys pins them
    print("migrate, web, worker and beat: each command of docker-compose.yml works on production settings")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StackError as problem:
        sys.exit(str(problem))
