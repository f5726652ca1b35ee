"""Time zones by their IANA names. Every name is read here, so that one which this machine does not know stops nobody.

Zones are a matter of the machine: another version of its data drops an old name, or does not have a new one yet.
Sources: `zone.tab` (the zones that are a place of a country) and the links of `tzdata.zi`, both beside the zones; the
best known place of each clock is CLDR's, by the package `babel`.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, available_timezones

from babel.core import get_global

UTC_NAME = "UTC"
OLD_NAME, NEW_NAME = 2, 1  # columns of a link in tzdata.zi: "L Asia/Kolkata Asia/Calcutta"

WEEKS = 2 * 52

Clock = tuple[timedelta | None, ...]

logger = logging.getLogger(__name__)


def zone_named(name: str | None, country: str = "") -> ZoneInfo:
    """The zone of that name; for one that this machine does not know, what stands in for it (`known_name`)."""
    return ZoneInfo(known_name(name, country))


@lru_cache(maxsize=4096)
def known_name(name: str | None, country: str = "") -> str:
    """A name that this machine knows: this one, another of the same place, that of the country (ISO 3166 alpha-2) if
    it has one zone only, or UTC. That something stands in for it is logged once a process.
    """
    if is_known(name):
        return str(name)
    instead = next(filter(is_known, _stand_ins(name or "", country)), UTC_NAME)
    logger.error("a time zone is unknown to this machine: another stands in", extra={"zone": name, "instead": instead})
    return instead


@lru_cache(maxsize=4096)
def is_known(name: str | None) -> bool:
    """Whether this machine knows a zone of that name."""
    try:
        ZoneInfo(name or "")
    except (KeyError, ValueError, OSError):
        return False
    return True


def folded(name: str) -> str:
    """The name by which a place goes today: "Asia/Kolkata" for "Asia/Calcutta". Others stay as they are."""
    today = name if name in _countries() else _links().get(name, name)
    return UTC_NAME if today == f"Etc/{UTC_NAME}" else today


def country_of(name: str) -> str:
    """The country (ISO 3166 alpha-2) that a zone lies in; empty where that is not known."""
    return _countries().get(folded(name), "")


@lru_cache(maxsize=1)
def of_places() -> tuple[str, ...]:
    """The zones that are a place of a country, and UTC, in order: each place once, under the name it has today."""
    places = _countries() or {name: "" for name in available_timezones() if "/" in name and not name.startswith("Etc/")}
    return (UTC_NAME, *sorted(filter(is_known, places)))


@lru_cache(maxsize=2)
def listed(year: int) -> tuple[str, ...]:
    """The zones one needs to choose from: of those in one country whose clocks agree that year and the next, one.

    That is each that is best known for its clock, or else the first. Stations in Antarctica are left out.
    """
    best_known = {folded(name) for name in get_global("windows_zone_mapping").values()}
    agreeing: dict[tuple[str, Clock], list[str]] = {}
    for name in filter(is_known, _countries() or of_places()):  # the first of a country is its largest place
        if not name.startswith("Antarctica/"):
            agreeing.setdefault((country_of(name), _clock(name, year)), []).append(name)
    chosen = (list(filter(best_known.__contains__, group)) or group[:1] for group in agreeing.values())
    return tuple(sorted(name for group in chosen for name in group))


def agree(one: str, other: str, year: int) -> bool:
    """Whether two zones show the same time all through that year and the next."""
    return _clock(one, year) == _clock(other, year)


def zone_of_country(country: str, year: int) -> str:
    """The zone of a country in which all clocks agree; empty for others."""
    theirs = [name for name in listed(year) if country and country_of(name) == country]
    return theirs[0] if len(theirs) == 1 else ""


@lru_cache(maxsize=1024)
def _clock(name: str, year: int) -> Clock:
    """What it shows more than UTC, every week."""
    zone, first = zone_named(name), datetime(year, 1, 1, tzinfo=UTC)
    return tuple((first + timedelta(weeks=week)).astimezone(zone).utcoffset() for week in range(WEEKS))


def _stand_ins(name: str, country: str) -> Iterator[str]:
    yield folded(name)
    yield from (old for old, new in _links().items() if new == name)
    theirs = [zone for zone, where in _countries().items() if where == country]
    yield from theirs if len(theirs) == 1 else ()


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """The country of each zone that is a place: lines "CH<tab>+4723+00832<tab>Europe/Zurich"."""
    lines = (line.split("\t") for line in _data("zone.tab").splitlines() if line[:1] not in ("", "#"))
    return {line[2].strip(): line[0] for line in lines}


@lru_cache(maxsize=1)
def _links() -> dict[str, str]:
    """Today's name of each old one."""
    words = (line.split() for line in _data("tzdata.zi").splitlines() if line.startswith("L "))
    links = {link[OLD_NAME]: link[NEW_NAME] for link in words}
    return {old: links.get(new, new) for old, new in links.items()}


def _data(file: str) -> str:
    """A table beside the zones: the machine's, or that of the package `tzdata`; empty without either."""
    beside = [Path(folder, file) for folder in TZPATH]
    found = next((path for path in beside if path.is_file()), None)
    if found is None:
        try:
            found = Path(str(resources.files("tzdata.zoneinfo") / file))
        except ModuleNotFoundError:
            return ""
    return found.read_text() if found.is_file() else ""
