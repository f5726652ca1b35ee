"""Calendars as two programs read them that know nothing of each other: Python's `icalendar`, and `ical.js`."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from icalendar import Calendar, Component

HERE = Path(__file__).parent
MOMENTS = ("changed_at", "starts_at", "ends_at")


@dataclass(frozen=True)
class Appointment:
    """What a calendar program makes of one entry; moments in UTC."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    status: str
    title: str
    description: str
    place: str
    organizer: list[tuple[str, str]]
    attendees: list[tuple[str, str]]


@dataclass(frozen=True)
class Read:
    """A file: what is to be done with it, and what stands in it."""

    method: str
    appointments: list[Appointment] = field(default_factory=list)

    @property
    def starts(self) -> list[datetime]:
        return [each.starts_at for each in self.appointments]


def by_icalendar(texts: Iterable[str]) -> list[Read]:
    """As Python's `icalendar` reads them."""
    return [_read(Calendar.from_ical(text)) for text in texts]


def by_ical_js(texts: Iterable[str]) -> list[Read]:
    """As JavaScript's `ical.js` reads them, by the rules of zones that stand in the files; one process for all."""
    asked = ["node", HERE / "read_calendars.mjs"]
    said = subprocess.run(asked, input=json.dumps([*texts]), capture_output=True, text=True, check=False)  # noqa: S603
    assert said.returncode == 0, said.stderr
    return [
        Read(each["method"], [_appointment(row) for row in each["appointments"]]) for each in json.loads(said.stdout)
    ]


def by_both(texts: Iterable[str]) -> list[Read]:
    """What both read, which must be the same."""
    texts = list(texts)
    one, other = by_icalendar(texts), by_ical_js(texts)
    assert one == other
    return one


def held(files: Iterable[Read]) -> dict[str, Appointment]:
    """The calendar of a program that got these one after the other: of two of one mark the greater number holds, then
    the later one; what was called off is not shown.
    """
    newest: dict[str, tuple[Appointment, str]] = {}
    for file in files:
        for each in file.appointments:
            before = newest.get(each.uid)
            if before is None or (each.sequence, each.changed_at) >= (before[0].sequence, before[0].changed_at):
                newest[each.uid] = (each, file.method)
    return {uid: each for uid, (each, method) in newest.items() if method != "CANCEL" and each.status != "CANCELLED"}


def _read(calendar: Component) -> Read:
    return Read(str(calendar["METHOD"]), [_from_icalendar(event) for event in calendar.walk("VEVENT")])


def _from_icalendar(event: Component) -> Appointment:
    return Appointment(
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        changed_at=event.decoded("DTSTAMP").astimezone(UTC),
        starts_at=event.decoded("DTSTART").astimezone(UTC),
        ends_at=event.decoded("DTEND").astimezone(UTC),
        status=str(event["STATUS"]),
        title=str(event["SUMMARY"]),
        description=str(event.get("DESCRIPTION", "")),
        place=str(event.get("LOCATION", "")),
        organizer=_people(event.get("ORGANIZER")),
        attendees=_people(event.get("ATTENDEE")),
    )


def _people(found: Any) -> list[tuple[str, str]]:
    rows = found if isinstance(found, list) else [found] if found else []
    return [(str(each.params.get("CN", "")), str(each)) for each in rows]


def _appointment(row: dict[str, Any]) -> Appointment:
    moments = {name: datetime.fromtimestamp(row[name], UTC) for name in MOMENTS}
    people = {name: [tuple(each) for each in row[name]] for name in ("organizer", "attendees")}
    return Appointment(**{**row, **moments, **people})
