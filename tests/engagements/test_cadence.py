"""The days that follow from what a pair agreed on, weekends and holidays not yet considered."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils.translation import override

from engagements.cadence import LAST, OFFERED, Cadence, Unit
from tests.engagements import stories

TUESDAY = 1
START = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("cadence", "start", "end", "expected"),
    [
        pytest.param(Cadence.weeks(4), START, date(2026, 4, 8), ["2026-04-07"], id="four weeks"),
        pytest.param(Cadence.weeks(4), START, date(2026, 4, 7), [], id="never on the end itself"),
        pytest.param(Cadence.weeks(1), START, date(2026, 3, 1), [], id="an end behind the start"),
        pytest.param(Cadence.weeks(1), START, date(2026, 3, 25), ["2026-03-17", "2026-03-24"], id="every week"),
        pytest.param(Cadence.weeks(2), START, date(2026, 4, 8), ["2026-03-24", "2026-04-07"], id="every two weeks"),
        pytest.param(
            Cadence(Unit.MONTH, 1),
            date(2026, 1, 31),
            date(2026, 5, 1),
            ["2026-02-28", "2026-03-31", "2026-04-30"],
            id="the 31st stays the 31st where there is one",
        ),
        pytest.param(
            Cadence(Unit.MONTH, 1), date(2028, 1, 30), date(2028, 3, 31), ["2028-02-29", "2028-03-30"], id="leap day"
        ),
        pytest.param(
            Cadence(Unit.MONTH, 2), date(2026, 10, 15), date(2027, 3, 1), ["2026-12-15", "2027-02-15"], id="year end"
        ),
        pytest.param(
            Cadence(Unit.MONTH, 3), START, date(2027, 1, 1), ["2026-06-10", "2026-09-10", "2026-12-10"], id="quarterly"
        ),
        pytest.param(
            Cadence(Unit.MONTH, 1, 3, TUESDAY),
            START,
            date(2026, 6, 30),
            ["2026-04-21", "2026-05-19", "2026-06-16"],
            id="third Tuesday",
        ),
        pytest.param(
            Cadence(Unit.MONTH, 1, LAST, TUESDAY),
            START,
            date(2026, 7, 1),
            ["2026-04-28", "2026-05-26", "2026-06-30"],
            id="last Tuesday, the fourth or the fifth",
        ),
        pytest.param(
            Cadence(Unit.MONTH, 1, 1, 2), date(2026, 3, 31), date(2026, 5, 31), ["2026-05-06"], id="not next morning"
        ),
        pytest.param(
            Cadence(Unit.MEETING, 8), START, date(2026, 7, 1), ["2026-05-05", "2026-06-30"], id="without a meeting"
        ),
    ],
)
def test_the_days_of_the_rounds(cadence, start, end, expected):
    assert [day.isoformat() for day in cadence.days(start, end)] == expected


@pytest.mark.parametrize(
    ("cadence", "words"),
    [
        (Cadence.weeks(1), "Every week"),
        (Cadence.weeks(2), "Every 2 weeks"),
        (Cadence(Unit.MONTH, 1), "Every month"),
        (Cadence(Unit.MONTH, 3, LAST, 4), "Every 3 months, on the last Friday"),
        (Cadence(Unit.MEETING, 8), "After each meeting, and after 8 weeks without one"),
    ],
)
def test_as_people_say_it(cadence, words):
    with override("en-gb"):
        assert str(cadence) == words


@pytest.mark.parametrize("cadence", [*OFFERED, Cadence(Unit.MONTH, 2, 3, TUESDAY)])
def test_written_down_and_read_again(cadence):
    assert Cadence.read(cadence.code, cadence.day) == cadence


@pytest.mark.parametrize(("code", "day"), [("often", ""), ("year-1", ""), ("week-x", ""), ("month-1", "third")])
def test_what_is_no_cadence_is_refused(code, day):
    with pytest.raises(ValueError, match=r".+"):
        Cadence.read(code, day)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cadence", [Cadence(Unit.WEEK, 4, 1, 1), Cadence(Unit.MONTH, 1, 6, 1), Cadence(Unit.MONTH, 1, 1, None)]
)
def test_the_database_keeps_a_day_of_the_month_to_months(cadence):
    agreement = stories.active().agreements.get()
    agreement.pk, agreement.version, agreement.cadence = uuid4(), 2, cadence
    with pytest.raises(IntegrityError, match="agreement_day_goes_with_months"):
        agreement.save(force_insert=True)
