"""Times suggested for a meeting: within the hours and days of both, wherever they are."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Leave, Profile, QuietPeriod
from engagements.domain import meetings
from engagements.domain.meeting_times import suggest
from tests.engagements import stories

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-03-02T09:00+00:00")


@pytest.fixture(scope="module")
def kept(module_db):
    return stories.active(now=NOW)


@pytest.fixture
def pairing(kept, db):
    return type(kept).objects.select_related("mentee__profile", "mentor__profile").get(pk=kept.pk)


def live(person, zone, country="", starts=9, ends=18, **words):
    Profile.objects.filter(person=person).update(
        zone=zone, country=country, work_starts=time(starts), work_ends=time(ends), **words
    )
    person.profile.refresh_from_db()


def suggested(pairing, minutes=60, now=NOW):
    return suggest(pairing=pairing, user=pairing.mentee, minutes=minutes, now=now)


def there(found, zone):
    return [at.astimezone(ZoneInfo(zone)) for at in found.times]


@pytest.mark.parametrize(
    ("one", "other", "outside"),
    [
        ("Europe/London", "America/New_York", 0),
        ("Europe/London", "Asia/Kathmandu", 0),
        ("America/New_York", "Asia/Kathmandu", 1),
        ("Europe/London", "Pacific/Apia", 2),
        ("Australia/Sydney", "Europe/London", 2),
    ],
)
def test_within_both_working_hours_or_as_little_outside_as_can_be(pairing, one, other, outside):
    live(pairing.mentee, one)
    live(pairing.mentor, other)
    found = suggested(pairing)
    assert (found.hours_outside, len(found.times)) == (outside, 6)
    for zone in (one, other):
        for at in there(found, zone):
            begins = at.hour * 60 + at.minute
            assert (9 - outside) * 60 <= begins <= (18 + outside - 1) * 60, (zone, at)
            assert at.weekday() < 5
            assert at.date() > NOW.astimezone(ZoneInfo(zone)).date()


def test_one_on_each_day_of_the_reader_in_order(pairing):
    live(pairing.mentee, "Europe/London")
    live(pairing.mentor, "Europe/London")
    found = suggested(pairing)
    days = [at.date() for at in there(found, "Europe/London")]
    assert days == sorted(set(days))
    assert {at.minute for at in found.times} == {0}


def test_holidays_leave_and_quiet_days_of_either_are_passed_over(pairing):
    live(pairing.mentee, "Europe/London", "GB")
    live(pairing.mentor, "Europe/Berlin", "DE")
    now = datetime.fromisoformat("2026-03-31T09:00+00:00")
    easter = {date(2026, 4, 3), date(2026, 4, 6)}  # Good Friday and Easter Monday
    QuietPeriod.objects.create(person=pairing.mentor, starts_on=date(2026, 4, 7), ends_on=date(2026, 4, 7))
    Leave.objects.create(person=pairing.mentee, starts_on=date(2026, 4, 8), ends_on=date(2026, 4, 9))
    days = [at.date() for at in suggested(pairing, now=now).times]
    assert not easter & set(days)
    assert days[:3] == [date(2026, 4, 1), date(2026, 4, 2), date(2026, 4, 10)]


def test_fridays_and_saturdays_are_the_weekend_in_saudi_arabia(pairing):
    live(pairing.mentee, "Asia/Riyadh", "SA")
    live(pairing.mentor, "Europe/London", "GB")
    assert {at.weekday() for at in there(suggested(pairing), "Asia/Riyadh")} <= {0, 1, 2, 3}


def test_what_either_has_agreed_on_is_not_suggested_again(pairing):
    live(pairing.mentee, "Europe/London", starts=9, ends=10)
    live(pairing.mentor, "Europe/London")
    first = suggested(pairing).times[0]
    meeting = meetings.propose(pairing=pairing, user=pairing.mentee, times=[first], minutes=60, now=NOW)
    meetings.accept(meeting=meeting, user=pairing.mentor, starts_at=first, now=NOW)
    assert suggested(pairing).times[0] == first + timedelta(days=1)


def test_working_hours_past_midnight_count(pairing):
    live(pairing.mentee, "Europe/London", starts=20, ends=2)
    live(pairing.mentor, "Europe/London", starts=21, ends=3)
    assert {at.hour for at in there(suggested(pairing), "Europe/London")} <= {21, 22, 23, 0, 1}


def test_the_hours_of_the_very_week_count_when_clocks_change(pairing):
    live(pairing.mentee, "Europe/London", starts=13, ends=14)
    live(pairing.mentor, "America/New_York", starts=9, ends=10)  # 13:00 in London for two weeks in March, else 14:00
    assert {at.date() for at in suggested(pairing).times} <= {date(2026, 3, day) for day in range(9, 28)}
    assert suggested(pairing).hours_outside == 0


def test_nobody_free_at_all_means_no_suggestion(pairing):
    Leave.objects.create(person=pairing.mentor, starts_on=date(2026, 3, 1), ends_on=date(2026, 9, 1))
    assert suggested(pairing).times == ()
