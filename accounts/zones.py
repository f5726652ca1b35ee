"""Time zones as a choice: by continent, places as people write them."""

from functools import lru_cache

from common import zones


@lru_cache(maxsize=1)
def grouped() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Every zone that is a place, and UTC, for a select."""
    groups: dict[str, list[tuple[str, str]]] = {zones.UTC_NAME: [(zones.UTC_NAME, zones.UTC_NAME)]}
    for name in zones.of_places()[1:]:
        continent, _slash, place = name.partition("/")
        groups.setdefault(continent, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return tuple((continent, tuple(places)) for continent, places in groups.items())
