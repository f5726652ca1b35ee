"""What e-mails about meetings say, to people and to their calendars, and when they hold."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar

from accounts.models import Profile
from common.transitions import Actor
from engagements.domain import meeting_outcomes, meetings
from engagements.meeting_letters import KINDS
from matching.domain import pairings
from outbox.domain.sending import _message
from outbox.kinds import person_of
from outbox.models import Letter
from tests.emails import assert_says_the_same
from tests.engagements import stories
from tests.engagements.stories import SECRET
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
BY_NAME = {kind.name: kind for kind in KINDS}
MON, TUE = (datetime.fromisoformat(f"2026-03-{day}T14:00+00:00") for day in (23, 24))


@pytest.fixture
def pairing():
    found = stories.active()
    Profile.objects.filter(person=found.mentee).update(zone="Europe/London")
    Profile.objects.filter(person=found.mentor).update(zone="America/New_York")
    return found


def agreed(pairing, **words):
    meeting = meetings.propose(pairing=pairing, user=pairing.mentee, times=[MON, TUE], minutes=45, now=NOW, **words)
    return meetings.accept(meeting=meeting, user=pairing.mentor, starts_at=MON, now=NOW)


def letter(kind, person, occasion):
    return Letter.objects.select_related("person__profile").get(kind=kind, person=person, occasion=str(occasion))


def rendered(row):
    return BY_NAME[row.kind].render(row, person_of(row))


def due(row, now=NOW):
    return BY_NAME[row.kind].still_due(row, now)


def event(row):
    """The appointment in an e-mail, as a calendar program finds it in what goes over the wire."""
    message = message_from_bytes(_message(row, person_of(row), rendered(row), NOW).wire(), policy=policy.default)
    assert not message.defects
    assert message.get_content_type() == "multipart/mixed"
    alternatives, attached = message.iter_parts()
    *_words, inline = alternatives.iter_parts()
    assert [part.get_content_type() for part in alternatives.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert attached.get_filename() == "invitation.ics"
    assert attached.get_content() == inline.get_content().encode().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    calendar = Calendar.from_ical(attached.get_content())
    assert inline["Content-Type"].params["method"] == calendar["METHOD"]
    (found,) = calendar.walk("VEVENT")
    return calendar["METHOD"], found


def send(*rows):
    for row in rows:
        Letter.objects.filter(pk=row.pk).update(state="sent", sent_at=NOW)


def test_all_say_the_same_in_html_and_text_and_nothing_of_what_is_spoken_about(pairing, settings):
    meeting = agreed(pairing, place=SECRET)
    rows = [letter("meeting_proposed", pairing.mentor, 1), letter("meeting_invitation", pairing.mentee, 1)]
    meetings.cancel(meeting=meeting, user=pairing.mentor, now=NOW)
    for row in [*rows, letter("meeting_cancelled", pairing.mentee, 2)]:
        content = rendered(row)
        assert_says_the_same(content)
        everything = f"{content.subject}{content.text}{content.html}{content.calendar}"
        assert SECRET not in everything
        assert "{{" not in content.text
        assert pairing.mentee.name not in content.subject
        assert len(content.subject) < 75
        assert f"{settings.SITE_URL}/meetings/{meeting.pk}/" in content.text


def test_the_invitation_is_for_both_on_the_clock_of_each(pairing):
    agreed(pairing)
    for person, zone, wall in ((pairing.mentee, "Europe/London", 14), (pairing.mentor, "America/New_York", 10)):
        row = letter("meeting_invitation", person, 1)
        method, found = event(row)
        assert (method, int(found["SEQUENCE"]), found["STATUS"]) == ("REQUEST", 1, "CONFIRMED")
        assert found["DTSTART"].params["TZID"] == zone
        assert (found.decoded("DTSTART"), found.decoded("DTSTART").hour) == (MON, wall)
        assert found.decoded("DTEND") - found.decoded("DTSTART") == timedelta(minutes=45)
        assert {str(each) for each in found["ATTENDEE"]} == {
            f"mailto:{each.email}" for each in (pairing.mentee, pairing.mentor)
        }
        other = pairing.mentor if person == pairing.mentee else pairing.mentee
        assert str(found["SUMMARY"]) == f"Conversation with {other.name}"
        assert "LOCATION" not in found


def test_the_organizer_is_who_sends_it_and_the_mark_stays_the_same(pairing, settings):
    settings.DEFAULT_FROM_EMAIL = "Counterpoint <hello@counterpoint.example>"
    meeting = agreed(pairing)
    _method, found = event(letter("meeting_invitation", pairing.mentee, 1))
    assert str(found["ORGANIZER"]) == "mailto:hello@counterpoint.example"
    assert str(found["UID"]) == f"{meeting.pk}@counterpoint.example"


def test_the_place_is_in_the_invitation_if_its_writer_says_so(pairing):
    agreed(pairing, place="The blue room", place_in_invitation=True)
    _method, found = event(letter("meeting_invitation", pairing.mentor, 1))
    assert str(found["LOCATION"]) == "The blue room"


def test_only_what_still_holds_leaves(pairing):
    meeting = agreed(pairing)
    proposed, first = letter("meeting_proposed", pairing.mentor, 1), letter("meeting_invitation", pairing.mentee, 1)
    assert due(proposed) == "meeting_times_changed"
    assert due(first) is None
    assert due(first, MON) == "meeting_begun"
    meetings.offer_others(meeting=meeting, user=pairing.mentee, times=[TUE], now=NOW)
    assert due(letter("meeting_proposed", pairing.mentor, 2)) is None
    meetings.accept(meeting=meeting, user=pairing.mentor, starts_at=TUE, now=NOW)
    assert due(first) == "meeting_changed"
    Letter.objects.filter(pk=first.pk).update(subject_id=pairing.pk)
    assert due(letter("meeting_invitation", pairing.mentee, 1)) == "meeting_gone"


def test_called_off_only_those_hear_who_may_have_heard_of_it(pairing):
    meeting = agreed(pairing)
    send(letter("meeting_invitation", pairing.mentee, 1))
    meetings.cancel(meeting=meeting, user=pairing.mentor, now=NOW)
    assert due(letter("meeting_cancelled", pairing.mentee, 2)) is None
    assert due(letter("meeting_cancelled", pairing.mentor, 2)) == "never_invited"
    Letter.objects.filter(kind="meeting_invitation", person=pairing.mentor).update(reason="unsubscribed")
    assert due(letter("meeting_cancelled", pairing.mentor, 2)) is None
    method, found = event(letter("meeting_cancelled", pairing.mentee, 2))
    assert (method, found["STATUS"], int(found["SEQUENCE"])) == ("CANCEL", "CANCELLED", 2)
    assert found.decoded("DTSTART") == MON


@pytest.mark.parametrize("how", ["pause", "end_early"])
def test_the_end_or_a_rest_of_the_pairing_takes_it_out_of_calendars(pairing, how):
    agreed(pairing)
    send(letter("meeting_invitation", pairing.mentee, 1))
    words = {"until": TUE.date()} if how == "pause" else {"end_class": "time"}
    getattr(pairings, how)(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, now=NOW, **words)
    row = letter("meeting_cancelled", pairing.mentee, 2)
    assert due(row) is None
    assert "rests or has ended" in rendered(row).text
    assert event(row)[0] == "CANCEL"


def test_a_proposal_says_each_time_on_the_readers_clock_and_gathers(pairing):
    meetings.propose(pairing=pairing, user=pairing.mentee, times=[MON, TUE], minutes=45, now=NOW)
    row = letter("meeting_proposed", pairing.mentor, 1)
    for words in (rendered(row).text, BY_NAME[row.kind].item(row, person_of(row)).line):
        assert "Monday 23 March, 10:00 New York time" in words
        assert "Tuesday 24 March, 10:00 New York time" in words
    pairings.end_early(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, end_class="time", now=NOW)
    assert due(row) == "pairing_ended_early"


def test_a_meeting_noted_afterwards_tells_no_calendar(pairing):
    meeting_outcomes.note(pairing=pairing, user=pairing.mentee, held_on=NOW.date(), now=NOW)
    assert not Letter.objects.filter(kind__startswith="meeting_").exists()
