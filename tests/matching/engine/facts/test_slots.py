from datetime import date, time
from typing import Any

import pytest

from matching.engine import SlotsError, shared_half_hours, usual_hours, weekly_slots

NINE, SIX = time(9), time(18)
SUMMER, WINTER = date(2026, 7, 1), date(2026, 12, 2)


def moments(week: int) -> set[tuple[int, int, int]]:
    """(weekday, hour, minute), all UTC."""
    return {(slot // 48, slot % 48 // 2, slot % 2 * 30) for slot in range(336) if week >> slot & 1}


def test_office_hours_in_utc() -> None:
    week = moments(weekly_slots("UTC", NINE, SIX, WINTER))

    assert week == {(day, hour, half) for day in range(5) for hour in range(9, 18) for half in (0, 30)}


def test_the_same_clock_hours_move_in_utc_with_summer_time() -> None:
    winter, summer = (moments(weekly_slots("Europe/Berlin", NINE, SIX, day)) for day in (WINTER, SUMMER))

    assert min(winter) == (0, 8, 0)
    assert min(summer) == (0, 7, 0)
    assert len(winter) == len(summer) == 5 * 18


def test_transatlantic_overlap_widens_between_the_two_clock_changes() -> None:
    def overlap(day: date) -> int:
        zones = ("America/New_York", "Europe/London")
        new_york, london = (weekly_slots(zone, NINE, SIX, day) for zone in zones)
        return shared_half_hours(new_york, london)

    assert overlap(date(2026, 3, 4)) == 5 * 8  # five hours apart
    assert overlap(date(2026, 3, 18)) == 5 * 10  # America has changed, Europe has not
    assert overlap(date(2026, 4, 1)) == 5 * 8


@pytest.mark.parametrize(
    ("day", "sunday_half_hours"),
    [(date(2026, 3, 29), 46), (date(2026, 10, 25), 50), (date(2026, 6, 14), 48)],
)
def test_a_sunday_of_a_clock_change_is_an_hour_shorter_or_longer(day: date, sunday_half_hours: int) -> None:
    week = moments(weekly_slots("Europe/Berlin", time(0), time(0), day, weekdays={6}))

    assert len(week) == sunday_half_hours


def test_the_week_change_within_one_week() -> None:
    # Sydney's clocks go forward on Sunday 4 October 2026: its nine o'clock comes an hour earlier in UTC.
    week = moments(weekly_slots("Australia/Sydney", NINE, SIX, date(2026, 10, 4), weekdays={5, 6}))

    assert min(moment for moment in week if moment[0] == 4) == (4, 23, 0)  # Saturday 09:00 at +10
    assert min(moment for moment in week if moment[0] == 5 and moment[1] > 12) == (
        5,
        22,
        0,
    )  # Sunday, +11


def test_zones_east_wrap_into_the_week() -> None:
    week = moments(weekly_slots("Pacific/Auckland", NINE, SIX, SUMMER))

    assert (6, 21, 0) in week  # Monday 09:00 there
    assert len(week) == 5 * 18


def test_a_zone_at_a_quarter_past_loses_the_edges() -> None:
    week = moments(weekly_slots("Asia/Kathmandu", NINE, SIX, SUMMER, weekdays={0}))

    assert min(week) == (0, 3, 30)  # 09:15 there; 03:00 UTC would be 08:45
    assert max(week) == (0, 11, 30)  # 17:15–17:45 there
    assert len(week) == 17


def test_every_day_of_the_week_names_the_same_week() -> None:
    days = [date(2026, 11, 23 + offset) for offset in range(7)]

    assert len({weekly_slots("Europe/Stockholm", NINE, SIX, day) for day in days}) == 1


@pytest.mark.parametrize(("starts", "ends", "hours"), [(16, 0, 8), (22, 6, 8), (18, 9, 15), (0, 0, 24)])
def test_hours_may_end_after_midnight(starts: int, ends: int, hours: int) -> None:
    week = weekly_slots("UTC", time(starts), time(ends), WINTER, weekdays=[0])
    assert week.bit_count() == 2 * hours
    assert [slot for slot in range(7 * 48) if week >> slot & 1] == list(range(2 * starts, 2 * (starts + hours)))


def test_a_night_that_begins_on_sunday_ends_on_monday() -> None:
    assert weekly_slots("UTC", time(22), time(6), WINTER, weekdays=[6]) == (0b1111 << 332) | (1 << 12) - 1


def test_no_working_days_no_hours() -> None:
    assert weekly_slots("UTC", NINE, SIX, WINTER, weekdays=()) == 0


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("Mars/Olympus", NINE, SIX), "zone"),
        (("", NINE, SIX), "zone"),
        (("../etc", NINE, SIX), "zone"),
        (("UTC", NINE, NINE), "ends"),
    ],
)
def test_impossible_hours_name_the_offender(arguments: tuple[str, time, time], field: str) -> None:
    with pytest.raises(SlotsError) as caught:
        weekly_slots(*arguments, WINTER)

    assert caught.value.field == field


def test_impossible_weekday() -> None:
    with pytest.raises(SlotsError) as caught:
        weekly_slots("UTC", NINE, SIX, WINTER, weekdays={7})

    assert caught.value.field == "weekdays"


@pytest.mark.parametrize(
    ("theirs", "mine", "shared"),
    [
        (("Europe/London", time(9), time(18)), ("Europe/London", time(9), time(18)), (time(9), time(18))),
        (("America/New_York", time(8), time(17)), ("Europe/London", time(9), time(18)), (time(12), time(18))),
        (("Asia/Tokyo", time(9), time(17)), ("Europe/London", time(9), time(18)), None),
        (("UTC", time(0), time(0)), ("UTC", time(20), time(0)), (time(20), time(0))),
        (("UTC", time(0), time(0)), ("UTC", time(0), time(0)), (time(0), time(0))),
        (("UTC", time(16), time(0)), ("UTC", time(22), time(6)), (time(22), time(0))),
        (("UTC", time(21), time(5)), ("UTC", time(22), time(6)), (time(22), time(5))),
        (("Asia/Tokyo", time(6), time(15)), ("Europe/London", time(20), time(4)), (time(21), time(4))),
    ],
)
def test_usual_hours_are_those_of_the_reader_s_own_clock(theirs: Any, mine: Any, shared: Any) -> None:
    in_march = date(2026, 3, 10)  # New York's clock has changed, London's has not
    week = weekly_slots(*theirs, week_of=in_march) & weekly_slots(*mine, week_of=in_march)

    assert usual_hours(week, mine[0], in_march) == shared


@pytest.mark.parametrize(
    ("days", "other_days", "shared"),
    [
        ((0, 1, 2, 3, 4), (0, 1, 2, 3, 4), 5 * 8),
        ((6, 0, 1, 2, 3), (0, 1, 2, 3, 4), 4 * 8),  # Sunday's night against Monday's
        ((6,), (0,), 0),
        ((4,), (4,), 8),  # Friday's night ends on a Saturday that nobody works
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(days: Any, other_days: Any, shared: int) -> None:
    one, other = (weekly_slots("UTC", time(22), time(6), WINTER, weekdays=each) for each in (days, other_days))
    assert shared_half_hours(one, other) / 2 == shared


def test_a_night_is_shared_with_the_day_elsewhere_and_shrinks_with_the_clock_change() -> None:
    """Tokyo's office hours, 00:00 to 08:00 UTC, and a night in London: six hours in winter, five in summer."""
    for week_of, hours in ((date(2026, 1, 14), 6), (date(2026, 7, 15), 5)):
        night = weekly_slots("Europe/London", time(22), time(6), week_of)
        office = weekly_slots("Asia/Tokyo", time(9), time(17), week_of)
        assert shared_half_hours(night, office) / 2 == 4 * hours  # Friday's night is Tokyo's Saturday


def test_hours_of_two_days_are_not_usual() -> None:
    week = weekly_slots("UTC", time(9), time(12), date(2026, 3, 10), weekdays=(0, 1))

    assert usual_hours(week, "UTC", date(2026, 3, 10)) is None
