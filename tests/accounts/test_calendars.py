from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from accounts.calendars import PersonCalendar, calendar_with_absences, coming_morning, morning
from accounts.models import Leave, Profile
from engagements.reminder_times import reminders, silent_at
from tests import people

LONDON = PersonCalendar("GB", "Europe/London")
GERMANY = PersonCalendar("DE", "Europe/Berlin")


@pytest.mark.parametrize(
    ("day", "where", "expected"),
    [
        pytest.param(date(2026, 3, 10), LONDON, datetime(2026, 3, 10, 9, tzinfo=UTC), id="a working day in winter"),
        pytest.param(date(2026, 7, 7), LONDON, datetime(2026, 7, 7, 8, tzinfo=UTC), id="summer time"),
        pytest.param(date(2026, 3, 14), LONDON, datetime(2026, 3, 16, 9, tzinfo=UTC), id="Saturday to Monday"),
        pytest.param(
            date(2026, 12, 25),
            LONDON,
            datetime(2026, 12, 29, 9, tzinfo=UTC),
            id="Christmas, moved Boxing Day",
        ),
        pytest.param(
            date(2026, 3, 13),
            PersonCalendar("AE", "Asia/Dubai"),
            datetime(2026, 3, 13, 5, tzinfo=UTC),
            id="Friday in Dubai",
        ),
        pytest.param(
            date(2026, 4, 3),
            PersonCalendar("SA", "Asia/Riyadh"),
            datetime(2026, 4, 5, 6, tzinfo=UTC),
            id="Sunday works in Riyadh",
        ),
        pytest.param(
            date(2026, 3, 10), PersonCalendar("", "UTC"), datetime(2026, 3, 10, 9, tzinfo=UTC), id="no country"
        ),
    ],
)
def test_falls_on_nine_in_the_morning_of_a_working_day(day, where, expected):
    assert morning(day, where) == expected


def test_a_regions_holidays_are_passed_over():
    bavaria = PersonCalendar("DE", "Europe/Berlin", region="BY")
    assert morning(date(2027, 1, 6), bavaria).date() == date(2027, 1, 7)
    assert morning(date(2027, 1, 6), GERMANY).date() == date(2027, 1, 6)


def test_days_away_are_passed_over_even_when_leaves_touch():
    away = PersonCalendar(
        "GB", "Europe/London", ((date(2026, 3, 9), date(2026, 3, 12)), (date(2026, 3, 13), date(2026, 3, 20)))
    )
    assert morning(date(2026, 3, 10), away) == datetime(2026, 3, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        pytest.param(date(2026, 3, 3), date(2026, 3, 6), date(2026, 3, 10), id="three and seven days on"),
        pytest.param(date(2026, 3, 12), date(2026, 3, 16), date(2026, 3, 19), id="never on a weekend"),
        pytest.param(date(2026, 3, 31), date(2026, 4, 7), date(2026, 4, 9), id="after Easter, two days apart"),
    ],
)
def test_reminded_twice(day, first, last):
    found = tuple(at.astimezone(ZoneInfo("Europe/Berlin")) for at in reminders(day, GERMANY))
    assert [at.date() for at in found] == [first, last]
    assert {at.time() for at in found} == {time(9)}


def test_the_clock_change_between_due_and_reminded_keeps_the_morning():
    # The Friday before summer time begins.
    assert reminders(date(2026, 3, 27), LONDON)[0] == datetime(2026, 3, 30, 8, tzinfo=UTC)


def test_silence_is_a_concern_a_week_after_the_last_word():
    assert silent_at(date(2026, 3, 10), LONDON) == datetime(2026, 3, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 10, 9, tzinfo=UTC), id="still ahead"),
        pytest.param(datetime(2026, 3, 10, 9, tzinfo=UTC), datetime(2026, 3, 11, 9, tzinfo=UTC), id="just passed"),
        pytest.param(datetime(2026, 3, 12, 8, tzinfo=UTC), datetime(2026, 3, 12, 9, tzinfo=UTC), id="early morning"),
        pytest.param(datetime(2026, 3, 13, 22, tzinfo=UTC), datetime(2026, 3, 16, 9, tzinfo=UTC), id="Friday night"),
    ],
)
def test_what_has_passed_comes_on_the_next_morning(now, expected):
    assert coming_morning(date(2026, 3, 10), LONDON, now) == expected


@pytest.mark.django_db
def test_whereabouts_of_a_person():
    someone = people.person(country="DE", region="BY", zone="Europe/Berlin")
    Leave.objects.create(person=someone, starts_on=date(2026, 3, 9), ends_on=date(2026, 3, 12))
    assert calendar_with_absences(someone) == PersonCalendar(
        "DE", "Europe/Berlin", ((date(2026, 3, 9), date(2026, 3, 12)),), region="BY"
    )


@pytest.mark.django_db
def test_whereabouts_without_a_profile():
    someone = people.person()
    Profile.objects.filter(person=someone).delete()
    someone = type(someone).objects.get(pk=someone.pk)
    assert calendar_with_absences(someone) == PersonCalendar("", "UTC")
