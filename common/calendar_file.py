"""Files for calendar programs (iCalendar, RFC 5545), and what invitations add to them (iTIP, RFC 5546).

Moments are written on the clock of one zone, whose rules stand in the file: a program that knows the zone by another
name, or by older rules, shows the same moment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from django.conf import settings
from icalendar import Calendar, Component, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText

from common.zones import UTC_NAME, zone_named

WEEK, MINUTE = timedelta(weeks=1), timedelta(minutes=1)
REFRESHED = timedelta(hours=6)


class Method(StrEnum):
    """What a calendar program is to do with a file."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One appointment. `uid` stays the same whatever becomes of it; of two files the one with the greater `sequence`
    holds, then the one that changed later. `organizer` and `attendees` are pairs of name and address.
    """

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    description: str = ""
    url: str = ""
    place: str = ""
    organizer: tuple[str, str] | None = None
    attendees: tuple[tuple[str, str], ...] = field(default=())
    cancelled: bool = False


def calendar_file(entries: Iterable[CalendarEntry], *, zone: str, method: Method, name: str = "") -> str:
    """The file, on the clock of `zone` (IANA). The same entries make the same bytes. `name` is that of a calendar to
    which a program subscribes.
    """
    entries = list(entries)
    calendar = Calendar()
    calendar.add("PRODID", f"-//{settings.SITE_NAME}//{method.value.lower()}//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method.value)
    if name:
        calendar.add("X-WR-CALNAME", name)
        calendar.add("REFRESH-INTERVAL", REFRESHED, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", REFRESHED)
    if entries and zone != UTC_NAME:
        years = [at.year for entry in entries for at in (entry.starts_at, entry.ends_at)]
        calendar.add_component(_timezone(zone, min(years) - 1, max(years) + 2))
    for entry in entries:
        calendar.add_component(_event(entry, zone))
    return str(calendar.to_ical().decode())


def _event(entry: CalendarEntry, zone: str) -> Component:
    event = Event()
    event.add("UID", entry.uid)
    event.add("SEQUENCE", entry.sequence)
    for stamp in ("DTSTAMP", "LAST-MODIFIED"):
        event.add(stamp, entry.changed_at.astimezone(UTC))
    event.add("DTSTART", _on_the_clock(entry.starts_at, zone))
    event.add("DTEND", _on_the_clock(entry.ends_at, zone))
    event.add("SUMMARY", entry.title)
    for key, value in (("DESCRIPTION", entry.description), ("URL", entry.url), ("LOCATION", entry.place)):
        if value:
            event.add(key, value)
    event.add("STATUS", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("CLASS", "PRIVATE")
    if entry.organizer:
        event.add("ORGANIZER", _person(*entry.organizer))
    for attendee in entry.attendees:
        event.add("ATTENDEE", _attendee(*attendee))
    return event


def _person(name: str, address: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params["CN"] = vText(name)
    return person


def _attendee(name: str, address: str) -> vCalAddress:
    """Somebody who has agreed already, on our page: no answer is asked for."""
    person = _person(name, address)
    person.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
    return person


def _on_the_clock(at: datetime, zone: str) -> datetime:
    """As it is written. What comes twice is said in UTC: programs do not agree which of the two they mean."""
    local = at.astimezone(zone_named(zone))
    comes_twice = local.utcoffset() != local.replace(fold=not local.fold).utcoffset()
    return at.astimezone(UTC) if comes_twice or zone == UTC_NAME else local


@lru_cache(maxsize=256)
def _timezone(zone: str, first_year: int, last_year: int) -> Component:
    """The rules of a zone from the beginning of one year to that of another, each change by itself."""
    rules = Timezone()
    rules.add("TZID", zone)
    here = zone_named(zone)
    begin = datetime(first_year, 1, 1, tzinfo=UTC)
    for at, before in _changes(zone, begin, datetime(last_year, 1, 1, tzinfo=UTC)):
        local = at.astimezone(here)
        rule = TimezoneDaylight() if local.dst() else TimezoneStandard()
        # The moment of a change is said on the clock as it was before.
        rule.add("DTSTART", (at + before).replace(tzinfo=None))
        rule.TZOFFSETFROM, rule.TZOFFSETTO = before, local.utcoffset()
        rule.add("TZNAME", local.tzname())
        rules.add_component(rule)
    return rules


def _changes(zone: str, begin: datetime, end: datetime) -> Iterator[tuple[datetime, timedelta]]:
    """The beginning and each change of the clock, with the offset before it."""
    here = zone_named(zone)

    def offset(at: datetime) -> timedelta:
        return at.astimezone(here).utcoffset() or timedelta()

    yield begin, offset(begin)
    at = begin
    while at < end:
        low, high, before = at, at + WEEK, offset(at)
        if offset(high) != before:
            while high - low > MINUTE:
                middle = low + (high - low) // 2 // MINUTE * MINUTE
                low, high = (low, middle) if offset(middle) != before else (middle, high)
            yield high, before
        at += WEEK
