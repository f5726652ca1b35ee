"""Time zones by their IANA names: which ones may be chosen."""

from functools import lru_cache
from zoneinfo import available_timezones

# Names that exist for old machines' sake, or that are no place.
NO_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/", "Brazil/", "Canada/", "Chile/", "Mexico/")


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Every zone that names a place, and UTC, in order."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(NO_PLACES))
    return ("UTC", *sorted(places))


@lru_cache(maxsize=1)
def grouped() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The same for a select: by continent, places as people write them."""
    groups: dict[str, list[tuple[str, str]]] = {"UTC": [("UTC", "UTC")]}
    for name in names()[1:]:
        continent, _slash, place = name.partition("/")
        groups.setdefault(continent, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return tuple((continent, tuple(places)) for continent, places in groups.items())
