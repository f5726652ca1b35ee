"""What is written into cells, and what it means."""

from datetime import date

import pytest

from cohorts.domain.imports import cells

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("2020-01-06", date(2020, 1, 6)),
        ("2020/1/6", date(2020, 1, 6)),
        ("2020-01-06 00:00:00", date(2020, 1, 6)),
        ("6.1.2020", date(2020, 1, 6)),
        ("31/12/2020", date(2020, 12, 31)),
        ("12/31/2020", date(2020, 12, 31)),
        ("5/5/2020", date(2020, 5, 5)),
        ("6 January 2020", date(2020, 1, 6)),
        ("43836", date(2020, 1, 6)),
    ],
)
def test_days(text: str, meaning: date) -> None:
    assert cells.day(text) == meaning


@pytest.mark.parametrize("text", ["2020", "31.2.2020", "spring", "13/13/2020", "2020-13-01", "1"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match="no day"):
        cells.day(text)


def test_a_day_that_may_be_two_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="2019-04-03 or 2019-03-04"):
        cells.day("03/04/2019")


@pytest.mark.parametrize("text", ["2026-03-11", "1939-12-31"])
def test_days_to_come_and_long_gone(text: str) -> None:
    with pytest.raises(ValueError, match="yet to come"):
        cells.past_day(lambda: TODAY)(text)


@pytest.mark.parametrize(
    "text", ["anna@example.org", "Anna Berg <Anna@Example.org>", "mailto:anna@example.org", "anna@example.org;"]
)
def test_addresses(text: str) -> None:
    assert cells.address(text) == "anna@example.org"


@pytest.mark.parametrize("text", ["anna", "anna@", "anna@example", "a b@example.org", f"{'a' * 250}@example.org"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"no e-mail address|too long"):
        cells.address(text)


@pytest.mark.parametrize(("text", "meaning"), [("2", 2), ("2.0", 2), ("12", 12)])
def test_whole_numbers(text: str, meaning: int) -> None:
    assert cells.Read(cells.whole_number(1, 12)).clean(f" {text} ") == meaning


@pytest.mark.parametrize("text", ["0", "13", "two", "1.5", "-1", "2 or 3"])
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(ValueError, match="from 1 to 12"):
        cells.whole_number(1, 12)(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("Germany", "DE"), ("de", "DE"), ("Deutschland", "DE"), ("España", "ES"), ("UK", "GB"), ("usa", "US")],
)
def test_countries(text: str, code: str) -> None:
    assert cells.country(text) == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("English, German", ("en", "de")),
        ("en;DE", ("en", "de")),
        ("Deutsch und Français", ("de", "fr")),
        ("English", ("en",)),
    ],
)
def test_languages(text: str, codes: tuple[str, ...]) -> None:
    assert cells.language_list(text) == codes


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("UTC", "UTC"),
    ],
)
def test_zones_are_cities(text: str, name: str) -> None:
    assert cells.zone(text) == name


@pytest.mark.parametrize(
    ("text", "part"),
    [("Berln", "Did you mean Europe/Berlin"), ("Germany", "Europe/Berlin"), ("GMT+1", "Write the city")],
)
def test_what_is_no_zone_says_what_may_be_meant(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        cells.zone(text)


@pytest.mark.parametrize("text", ["=A1", "#REF!", "#n/a"])
def test_formulas_and_errors_are_refused_in_every_column(text: str) -> None:
    with pytest.raises(ValueError, match=r"formula|error of the spreadsheet"):
        cells.Read(cells.line(80)).clean(text)


def test_former_names_with_their_last_day() -> None:
    read = cells.dated_name(lambda: TODAY)
    assert read("Windkraft Nord (2017-12-31)") == ("Windkraft Nord", date(2018, 1, 1))
    assert read("Windkraft Nord (until 31.12.2017)") == ("Windkraft Nord", date(2018, 1, 1))
    assert read("NW") == ("NW", None)
    with pytest.raises(ValueError, match="no day"):
        read("Windkraft (Nord)")
