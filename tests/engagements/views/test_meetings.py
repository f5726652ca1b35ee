"""The pages of meetings: proposing, picking, moving, calling off, where it is, and whether it took place."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import Profile, User
from common.clock import now
from common.transitions import Actor
from engagements.domain import calendar_feeds, meetings
from engagements.models import CalendarFeed, Meeting
from engagements.views.meeting_words import on_both_clocks
from matching.domain import pairings
from tests import people
from tests.engagements import stories
from tests.engagements.views.conftest import MISSING, as_missing
from tests.frozen_clock import FrozenClock
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def pairing(clock):
    found = stories.active()
    Profile.objects.filter(person=found.mentee).update(zone="Europe/London", country="GB")
    Profile.objects.filter(person=found.mentor).update(zone="America/New_York", country="US")
    return found


@pytest.fixture
def at(pairing):
    return (now() + 7 * DAY).replace(hour=15, minute=0, second=0, microsecond=0)


@pytest.fixture
def agreed(pairing, at):
    meeting = meetings.propose(pairing=pairing, user=pairing.mentee, times=[at], minutes=60, now=now())
    return meetings.accept(meeting=meeting, user=pairing.mentor, starts_at=at, now=now())


def propose(send, pairing, **said):
    return send(pairing.mentee, "propose_meeting", pairing.pk, **{"minutes": "60", "place": "", **said})


def test_times_are_suggested_on_both_clocks_and_one_is_picked_from_the_page(visit, send, pairing):
    page = visit(pairing.mentee, "propose_meeting", pairing.pk)
    suggested = [value for value, _label in page.context["form"].fields["times"].choices]
    assert len(suggested) == 6
    name = pairing.mentor.get_short_name()
    assert f"for {name})" in words(page)
    answer = propose(send, pairing, times=suggested[:2], place="The blue room")
    assert answer.headers["Location"] == reverse("engagements:pairing", args=[pairing.pk])
    meeting = Meeting.objects.get()
    assert [each.isoformat() for each in meeting.offered] == suggested[:2]
    mine = words(visit(pairing.mentee, "pairing", pairing.pk))
    assert "You proposed" in mine
    theirs = words(visit(pairing.mentor, "pairing", pairing.pk))
    assert "Pick a time to speak with" in theirs
    assert visit(pairing.mentee, "propose_meeting", pairing.pk).status_code == 302
    send(pairing.mentor, "accept_meeting", meeting.pk, starts_at=suggested[1])
    meeting.refresh_from_db()
    assert (meeting.state, meeting.starts_at.isoformat()) == ("agreed", suggested[1])
    for person in (pairing.mentee, pairing.mentor):
        page = words(visit(person, "pairing", pairing.pk))
        assert "The blue room" in page
        assert "You speak with" in page
        assert "is not read" in words(visit(person, "meeting", meeting.pk))


def test_a_time_of_ones_own_is_read_on_ones_own_clock(send, pairing):
    propose(send, pairing, own_1="2026-04-02T09:30")
    assert Meeting.objects.get().offered == [datetime.fromisoformat("2026-04-02T08:30+00:00")]


def test_further_times_of_ones_own_are_folded_away_while_they_are_empty(send, visit, pairing):
    empty = words(visit(pairing.mentee, "propose_meeting", pairing.pk))
    assert empty.count("A further time of your own") == 2
    kept = words(propose(send, pairing, own_1="tomorrow", own_3="2026-04-02T09:30"))
    assert kept.count("A further time of your own") == 1
    assert 'value="2026-04-02T09:30"' in kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("2026-03-29T01:30", "this time is left out"),
        ("2026-10-25T01:30", "this time comes twice"),
        ("tomorrow", "Please write the day and the time like"),
        ("9999-12-31T23:59", "Please propose times within half a year"),
        ("0001-01-01T00:00", "has passed already"),
        ("", "Please propose one to three times"),
    ],
)
def test_what_is_no_time_is_refused_with_all_that_was_typed(send, pairing, typed, why):
    page = propose(send, pairing, own_1=typed, place="The blue room")
    assert page.status_code == 200
    assert why in words(page)
    assert "The blue room" in words(page)
    assert not Meeting.objects.exists()


def test_both_propose_at_once_and_the_second_keeps_what_was_ticked(send, visit, pairing, at):
    meetings.propose(pairing=pairing, user=pairing.mentor, times=[at], minutes=60, now=now())
    ticked = (at + DAY).isoformat()
    page = propose(send, pairing, times=[ticked])
    assert "has just proposed times" in words(page)
    assert ticked in page.context["form"]["times"].value()
    assert f'value="{ticked}"' in words(page)


def test_none_of_them_another_is_proposed_and_an_older_page_is_told(send, visit, pairing, at):
    meeting = meetings.propose(pairing=pairing, user=pairing.mentee, times=[at], minutes=60, now=now())
    other = (at + DAY).isoformat()
    send(pairing.mentor, "other_times", meeting.pk, times=[other], based_on="1")
    page = send(pairing.mentee, "other_times", meeting.pk, times=[other], based_on="1")
    assert "The times have changed since the page was shown" in words(page)
    answer = send(pairing.mentee, "accept_meeting", meeting.pk, starts_at=at.isoformat())
    assert "have changed" in words(visit(pairing.mentee, "meeting", meeting.pk))
    assert answer.status_code == 302
    for odd in ("", "soon", "2026-04-02T09:30"):
        assert send(pairing.mentee, "accept_meeting", meeting.pk, starts_at=odd).status_code == 302
    assert Meeting.objects.get().state == "proposed"


def test_agreed_it_is_moved_kept_and_called_off(send, visit, pairing, agreed, at):
    send(pairing.mentee, "other_times", agreed.pk, times=[(at + DAY).isoformat()], based_on=str(agreed.offers))
    assert "asks for another time" in words(visit(pairing.mentor, "pairing", pairing.pk))
    send(pairing.mentor, "keep_meeting", agreed.pk)
    assert "It stays at the time agreed on" in words(visit(pairing.mentor, "meeting", agreed.pk))
    send(pairing.mentor, "keep_meeting", agreed.pk)
    assert "This has changed" in words(visit(pairing.mentor, "meeting", agreed.pk))
    assert "Call the meeting off?" in words(visit(pairing.mentor, "cancel_meeting", agreed.pk))
    for _click in range(2):
        send(pairing.mentor, "cancel_meeting", agreed.pk)
    page = words(visit(pairing.mentor, "pairing", pairing.pk))
    assert "Called off." in page
    assert "None is planned" in page
    for name in ("cancel_meeting", "other_times"):
        assert visit(pairing.mentor, name, agreed.pk).status_code == 302


def test_the_place_is_changed_and_a_page_that_is_older_is_told(send, visit, pairing, agreed):
    version = visit(pairing.mentee, "meeting", agreed.pk).context["place_form"].version
    send(pairing.mentor, "meeting_place", agreed.pk, place="https://video.example/room", in_invitation="on")
    assert "https://video.example/room" in words(visit(pairing.mentee, "meeting", agreed.pk))
    page = send(pairing.mentee, "meeting_place", agreed.pk, place="The blue room", version=version)
    assert page.status_code == 200
    assert "The blue room" in words(page)
    agreed.refresh_from_db()
    assert agreed.read("place") == "https://video.example/room"


def test_afterwards_either_says_whether_they_met_and_corrects_it(send, visit, pairing, agreed, at):
    assert visit(pairing.mentee, "meeting_outcome", agreed.pk).status_code == 302
    assert "still ahead" in words(send(pairing.mentee, "meeting_outcome", agreed.pk, outcome="held"))
    FrozenClock.moment = at + timedelta(hours=2)
    assert "Did you and" in words(visit(pairing.mentee, "pairing", pairing.pk))
    send(pairing.mentee, "meeting_outcome", agreed.pk, outcome="mentor")
    page = words(visit(pairing.mentor, "pairing", pairing.pk))
    assert f"You could not be there, as {pairing.mentee.get_short_name()} noted" in page
    send(pairing.mentor, "meeting_outcome", agreed.pk, outcome="held")
    assert "You met, as you noted" in words(visit(pairing.mentor, "meeting", agreed.pk))
    FrozenClock.moment = at + timedelta(days=9)
    assert visit(pairing.mentor, "meeting_outcome", agreed.pk).status_code == 302


def test_the_first_conversation_is_proposed_from_the_pairings_page(send, visit, clock):
    pairing = stories.introduced()
    page = visit(pairing.mentor, "pairing", pairing.pk)
    form = page.context["meetings"]["first"]["form"]
    assert "Meet " in page.context["next"].title
    chosen = form.fields["times"].choices[0][0]
    send(pairing.mentor, "propose_meeting", pairing.pk, times=[chosen], minutes="30")
    assert Meeting.objects.get().minutes == 30
    assert "Say whether to go ahead" in words(visit(pairing.mentor, "pairing", pairing.pk))
    send(pairing.mentee, "accept_meeting", Meeting.objects.get().pk, starts_at=chosen)
    assert visit(pairing.mentee, "pairing", pairing.pk).context["next"].kicker == "Your first conversation"


@pytest.mark.parametrize(
    "name",
    ["other_times", "cancel_meeting", "meeting_place", "meeting_outcome", "accept_meeting", "keep_meeting"],
)
def test_a_foreign_meeting_is_a_missing_one(send, visit, pairing, agreed, name):
    for stranger in (people.person(staff=True), stories.active().mentee):
        foreign, missing = send(stranger, name, agreed.pk), send(stranger, name, MISSING)
        assert as_missing(foreign, missing, agreed.pk, MISSING)
        assert as_missing(
            visit(stranger, "meeting", agreed.pk), visit(stranger, "meeting", MISSING), agreed.pk, MISSING
        )


def test_nothing_is_planned_while_a_pairing_rests(visit, clock):
    pairing = stories.active()
    until = now().date() + 30 * DAY
    pairings.pause(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, until=until, now=now())
    assert "None can be planned at present" in words(visit(pairing.mentee, "pairing", pairing.pk))
    assert visit(pairing.mentee, "propose_meeting", pairing.pk).status_code == 302


def feed_of(person):
    return reverse("engagements:calendar_feed", args=[calendar_feeds.token_of(CalendarFeed.objects.get(person=person))])


def test_a_private_address_is_made_read_renewed_and_taken_back(client, pairing, agreed):
    page = reverse("engagements:calendar")
    client.force_login(pairing.mentee)
    client.post(page, {"act": "make"})
    address = feed_of(pairing.mentee)
    assert address in client.get(page).content.decode()
    client.logout()
    first = client.get(address)
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert not first.cookies
    assert f"Conversation with {pairing.mentor.name}" in first.content.decode().replace("\r\n ", "")
    assert "ATTENDEE" not in first.content.decode()
    head = client.head(address)
    assert {name: head[name] for name in ("ETag", "Content-Type")} == {
        name: first[name] for name in ("ETag", "Content-Type")
    }
    assert head.content == b""
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.post(address).status_code == 405
    meetings.cancel(meeting=agreed, user=pairing.mentor, now=now())
    changed = client.get(address, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert b"VEVENT" not in changed.content
    client.force_login(pairing.mentee)
    client.post(page, {"act": "renew"})
    renewed = feed_of(pairing.mentee)
    assert "This is your new address" in words(client.get(page))
    never = reverse("engagements:calendar_feed", args=["0" * 96])
    assert as_missing(client.get(address), client.get(never), address, never)
    assert client.get(renewed).status_code == 200
    client.post(page, {"act": "revoke"})
    assert client.get(renewed).status_code == 404
    assert not CalendarFeed.objects.exists()
    client.post(page, {"act": "something"})
    assert not CalendarFeed.objects.exists()


def test_no_address_is_guessed_and_none_opens_a_closed_account(client, pairing):
    feed = calendar_feeds.make(person=pairing.mentee, now=now())
    token = calendar_feeds.token_of(feed)
    for wrong in (feed.pk.hex, feed.pk.hex + "0" * 64, token[:-1], token + "0", "x" * 96, "é"):
        assert calendar_feeds.opened_by(wrong) is None
    assert calendar_feeds.opened_by(token) == feed
    type(feed.person).objects.filter(pk=feed.person_id).update(is_active=False)
    assert calendar_feeds.opened_by(token) is None


def test_an_address_outlives_a_change_of_the_secret_key(settings, pairing):
    token = calendar_feeds.token_of(calendar_feeds.make(person=pairing.mentee, now=now()))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    assert calendar_feeds.opened_by(token) is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert calendar_feeds.opened_by(token) is None


def test_a_line_breaks_before_the_other_clock_and_not_within_it():
    pairing = stories.active()
    Profile.objects.filter(person=pairing.mentor).update(zone="America/Toronto")
    me, other = pairing.mentee, User.objects.select_related("profile").get(pk=pairing.mentor_id)
    said = on_both_clocks(NOW, me, other)
    assert said.endswith(f" (06:00\u00a0for\u00a0{other.get_short_name()})")
