"""Working days of countries, and moments on the wall across changes of the clock."""

from datetime import UTC, date, datetime, time

import pytest

from common.cldr import countries
from common.working_days import add_working_days, is_working_day, moment, on_or_after, regions

SATURDAY = date(2026, 11, 21)
MONDAY = date(2026, 11, 23)


def test_weekends_and_holidays_are_each_countrys_own():
    assert not is_working_day(SATURDAY, "GB")
    assert is_working_day(MONDAY, "GB")
    assert not is_working_day(date(2026, 11, 27), "SA"), "a Friday in Riyadh"
    assert is_working_day(date(2026, 11, 29), "SA"), "a Sunday in Riyadh"
    assert not is_working_day(date(2026, 12, 25), "GB")
    assert not is_working_day(date(2026, 11, 26), "US"), "Thanksgiving"


@pytest.mark.parametrize(
    ("country", "region", "day"),
    [
        ("DE", "BY", date(2027, 1, 6)),  # Epiphany in Bavaria
        ("GB", "SCT", date(2026, 11, 30)),  # Saint Andrew's Day in Scotland
        ("CA", "QC", date(2026, 6, 24)),  # Saint John the Baptist's Day in Québec
    ],
)
def test_a_regions_holidays_are_days_off_there_alone(country, region, day):
    assert not is_working_day(day, country, region)
    assert is_working_day(day, country)
    assert is_working_day(day, country, "zz"), "an unknown region counts as not said"
    assert not is_working_day(date(2026, 12, 25), country, "zz")
    assert on_or_after(day, country, region) > day
    assert add_working_days(day, 1, country, region) > day


@pytest.mark.parametrize(
    ("country", "code", "name"),
    [("DE", "BY", "Bayern"), ("GB", "SCT", "Scotland"), ("CA", "QC", "Quebec"), ("FR", "971", "Guadeloupe")],
)
def test_regions_have_names(country, code, name):
    assert dict(regions(country))[code] == name


def test_a_country_without_regions_has_none():
    assert regions("SE") == regions("zz") == regions("") == ()


def test_every_region_of_every_country_can_be_read_and_fits_its_column():
    for country, _name in countries():
        for code, name in regions(country):
            assert 0 < len(code) <= 20
            assert name


@pytest.mark.parametrize(("day", "worked"), [(MONDAY, True), (SATURDAY, False)])
def test_a_country_without_a_calendar_works_monday_to_friday(day, worked):
    assert is_working_day(day, "ZZ") is worked


def test_the_first_working_day_not_before():
    assert on_or_after(MONDAY, "GB") == MONDAY
    assert on_or_after(SATURDAY, "GB") == MONDAY


def test_working_days_are_counted_after_the_day():
    assert add_working_days(MONDAY, 0, "GB") == MONDAY
    assert add_working_days(MONDAY, 5, "GB") == date(2026, 11, 30)
    assert add_working_days(date(2026, 12, 24), 1, "GB") == date(2026, 12, 29), "Christmas and its substitute"


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc"),
    [
        ("Europe/London", date(2026, 3, 28), time(9), datetime(2026, 3, 28, 9, tzinfo=UTC)),
        ("Europe/London", date(2026, 3, 29), time(9), datetime(2026, 3, 29, 8, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), time(9), datetime(2026, 11, 1, 14, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(9), datetime(2026, 10, 3, 22, tzinfo=UTC)),
        ("Asia/Kolkata", date(2026, 6, 1), time(9), datetime(2026, 6, 1, 3, 30, tzinfo=UTC)),
    ],
)
def test_nine_is_nine_on_the_wall_before_and_after_a_change(zone, day, wall, utc):
    assert moment(day, wall, zone) == utc


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        ("Australia/Sydney", date(2026, 10, 4), time(2, 30), datetime(2026, 10, 3, 16, 30, tzinfo=UTC)),
    ],
)
def test_a_time_that_is_skipped_comes_an_hour_later(zone, day, wall, utc):
    assert moment(day, wall, zone) == utc


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc"),
    [
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("Australia/Sydney", date(2026, 4, 5), time(2, 30), datetime(2026, 4, 4, 15, 30, tzinfo=UTC)),
    ],
)
def test_a_time_that_comes_twice_means_the_first(zone, day, wall, utc):
    assert moment(day, wall, zone) == utc
