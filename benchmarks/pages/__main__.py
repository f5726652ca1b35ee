"""Pages a second, beside a bare Django page: `python -m benchmarks.pages [--only WORDS] [--rounds 3] [--seconds 3]`.

The site runs as docker-compose.yml runs it (production's settings, gunicorn with two workers of four threads, the
connection pool) on throw-away servers with 5,000 mentors and 10,000 mentees; the bare page runs beside it on the same
gunicorn and PostgreSQL. Four connections ask for the one and for the other in turn; a ratio is the median over the
rounds. Every row reads `RATIO name value demand`; the line before it says what the page costs in Python and in
PostgreSQL (cost.py). After all pages, rows of `CAPACITY` say what a core and a gigabyte carry (capacity.py).
"""

import argparse
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pages import capacity
from benchmarks.pages.cost import Spent
from benchmarks.pages.load import Page, ask, check
from benchmarks.pages.site import THREADS, WORKERS, python, serve, write_programme
from tools.process import Nursery

CONNECTIONS = 4
# The least a page must reach, by how its name begins; a list of the desk is any other of the desk's.
DEMANDS = {
    "home": 0.80,
    "a pairing": 0.65,
    "a check-in": 0.70,
    "a request": 0.70,
    "requests": 0.70,
    "You": 0.70,
    "suggestions": 0.50,
    "directory": 0.45,
    "desk: first page": 0.50,
    "desk: list": 0.35,
    "desk: review board": 0.24,  # within 1.5 times what the desk's other lists cost
    "public page": 2.5,
}


def main() -> int:
    """Start, seed, measure, print; 1 where a demand is not met."""
    arguments = _arguments()
    with Nursery() as nursery:
        site = write_programme(nursery, mentors=arguments.mentors, mentees=arguments.mentees)
        bare_page, bare_environment = _bare(site.database, site.environment)
        ours = serve(nursery, "site", "mentorship.wsgi", site.scratch, site.environment)
        bare = serve(nursery, "bare", "benchmarks.pages.bare.wsgi", site.scratch, bare_environment)
        ids = {child.name: child.process.pid for child in nursery.children}
        plain = Side(bare_page, bare, ids["bare"], ids["PostgreSQL"])
        wanted = [page for page in site.pages if all(word in page.name for word in arguments.only)]
        rows = {
            page.name: _row(
                Side(page, ours, ids["site"], ids["PostgreSQL"]),
                plain,
                rounds=arguments.rounds,
                seconds=arguments.seconds,
            )
            for page in wanted
        }
        if rows.keys() >= capacity.MIX.keys():
            workers = capacity.memory(ids["site"])
            measured = {name: row.pages_a_second for name, row in rows.items()}
            print(*capacity.lines(measured, cores=WORKERS, workers=workers), sep="\n", flush=True)
        return 0 if all(row.met for row in rows.values()) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mentors", type=int, default=5_000)
    parser.add_argument("--mentees", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3, help="how often each page takes its turn with the bare one")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long a turn lasts")
    parser.add_argument("--only", nargs="*", default=[], help="words that the names of the pages hold")
    return parser.parse_args()


BARE_DATABASE = "bare"
WITH_A_SESSION = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
user = User.objects.create_user("somebody", "somebody@bench.internal", "a long password")
Group.objects.bulk_create(Group(name=f"Group {number}") for number in range(20))
store = SessionStore()
store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
store.save()
print(store.session_key)
"""


def _bare(database: str, site: Mapping[str, str]) -> tuple[Page, dict[str, str]]:
    """The bare page and the environment it is served in, with a database of its own on the same server."""
    import psycopg

    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {BARE_DATABASE}")
    own = database.replace("/app?", f"/{BARE_DATABASE}?")
    environment = {**site, "DATABASE_URL": own, "DJANGO_SETTINGS_MODULE": "benchmarks.pages.bare.settings"}
    python(environment, "-m", "django", "migrate", "--verbosity", "0")
    key = python(environment, "-m", "django", "shell", "--no-imports", "--command", WITH_A_SESSION).split()[-1]
    return Page("bare", "/page/", f"sessionid={key}", "Group 19"), environment


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one page, and whether its ratio to the bare page is as demanded."""

    pages_a_second: float
    met: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """How many pages one side gave in its turn, in how many seconds, and what they cost."""

    pages: int
    seconds: float
    spent: Spent

    @property
    def pages_a_second(self) -> float:
        return self.pages / self.seconds


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that take turns: its page, where it is served, and the processes it is served by."""

    page: Page
    at: Path
    web: int
    database: int

    def turn(self, seconds: float) -> Turn:
        """Ask for the page for so long."""
        before = Spent.so_far(self.web, self.database)
        pages, took = ask(self.at, self.page, connections=CONNECTIONS, seconds=seconds)
        return Turn(pages, took, Spent.so_far(self.web, self.database) - before)


def _row(ours: Side, bare: Side, *, rounds: int, seconds: float) -> Row:
    """Measure one page in turn with the bare one, and print its row."""
    body = b""
    for _ in range(2 * WORKERS * THREADS):  # every worker has seen it once
        body = check(ours.at, ours.page)
        check(bare.at, bare.page)
    turns = [(bare.turn(seconds), ours.turn(seconds)) for _ in range(rounds)]
    ratio = statistics.median(own.pages_a_second / plain.pages_a_second for plain, own in turns)
    name = ours.page.name
    least = next(demand for words, demand in DEMANDS.items() if name.startswith(words))
    plain, own = (_middle(side) for side in zip(*turns, strict=True))
    print(f"{name}: {own}; the bare page: {plain}; {len(body) / 1024:.0f} KiB", flush=True)
    print(f"RATIO {name!r} {ratio:.2f} >={least}", flush=True)
    return Row(statistics.median(own.pages_a_second for _plain, own in turns), ratio >= least)


def _middle(turns: Sequence[Turn]) -> str:
    """The median of pages a second, and what a page cost over all turns."""
    rate = statistics.median(turn.pages_a_second for turn in turns)
    web, database = (
        1000 * sum(getattr(turn.spent, part) for turn in turns) / sum(turn.pages for turn in turns)
        for part in ("web", "database")
    )
    return f"{rate:.0f} a second, each {web:.1f} ms of Python and {database:.1f} ms of PostgreSQL"


if __name__ == "__main__":
    sys.exit(main())
