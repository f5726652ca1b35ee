"""How days are said."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from common.dates import long_day, moment, short_day


@pytest.mark.parametrize(
    ("say", "value", "expected"),
    [
        (long_day, date(2026, 4, 7), "Tuesday 7 April"),
        (long_day, date(2027, 4, 7), "Wednesday 7 April 2027"),
        (short_day, date(2026, 4, 7), "7 April"),
        (short_day, date(2025, 12, 31), "31 December 2025"),
        (moment, datetime(2026, 4, 7, 20, 30, tzinfo=UTC), "Wednesday 8 April, 08:30"),
    ],
)
def test_in_the_readers_zone_with_the_year_only_when_it_is_another(clock, say, value, expected):
    with timezone.override("Pacific/Auckland"):
        assert say(value) == expected
