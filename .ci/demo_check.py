"""The demo as visitors meet it, over HTTP, with letters through beat and worker to a local SMTP server.

Run from the project's root with the Python of `.venv`, which has aiosmtpd: `python .ci/demo_check.py`.
"""

from __future__ import annotations

import contextlib
import mailbox
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from email.message import Message
from email.utils import parseaddr
from pathlib import Path

from site_client import Visitor

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parent.parent
MARK = ("DEMO_CHECK_MARK", uuid.uuid4().hex)
PATIENCE = 300.0
TICK = 15.0
PASSWORD = "counterpoint-demo"  # noqa: S105 (the demo prints it)
# Moves the clock without running what falls due, so that only beat and the worker can do it.
FORWARD = """
from datetime import timedelta
from mentorship.demo.models import ClockOffset
offset, _ = ClockOffset.objects.get_or_create(pk=ClockOffset.ONLY)
offset.ahead += timedelta(days=14)
offset.save()
"""


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(what: str, look: Callable[[], object]) -> None:
    """Look until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not look():
        if time.monotonic() > deadline:
            sys.exit(f"demo check: waited {PATIENCE:.0f} s in vain for {what}")
        time.sleep(0.5)


def living() -> list[int]:
    """Processes that carry our mark, zombies aside."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and "=".join(MARK).encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found


@contextlib.contextmanager
def mail_server(folder: Path) -> Iterator[tuple[int, Callable[[], list[Message]]]]:
    """A real SMTP server; its port, and a way to read what it took."""
    port = free_port()
    listen = ["-n", "-l", f"{HOST}:{port}", "-c", "aiosmtpd.handlers.Mailbox", str(folder)]
    server = subprocess.Popen([sys.executable, "-m", "aiosmtpd", *listen])
    try:
        wait_for("the mail server", lambda: socket.socket().connect_ex((HOST, port)) == 0)
        yield port, lambda: list(mailbox.Maildir(folder))
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def demo(port: int, env: dict[str, str]) -> Iterator[str]:
    """`dev.py run`; its address. Afterwards nothing of it may be left."""
    command = ["python3", "dev.py", "run", "--fresh", "--port", str(port)]
    supervisor = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    try:
        for line in supervisor.stdout or ():
            print(f"    {line}", end="", flush=True)
            if "Ctrl-C" in line:
                break
        else:
            sys.exit("demo check: dev.py run ended before the site was there")
        yield f"http://{HOST}:{port}/"
    finally:
        supervisor.send_signal(signal.SIGTERM)
        supervisor.communicate(timeout=60)
    if supervisor.returncode != 0 or living():
        sys.exit(f"demo check: dev.py run ended with {supervisor.returncode}, left behind: {living()}")


def sign_in(site: str, person: str, *, home: str = "") -> Visitor:
    """A visitor signed in through the demo's own page, by the person's id; `home` is the page they begin with."""
    visitor = Visitor(site)
    page = visitor.open("demo/mailbox/")
    answer = visitor.submit(page, page.form("/demo/sign-in/"), person=person, next="/")
    if answer.status != 200 or answer.url != site + home:  # noqa: PLR2004 (HTTP's own number)
        sys.exit(f"demo check: signing in ended at {answer.url} with {answer.status}")
    return visitor


def everybody_gets_in(site: str) -> None:
    """Each sign-in that the demo offers leads home; an assistant's, the last one, to the meetings they look after."""
    forms = [form for form in Visitor(site).open("demo/mailbox/").parsed().forms if "person" in form.fields]
    people = list(dict.fromkeys(form.fields["person"] for form in forms))
    if len(people) < 3:  # noqa: PLR2004 (a mentee, a mentor, a coordinator)
        sys.exit(f"demo check: the demo offers only {len(people)} sign-ins")
    *others, assistant = people
    for person in others:
        sign_in(site, person)
    sign_in(site, assistant, home="assisting/")
    print(f"    {len(people)} people signed in", flush=True)


def with_password(site: str, email: str) -> Visitor:
    """A visitor signed in the way everybody does, by address and password."""
    visitor = Visitor(site)
    page = visitor.open("accounts/login/")
    visitor.submit(page, page.form("accounts/login/", says="Your password"), login=email, password=PASSWORD)
    return visitor


def a_request_is_accepted(site: str, letters: Callable[[], list[Message]]) -> None:
    """A mentee asks the first mentor suggested; the mentor follows the letter's link and accepts."""
    offered = Visitor(site).open("demo/mailbox/").parsed().forms
    mentee = sign_in(site, next(form.fields["person"] for form in offered if "person" in form.fields))
    mentor_page = mentee.open(mentee.open("find/").link(r"/find/[0-9a-f-]{36}/$"))
    ask = mentee.open(mentor_page.link(r"/ask/$"))
    asked = mentee.submit(ask, ask.form("/ask/"), note="I would like to think aloud about my first year.")
    if "/requests/" not in asked.url:
        sys.exit(f"demo check: asking ended at {asked.url} with {asked.status}")
    number = asked.url.rstrip("/").rpartition("/")[2]

    def about_it() -> list[Message]:
        return [letter for letter in letters() if number in decoded(letter)]

    wait_for("the letter to the mentor", about_it)
    mentor = with_password(site, parseaddr(about_it()[0]["To"])[1])
    request = mentor.open(f"requests/{number}/")
    accepted = mentor.submit(request, request.form("/accept/"))
    if "/pairings/" not in accepted.url or accepted.status != 200:  # noqa: PLR2004 (HTTP's own number)
        sys.exit(f"demo check: accepting ended at {accepted.url} with {accepted.status}")
    print("    a request was sent, its letter came, and the mentor accepted", flush=True)


def decoded(letter: Message) -> str:
    """The letter's plain text."""
    parts = [part for part in letter.walk() if part.get_content_type() == "text/plain"]
    return "".join((part.get_payload(decode=True) or b"").decode() for part in parts)  # type: ignore[union-attr]


def reminders_arrive(env: dict[str, str], letters: Callable[[], list[Message]]) -> None:
    """Two weeks later, beat and the worker send what fell due: a check-in's reminder among it."""

    def reminders() -> list[Message]:
        return [letter for letter in letters() if "/check-ins/" in decoded(letter)]

    wait_for("what is due now", lambda: quiet(letters))
    before = len(reminders())
    subprocess.run(["python3", "dev.py", "manage", "shell", "-c", FORWARD], cwd=ROOT, env=env, check=True)
    wait_for("a reminder by SMTP", lambda: len(reminders()) > before)
    print(f"    a reminder arrived: {reminders()[-1]['Subject']}", flush=True)


def quiet(letters: Callable[[], list[Message]]) -> bool:
    """Whether no letter came for longer than beat's tick."""
    before = len(letters())
    time.sleep(TICK)
    return len(letters()) == before


def main() -> None:
    """Start, visit, wait for letters, stop."""
    with tempfile.TemporaryDirectory() as folder, mail_server(Path(folder) / "mail") as (smtp, letters):
        env = {**os.environ, MARK[0]: MARK[1], "EMAIL_URL": f"smtp://{HOST}:{smtp}"}
        with demo(free_port(), env) as site:
            everybody_gets_in(site)
            a_request_is_accepted(site, letters)
            reminders_arrive(env, letters)
    print("demo check: passed, and nothing is left behind", flush=True)


if __name__ == "__main__":
    main()
