"""The supervisor behind `dev.py run` and `dev.py manage`: servers, web, worker and beat under one roof.

python -m tools.stack run [--fresh] [--port N]
python -m tools.stack manage ARGUMENTS ...
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from http import HTTPStatus

from tools.keys import kept_secrets, read_env, write_env
from tools.paths import ENVIRONMENT, LOGS, ROOT, SECRETS, VAR
from tools.postgres import as_role, forget_durable_home, start_postgres
from tools.process import Child, Nursery, StackError, stop_signals_interrupt, wait_until
from tools.valkey import start_valkey

HOST = "127.0.0.1"  # the demo shows its sign-ins to whoever can open it, so it never listens elsewhere
DEFAULT_PORT = 8000
LAST_PORT = 65535
SECONDS_TO_WAIT_FOR_AN_ENDING_RUN = 15.0
PYTHON = sys.executable
PUBLISHED = (
    "DJANGO_SETTINGS_MODULE",
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "CONTENT_KEYS",
    "SITE_URL",
    "EMAIL_URL",
)


# --- one supervisor per folder --------------------------------------------------------------------


@contextlib.contextmanager
def folder_lock() -> Iterator[int]:
    """Hold the folder for us alone and give the lock's descriptor, which the keeper also holds.

    Raises:
        StackError: another supervisor runs here.
    """
    VAR.mkdir(mode=0o700, exist_ok=True)
    with (VAR / "lock").open("a+") as file:
        deadline = time.monotonic() + SECONDS_TO_WAIT_FOR_AN_ENDING_RUN
        while not locked(file.fileno()):
            if ENVIRONMENT.exists() and supervisor_lives():
                site = read_env(ENVIRONMENT).get("SITE_URL", "")
                raise StackError(f"The demo already runs from this folder: {site}")
            if time.monotonic() > deadline:
                raise StackError("Another start from this folder is still busy: try again in a moment.")
            time.sleep(0.1)
        yield file.fileno()


def locked(descriptor: int) -> bool:
    """Try to take the lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def supervisor_lives() -> bool:
    """Whether the process that wrote the environment file still runs."""
    try:
        os.kill(int(read_env(ENVIRONMENT).get("SUPERVISOR_PID", "0")) or -1, 0)
    except (OSError, ValueError):
        return False
    return True


# --- the port -------------------------------------------------------------------------------------


def port_is_free(port: int) -> bool:
    """Whether we could listen there.

    Raises:
        StackError: the system forbids this port to us.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise StackError(f"Port {port} needs more rights than you have: choose one above 1023.") from None
        except OSError:
            return False
    return True


def choose_port(wanted: int) -> int:
    """The wanted port, or the next free one if the person at the terminal agrees.

    Raises:
        StackError: it is taken and nobody can be asked, or the answer is no.
    """
    if port_is_free(wanted):
        return wanted
    following = next((port for port in range(wanted + 1, LAST_PORT + 1) if port_is_free(port)), None)
    if following is None:
        raise StackError(f"Port {wanted} is taken, and so are all above it.")
    if sys.stdin.isatty() and input(f"Port {wanted} is taken. Use {following}? [Y/n] ").lower() in ("", "y"):
        return following
    raise StackError(f"Port {wanted} is taken. Use another: python3 dev.py run --port {following}")


def port_number(text: str) -> int:
    """Read a port from the command line."""
    port = int(text)
    if not 1 <= port <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to {LAST_PORT}")
    return port


# --- the parts ------------------------------------------------------------------------------------


def start_services(nursery: Nursery, port: int) -> dict[str, str]:
    """Start what no URL in the environment replaces; the environment that Django needs."""
    LOGS.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, **kept_secrets(SECRETS)}
    env["DJANGO_SETTINGS_MODULE"] = "mentorship.settings.demo"
    env["SITE_URL"] = f"http://{HOST}:{port}"
    env["PYTHONPATH"] = str(ROOT)
    if not env.get("DATABASE_URL"):
        say("Starting PostgreSQL ...")
        superuser = start_postgres(nursery, kept_in=VAR / "postgres")
        env["DATABASE_URL"] = as_role(superuser, "app")
        env["OWNER_DATABASE_URL"] = as_role(superuser, "owner")
    if not env.get("REDIS_URL"):
        env["REDIS_URL"] = start_valkey(nursery, kept_in=VAR / "valkey")
    return env


def publish(env: dict[str, str]) -> None:
    """Write the environment file for `dev.py manage`."""
    values = {name: env[name] for name in PUBLISHED if env.get(name)}
    write_env(ENVIRONMENT, {**values, "SUPERVISOR_PID": str(os.getpid())})


def start_site(nursery: Nursery, env: dict[str, str], port: int) -> Child:
    """Start web, worker and beat; the web server's child."""
    celery = [PYTHON, "-m", "celery", "-A", "mentorship"]
    worker = ["worker", "--concurrency", "2", "--loglevel", "info", "--without-gossip", "--without-mingle"]
    beat = ["beat", "--schedule", str(VAR / "beat-schedule"), "--pidfile=", "--loglevel", "info"]
    web = [
        "--bind",
        f"{HOST}:{port}",
        "--workers",
        "2",
        "--threads",
        "4",
        "--graceful-timeout",
        "5",
        "--timeout",
        "300",
    ]
    gunicorn = [PYTHON, "-m", "gunicorn", "mentorship.wsgi", *web, "--no-control-socket"]
    server = nursery.spawn("web", gunicorn, log=LOGS / "web.log", env=env, cwd=ROOT)
    nursery.spawn("worker", [*celery, *worker], log=LOGS / "worker.log", env=env, cwd=ROOT, patience=20.0)
    nursery.spawn("beat", [*celery, *beat], log=LOGS / "beat.log", env=env, cwd=ROOT)
    return server


def site_answers(port: int) -> bool:
    """Whether the web server answers, and not with an error of its own."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def watch(nursery: Nursery) -> None:
    """Stay until a child ends.

    Raises:
        StackError: always in the end, naming the child.
    """
    while True:
        ended = nursery.first_to_exit()
        if ended:
            raise StackError(
                f"{ended.name} ended (code {ended.process.returncode}), so everything stops. "
                f"Its last lines, from {ended.log}:\n{ended.last_words()}"
            )
        time.sleep(0.25)


def say(sentence: str) -> None:
    """Tell the person at the terminal, at once."""
    print(sentence, flush=True)


# --- the commands ---------------------------------------------------------------------------------


def run(*, port: int, fresh: bool) -> None:
    """Start everything and stay until stopped."""
    began = time.monotonic()
    with folder_lock() as lock:
        port = choose_port(port)
        if fresh:
            wipe()
        try:
            with Nursery(inherit=[lock]) as nursery:
                supervise(nursery, port, began)
        finally:
            ENVIRONMENT.unlink(missing_ok=True)


def supervise(nursery: Nursery, port: int, began: float) -> None:
    """Start the parts in order, say where they are, watch them."""
    env = start_services(nursery, port)
    publish(env)
    say("Preparing the database ...")
    nursery.run("The preparation", [PYTHON, "-m", "tools.prepare"], env=env, cwd=ROOT)
    web = start_site(nursery, env, port)
    wait_until(lambda: site_answers(port), web)
    say(f"\nReady in {time.monotonic() - began:.1f} s:  http://{HOST}:{port}/")
    nursery.run("demo_sign_ins", [PYTHON, "manage.py", "demo_sign_ins"], env=env, cwd=ROOT)
    say(f"Letters arrive at    http://{HOST}:{port}/demo/mailbox/")
    say(f"Logs are in          {LOGS}")
    say("Ctrl-C stops everything.")
    watch(nursery)


def wipe() -> None:
    """Remove everything the demo keeps, but for the lock we hold."""
    forget_durable_home(VAR / "postgres")
    for entry in VAR.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "lock":
            entry.unlink()


def manage(arguments: Sequence[str]) -> int:
    """Run manage.py on the running demo, or, when none runs, with its servers started for the moment."""
    command = [PYTHON, "manage.py", *arguments]
    if ENVIRONMENT.exists() and supervisor_lives():
        env = opened_for(arguments, {**os.environ, **read_env(ENVIRONMENT)})
        return subprocess.run(command, env=env, cwd=ROOT, check=False).returncode
    with folder_lock() as lock, Nursery(inherit=[lock]) as nursery:
        env = opened_for(arguments, start_services(nursery, DEFAULT_PORT))
        return subprocess.run(command, env=env, cwd=ROOT, check=False).returncode


def opened_for(arguments: Sequence[str], env: dict[str, str]) -> dict[str, str]:
    """The environment for a command of manage.py: migrations are the owner's, all else is the site's."""
    owner = env.get("OWNER_DATABASE_URL")
    return {**env, "DATABASE_URL": owner} if owner and arguments[:1] == ["migrate"] else env


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="dev.py")
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("run", help="start the demo")
    start.add_argument("--fresh", action="store_true", help="forget the demo's data and start anew")
    start.add_argument("--port", type=port_number, default=DEFAULT_PORT, help="default: %(default)s")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run a command; the exit code."""
    with stop_signals_interrupt():
        try:
            if arguments[:1] == ["manage"]:  # past argparse, which would take manage.py's options for its own
                return manage(arguments[1:])
            options = parse(arguments)
            run(port=options.port, fresh=options.fresh)
        except KeyboardInterrupt:
            say("\nStopped.")
        except (StackError, PermissionError) as problem:
            print(problem, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
