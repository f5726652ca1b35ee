"""Meetings in the calendars of both, as two calendar programs read them: the whole way, from the verb to the file."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.models import Profile
from engagements.domain import calendar_feeds, meetings
from engagements.meeting_letters import KINDS
from engagements.models import Meeting
from outbox.kinds import person_of
from outbox.models import Letter
from tests.calendars import Read, by_both, held
from tests.engagements import stories
from tests.matching.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
BY_NAME = {kind.name: kind for kind in KINDS}
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
# A year of New York, London and Sydney: before and after each of their clocks goes forward and back.
DAYS = [datetime(2026, 3, 24, 9) + 28 * number * DAY for number in range(14)]  # noqa: DTZ001 - on whose clock, says the test
COUPLES = [
    ("America/New_York", "Europe/London"),
    ("Australia/Sydney", "Asia/Kathmandu"),
    ("Pacific/Apia", "Europe/London"),
]


def pairing_in(zone, other):
    found = stories.active()
    for person, where in ((found.mentee, zone), (found.mentor, other)):
        Profile.objects.filter(person=person).update(zone=where)
        person.refresh_from_db()
    return found


def agree(pairing, at, now):
    meeting = meetings.propose(pairing=pairing, user=pairing.mentee, times=[at], minutes=45, now=now)
    return meetings.accept(meeting=meeting, user=pairing.mentor, starts_at=at, now=now)


def calendars_of(person, kind="meeting_invitation"):
    """What e-mails of this kind bring to the calendar of `person`, as they would leave now."""
    rows = Letter.objects.filter(kind=kind, person=person).select_related("person__profile").order_by("due_at", "pk")
    return [BY_NAME[row.kind].render(row, person_of(row)).calendar.text for row in rows]


@pytest.mark.parametrize(("zone", "other"), COUPLES, ids=lambda zone: zone.partition("/")[2])
def test_a_series_over_a_year_is_right_for_both_in_e_mails_and_feeds(client, zone, other):
    pairing = pairing_in(zone, other)
    wanted = [day.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in DAYS]
    for at in wanted:
        agree(pairing, at, max(NOW, at - 30 * DAY))
    for person in (pairing.mentee, pairing.mentor):
        feed = calendar_feeds.token_of(calendar_feeds.make(person=person, now=NOW))
        subscribed = client.get(reverse("engagements:calendar_feed", args=[feed])).content.decode()
        invited = calendars_of(person)
        *invitations, published = by_both([*invited, subscribed])
        assert sorted(at for each in invitations for at in each.starts) == wanted
        assert published.starts == wanted
        assert {each.method for each in invitations} == {"REQUEST"}
        for read in (*invitations, published):
            assert {each.ends_at - each.starts_at for each in read.appointments} == {45 * MINUTE}
        assert not any(each.attendees or each.place or each.organizer for each in published.appointments)


def test_an_update_and_a_cancel_in_any_order_leave_the_calendars_right():
    pairing = pairing_in("Europe/London", "America/New_York")
    # Between the two London's clock goes forward.
    first, other = (
        datetime(2026, 3, 26, 14, tzinfo=UTC),
        datetime(2026, 3, 31, 14, tzinfo=UTC),
    )
    meeting, texts = agree(pairing, first, NOW), {}
    for person in (pairing.mentee, pairing.mentor):
        texts[person] = calendars_of(person)
    meetings.offer_others(meeting=meeting, user=pairing.mentor, times=[other], now=NOW + MINUTE)
    meetings.accept(meeting=meeting, user=pairing.mentee, starts_at=other, now=NOW + 2 * MINUTE)
    for person, sent in texts.items():
        sent.append(calendars_of(person)[-1])
    moved = {person: by_both(sent) for person, sent in texts.items()}
    meetings.cancel(meeting=meeting, user=pairing.mentee, now=NOW + 3 * MINUTE)
    for person, sent in texts.items():
        for order in permutations(moved[person]):
            assert [each.starts_at for each in held(order).values()] == [other]
        read = by_both([*sent, *calendars_of(person, "meeting_cancelled")])
        assert [each.method for each in read] == ["REQUEST", "REQUEST", "CANCEL"]
        assert [row.sequence for each in read for row in each.appointments] == [1, 2, 3]
        assert {row.uid for each in read for row in each.appointments} == {f"{meeting.pk}@counterpoint.example"}
        for order in permutations(read):
            assert held(order) == {}
        assert held([read[1], read[0], read[1]]).keys() == held([read[1]]).keys()


def test_the_calendar_of_one_who_reads_all_of_it_is_what_the_pairing_has(client):
    """Of several meetings, each moved or not and one called off, e-mails in any order and the feed say the same."""
    pairing = pairing_in("Australia/Sydney", "Europe/London")
    stay, move, off = (agree(pairing, NOW + number * DAY, NOW) for number in (20, 30, 40))
    texts = calendars_of(pairing.mentor)
    meetings.offer_others(meeting=move, user=pairing.mentee, times=[NOW + 33 * DAY], now=NOW + MINUTE)
    meetings.accept(meeting=move, user=pairing.mentor, starts_at=NOW + 33 * DAY, now=NOW + 2 * MINUTE)
    meetings.cancel(meeting=off, user=pairing.mentor, now=NOW + 3 * MINUTE)
    texts += calendars_of(pairing.mentor) + calendars_of(pairing.mentor, "meeting_cancelled")
    feed = calendar_feeds.token_of(calendar_feeds.make(person=pairing.mentor, now=NOW))
    published = client.get(reverse("engagements:calendar_feed", args=[feed])).content.decode()
    *read, shown = by_both([*texts, published])
    wanted = sorted(meeting.span()[0] for meeting in Meeting.objects.filter(state="agreed"))
    assert wanted == [stay.starts_at, NOW + 33 * DAY]
    for order in (read, read[::-1], sorted(read, key=_end)):
        assert sorted(each.starts_at for each in held(order).values()) == wanted
    assert shown.starts == wanted
    assert {each.uid for each in shown.appointments} == set(held(read))


def _end(read: Read) -> datetime:
    return read.appointments[0].ends_at
