"""Files for calendar programs, read by three parsers that know nothing of each other: every moment is the right one."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz  # type: ignore[import-untyped]  # its stubs are a package of their own
from icalendar import Calendar

from common.calendar_file import CalendarEntry, Method, calendar_file
from common.zones import listed
from tests.calendars import by_both, by_ical_js

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONES = ("America/New_York", "Europe/London", "Australia/Sydney", "Asia/Kathmandu", "Pacific/Apia", "UTC")
ODD = ("Europe/Dublin", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tehran", "America/St_Johns")


def entry(at, **words):
    return CalendarEntry(
        **{
            "uid": f"{at:%Y%m%dT%H%M}@counterpoint.example",
            "sequence": 1,
            "changed_at": NOW,
            "starts_at": at,
            "ends_at": at + HOUR,
            "title": "Conversation with Tomas",
            **words,
        }
    )


def series(zone):
    """Each week at nine on the clock of the zone for more than a year, and the hours around each change of it."""
    here = ZoneInfo(zone)
    weekly = [datetime(2026, 3, 2, 9, tzinfo=here) + timedelta(weeks=week) for week in range(60)]
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + number * HOUR for number in range(24 * 420)]
    around = [
        at
        for at in hours
        if (at + 3 * HOUR).astimezone(here).utcoffset() != (at - 3 * HOUR).astimezone(here).utcoffset()
    ]
    return sorted({at.astimezone(UTC) for at in (*weekly, *around)})


def by_hand(text):
    """The moments by the rules that stand in the file, as `dateutil` reads them, without any knowledge of zones."""
    rules = tz.tzical(StringIO(text.replace("\r\n ", ""))) if "VTIMEZONE" in text else None
    moments = []
    for row in text.replace("\r\n ", "").splitlines():
        if row.startswith("DTSTART") and "BEGIN" not in row:
            head, _, value = row.partition(":")
            if value.endswith("Z"):
                moments.append(datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))
            elif "TZID=" in head:
                local = datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - on the clock of the file
                moments.append(local.replace(tzinfo=rules and rules.get(head.partition("TZID=")[2])).astimezone(UTC))
    return moments


@pytest.mark.parametrize("zone", [*ZONES, *ODD])
def test_a_series_over_every_change_of_the_clock_is_right(zone):
    wanted = series(zone)
    text = calendar_file([entry(at) for at in wanted], zone=zone, method=Method.PUBLISH)
    (read,) = by_both([text])
    assert read.starts == by_hand(text) == wanted
    assert [each.ends_at for each in read.appointments] == [at + HOUR for at in wanted]


def test_the_rules_of_every_zone_are_those_of_the_machine():
    zones, at = listed(2026)[::4], datetime(2026, 7, 1, 12, tzinfo=UTC)
    texts = [calendar_file([entry(at)], zone=zone, method=Method.REQUEST) for zone in zones]
    for zone, text, read in zip(zones, texts, by_ical_js(texts), strict=True):
        assert by_hand(text) == read.starts == [at], zone


def test_lines_are_folded_ended_and_the_same_each_time():
    words = {"title": "Gespräch mit Zoë " * 9, "description": "One\nTwo; three, four\\five", "place": "Café, Zürich"}
    text = calendar_file([entry(NOW, **words)], zone="Europe/Zurich", method=Method.REQUEST)
    assert text == calendar_file([entry(NOW, **words)], zone="Europe/Zurich", method=Method.REQUEST)
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    (read,) = by_both([text])
    assert [(each.title, each.description, each.place) for each in read.appointments] == [tuple(words.values())]


def test_an_invitation_names_its_organizer_and_who_takes_part():
    people = (("Amara Diallo", "amara@north.example"), ("Tomas Varga", "tomas@south.example"))
    words = {"organizer": ("Counterpoint", "hello@counterpoint.example"), "attendees": people}
    asked, off = by_both(
        [
            calendar_file([entry(NOW, **words)], zone="UTC", method=Method.REQUEST),
            calendar_file([entry(NOW, cancelled=True, **words)], zone="UTC", method=Method.CANCEL),
        ]
    )
    (event,), (gone,) = asked.appointments, off.appointments
    assert (asked.method, event.sequence, event.status) == ("REQUEST", 1, "CONFIRMED")
    assert event.organizer == [("Counterpoint", "mailto:hello@counterpoint.example")]
    assert event.attendees == [(name, f"mailto:{to}") for name, to in people]
    assert (off.method, gone.status) == ("CANCEL", "CANCELLED")


def test_a_calendar_to_subscribe_to_has_a_name_and_may_be_empty():
    calendar = Calendar.from_ical(calendar_file([], zone="Europe/London", method=Method.PUBLISH, name="Conversations"))
    assert (str(calendar["X-WR-CALNAME"]), calendar.walk("VEVENT")) == ("Conversations", [])
