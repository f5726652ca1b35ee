"""Names as CLDR has them, in the reader's language."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from common import cldr


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("HK", "Hong Kong"),
        ("IM", "Isle of Man"),
        ("CD", "DR Congo"),
        ("TR", "Türkiye"),
        ("CI", "Côte d’Ivoire"),
        ("BA", "Bosnia & Herzegovina"),
        ("zz", "zz"),
        ("", ""),
    ],
)
def test_countries_have_the_names_people_use(code: str, name: str) -> None:
    assert cldr.country_name(code) == name


def test_countries_stand_by_name_without_regard_to_accents() -> None:
    names = [name for _code, name in cldr.countries()]
    assert len(names) >= 249
    assert names.index("Afghanistan") < names.index("Åland Islands") < names.index("Albania")
    assert not [name for name in names if len(name) < 4 or name.isupper()]


def test_names_are_in_the_readers_language() -> None:
    with translation.override("de"):
        assert cldr.country_name("DE") == "Deutschland"
        assert dict(cldr.countries())["AT"] == "Österreich"
        assert cldr.language_name("sv") == "Schwedisch"
        assert cldr.weekday(0) == "Montag"
        assert cldr.city("Europe/Vienna") == "Wien"
    assert cldr.country_name("DE") == "Germany"


def test_languages_are_those_that_are_spoken() -> None:
    names = dict(cldr.languages())
    assert len(names) > 150
    assert {"en", "cy", "uk", "yue", "fil", "no", "yo", "fa"} <= set(names)
    assert not {"nb", "nn", "sh", "io", "cu", "vo", "ae", "und"} & set(names)
    assert set(cldr.WIDELY_SPOKEN) <= set(names)
    assert max(map(len, names)) <= 3, "as the column holds"


@pytest.mark.parametrize(
    ("typed", "code"), [("Welsh", "cy"), (" wElsh ", "cy"), ("Maori", "mi"), ("Wlesh", "Wlesh"), ("cy", "cy")]
)
def test_a_language_is_found_by_its_name(typed: str, code: str) -> None:
    assert cldr.language_called(typed) == code


@pytest.mark.parametrize(
    ("country", "official"), [("CH", "rm"), ("ZA", "zu"), ("IN", "bn"), ("GB", "cy"), ("zz", "en"), ("", "en")]
)
def test_the_languages_of_a_country_are_among_the_usual_ones(country: str, official: str) -> None:
    assert official in cldr.usual_languages(country)
    assert len(cldr.usual_languages(country)) <= len(cldr.WIDELY_SPOKEN) + cldr.FOREMOST


@pytest.mark.parametrize(
    ("zone", "city"),
    [
        ("Europe/London", "London"),
        ("Asia/Calcutta", "Kolkata"),
        ("America/Argentina/Cordoba", "Córdoba"),
        ("America/Sao_Paulo", "São Paulo"),
        ("America/New_York", "New York"),
        ("UTC", "UTC"),
        ("Europe/Nowhere", "Nowhere"),
    ],
)
def test_zones_are_called_by_their_city(zone: str, city: str) -> None:
    assert cldr.city(zone) == city


def test_offsets_are_those_of_the_day() -> None:
    winter, summer = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
    assert [cldr.offset("Europe/London", at) for at in (winter, summer)] == ["UTC+00:00", "UTC+01:00"]
    assert cldr.offset("Asia/Kathmandu", winter) == "UTC+05:45"
    assert cldr.offset("America/St_Johns", winter) == "UTC-03:30"


def test_zones_stand_under_their_continents_each_once() -> None:
    groups = dict(cldr.zones())
    assert next(iter(groups)) == "UTC"
    assert not [group for group in groups if group.isdigit()]
    everything = [name for choices in groups.values() for _zone, name in choices]
    assert len(everything) == len(set(everything))
    assert [zone for zone, _name in dict(cldr.zones(also=["America/Detroit", "nowhere"]))["Americas"]].count(
        "America/Detroit"
    ) == 1


@pytest.mark.parametrize(
    ("country", "first"), [("GB", 0), ("US", 6), ("IL", 6), ("SA", 6), ("MV", 4), ("zz", 0), ("", 0)]
)
def test_weeks_begin_as_they_do_in_the_country(country: str, first: int) -> None:
    week = cldr.week_of(country)
    assert week[0] == first
    assert sorted(week) == list(range(7))
