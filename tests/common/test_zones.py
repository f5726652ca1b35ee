"""Every zone is read by one function, which never fails."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from common import zones

ROOT = Path(__file__).parents[2]
APPS = ("common", "outbox", "accounts", "cohorts", "matching", "engagements", "mentorship")
# The engine knows none of our apps and refuses what it does not know; whoever makes cards gives it known names only.
MAY_READ_ZONES = {"common/zones.py", "matching/engine/facts/slots.py"}


def test_no_zone_is_read_past_the_one_function() -> None:
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    reading = {str(path.relative_to(ROOT)) for path in files if re.search(r"\bZoneInfo\(", path.read_text())}
    assert reading == MAY_READ_ZONES


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", None, "../../etc/passwd", "Europe", "a\x00b", "x" * 64, "tzdata.zi"]
)
def test_a_name_that_nobody_knows_is_read_as_utc(name: str | None) -> None:
    assert str(zones.zone_named(name)) == "UTC"
    assert not zones.is_known(name)


@pytest.mark.parametrize(
    ("country", "read"), [("CH", "Europe/Zurich"), ("JP", "Asia/Tokyo"), ("US", "UTC"), ("", "UTC")]
)
def test_the_zone_of_a_country_stands_in_where_it_has_one_only(country: str, read: str) -> None:
    assert zones.known_name("Europe/Nowhere", country) == read


def test_what_stands_in_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    zones.known_name.cache_clear()
    with caplog.at_level(logging.ERROR, "common.zones"):
        for _time in range(3):
            zones.known_name("Europe/Nowhere")
            zones.known_name("Europe/Paris")
    assert [(record.zone, record.instead) for record in caplog.records] == [("Europe/Nowhere", "UTC")]


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("US/Pacific", "America/Los_Angeles"),
        ("America/Knox_IN", "America/Indiana/Knox"),
        ("Europe/Oslo", "Europe/Oslo"),  # a link to Berlin in the data, and a place of its own all the same
        ("Nowhere/At_All", "Nowhere/At_All"),
    ],
)
def test_a_place_goes_by_the_name_it_has_today(old: str, today: str) -> None:
    assert zones.folded(old) == today


def test_a_name_that_the_machine_has_dropped_or_has_not_got_yet_is_read_by_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for gone, other in (("Asia/Calcutta", "Asia/Kolkata"), ("Asia/Kolkata", "Asia/Calcutta")):
        zones.known_name.cache_clear()
        monkeypatch.setattr(zones, "is_known", lambda name, gone=gone: bool(name) and name != gone)
        assert zones.known_name(gone) == other
    zones.known_name.cache_clear()


def test_zones_are_places_each_under_one_name() -> None:
    names = zones.of_places()
    assert names[0] == "UTC"
    assert {"Europe/London", "Asia/Kolkata", "Europe/Kyiv"} <= set(names)
    assert not {"Asia/Calcutta", "Europe/Kiev", "US/Pacific", "America/Knox_IN", "Etc/GMT+3"} & set(names)


def test_one_place_of_each_clock_of_a_country_is_offered() -> None:
    names = set(zones.listed(2026))
    assert {"America/New_York", "America/Toronto", "Australia/Sydney", "Europe/Madrid", "Atlantic/Canary"} <= names
    assert not {"America/Indiana/Knox", "America/Detroit", "Australia/Melbourne", "Africa/Ceuta"} & names
    assert not [name for name in names if name.startswith(("Antarctica/", "Etc/", "US/"))]


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("America/Detroit", "America/New_York", True),
        ("Europe/Berlin", "Africa/Lagos", False),  # in winter alone
        ("Asia/Calcutta", "Asia/Kolkata", True),
    ],
)
def test_clocks_agree_all_year_or_not(one: str, other: str, agree: bool) -> None:
    assert zones.agree(one, other, 2026) is agree


@pytest.mark.parametrize(
    ("country", "zone"),
    [("DE", "Europe/Berlin"), ("AR", "America/Argentina/Buenos_Aires"), ("US", ""), ("", ""), ("zz", "")],
)
def test_a_country_of_one_clock_has_a_zone(country: str, zone: str) -> None:
    assert zones.zone_of_country(country, 2026) == zone


@pytest.mark.parametrize(("name", "country"), [("Asia/Calcutta", "IN"), ("Europe/Zurich", "CH"), ("UTC", "")])
def test_a_zone_lies_in_a_country(name: str, country: str) -> None:
    assert zones.country_of(name) == country


@pytest.fixture
def no_tables_beside_the_zones(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    tables = (zones._countries, zones._links, zones.of_places, zones.known_name)
    monkeypatch.setattr(zones, "TZPATH", (str(tmp_path),))
    for table in tables:
        table.cache_clear()
    yield
    for table in tables:
        table.cache_clear()


@pytest.mark.usefixtures("no_tables_beside_the_zones")
def test_the_tables_of_the_package_do_as_well() -> None:
    assert zones.folded("Asia/Calcutta") == "Asia/Kolkata"
    assert zones.country_of("Europe/Zurich") == "CH"


@pytest.mark.usefixtures("no_tables_beside_the_zones")
def test_without_any_tables_zones_are_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(package: str) -> NoReturn:
        raise ModuleNotFoundError(package)

    monkeypatch.setattr(zones.resources, "files", none)
    assert zones.folded("Asia/Calcutta") == "Asia/Calcutta"
    assert "Europe/London" in zones.of_places()
    assert zones.known_name("Europe/Nowhere", "CH") == "UTC"
