"""The pages of a leader's assistants, and those that an assistant sees."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts import tokens
from accounts.models import Invitation, Profile, User
from common.clock import now
from engagements.domain import assistants, calendar_feeds, meetings
from engagements.models import Assistant, Meeting
from tests.engagements import stories
from tests.engagements.views.conftest import MISSING, as_missing
from tests.frozen_clock import FrozenClock

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def pairing(clock):
    found = stories.active()
    Profile.objects.filter(person=found.mentor).update(zone="America/New_York", country="US")
    return found


@pytest.fixture
def kim(pairing):
    return stories.assistant(pairing.mentee, now=now())


@pytest.fixture
def at(pairing):
    return (now() + 7 * DAY).replace(hour=15, minute=0, second=0, microsecond=0)


@pytest.fixture
def theirs(pairing, at):
    """Times that the mentor proposes, with a place."""
    return meetings.propose(
        pairing=pairing, user=pairing.mentor, times=[at], minutes=60, place="Harbour room", now=now()
    )


@pytest.fixture
def desk(client, kim):
    client.force_login(kim.person)
    return client


def page(name, row, pk=None):
    return reverse(f"engagements:{name}", kwargs={"assistant": row.pk, **({"pk": pk} if pk else {})})


def test_a_leader_invites_and_the_invited_person_comes_to_the_times_alone(client, pairing, theirs):
    where = reverse("engagements:assistants")
    client.force_login(pairing.mentee)
    assert "Invite an assistant" in words(client.get(where))
    refused = client.post(where, {"name": "Kim", "email": pairing.mentor.email})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["email"])
    client.post(where, {"name": "Kim Lee", "email": "kim@example.org"})
    assert "Invited at kim@example.org" in words(client.get(where))
    link = reverse("accounts:invitation", args=[tokens.link_token(Invitation.objects.get().pk, 1)])
    new = Client()
    assert f"To handle the meeting times of {pairing.mentee.name}" in words(new.get(link))
    joined = new.post(link, {"name": "Kim Lee", "zone": "Europe/Paris", "agree": "on"})
    assert joined.headers["Location"] == reverse("home")
    times = new.get(reverse("home"), follow=True)
    assert times.redirect_chain[-1][0] == reverse("engagements:assisting")
    assert f"{pairing.mentor.name} proposes to meet for 60 minutes" in words(times)
    assert "Harbour" not in words(times)
    you = words(new.get(reverse("accounts:profile")))
    assert "Hours and languages" in you
    assert "I could be a mentor" not in you
    assert "missing" not in you
    assert new.get(where).status_code == 404
    assert "Assisting" in words(times)


def test_an_existing_account_accepts_and_keeps_its_own_pages(client, pairing):
    other = stories.active().mentor
    row = assistants.invite(leader=pairing.mentee, email=other.email, name="Kim", now=now())
    client.force_login(other)
    link = reverse("accounts:invitation", args=[tokens.link_token(row.invitation_id, 1)])
    assert client.post(link, {"agree": "on"}).headers["Location"] == reverse("home")
    assert client.get(reverse("home")).status_code == 200
    assert client.get(reverse("engagements:pairing", args=[pairing.pk])).status_code == 404


def test_times_are_picked_for_the_leader_and_both_pages_say_by_whom(client, desk, kim, pairing, theirs, at):
    shown = words(desk.get(page("assisted_meeting", kim, theirs.pk)))
    assert f"Pick the time that suits {pairing.mentee.get_short_name()}" in shown
    assert "Harbour" not in shown
    assert "New York" not in shown  # nothing of the other leader's but the name
    for sent in ({"starts_at": "soon"}, {"starts_at": at.isoformat()}, {"starts_at": at.isoformat()}):
        desk.post(page("assisted_accept", kim, theirs.pk), sent)
    theirs.refresh_from_db()
    assert (theirs.state, theirs.handled) == ("agreed", kim)
    assert "Arranged by Kim Lee for you" in words(_as(pairing.mentee, "engagements:meeting", theirs.pk))
    theirs_sees = words(_as(pairing.mentor, "engagements:pairing", pairing.pk))
    assert f"Arranged by Kim Lee for {pairing.mentee.get_short_name()}" in theirs_sees
    done = words(_as(pairing.mentee, "engagements:assistants"))
    assert "Kim Lee picked the time of a meeting" in done


def _as(user, name, *args):
    client = Client()
    client.force_login(user)
    return client.get(reverse(name, args=args))


def test_times_are_proposed_changed_and_taken_back(desk, kim, pairing):
    where = page("assisted_propose", kim, pairing.pk)
    form = desk.get(where).context["form"]
    assert "place" not in form.fields
    assert desk.post(where, {"minutes": "60"}).context["form"].errors
    picked = [value for value, _label in form.fields["times"].choices[:2]]
    assert desk.post(where, {"minutes": "45", "times": picked, "place": "x"}).status_code == 302
    meeting = Meeting.objects.get()
    assert (meeting.minutes, meeting.place, len(meeting.offered)) == (45, None, 2)
    assert desk.get(where).headers["Location"] == page("assisted_meeting", kim, meeting.pk)
    assert "proposed already" in words(desk.post(where, {"minutes": "45", "times": picked}))
    assert "Proposed by Kim Lee for" in words(_as(pairing.mentor, "engagements:pairing", pairing.pk))
    assert "Change these times" in words(desk.get(reverse("engagements:assisting")))
    others = page("assisted_other_times", kim, meeting.pk)
    assert "Proposed now" in words(desk.get(others))
    assert "have changed since" in words(desk.post(others, {"times": picked[:1], "based_on": "7"}))
    assert desk.post(others, {"times": picked[:1], "based_on": "1"}).status_code == 302
    off = page("assisted_cancel", kim, meeting.pk)
    assert "Take these times off?" in words(desk.get(off))
    assert desk.post(off).status_code == desk.post(off).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.state, meeting.handled) == ("cancelled", kim)
    for name in ("assisted_other_times", "assisted_cancel"):
        assert desk.get(page(name, kim, meeting.pk)).headers["Location"] == page("assisted_meeting", kim, meeting.pk)
    assert "No time was agreed" in words(desk.get(page("assisted_meeting", kim, meeting.pk)))
    assert "Called off by Kim Lee" in words(_as(pairing.mentor, "engagements:meeting", meeting.pk))


def test_an_agreed_meeting_is_moved_kept_and_called_off(desk, kim, pairing, theirs, at):
    meetings.accept(meeting=theirs, user=pairing.mentee, starts_at=at, now=now())
    asked = desk.get(page("assisted_other_times", kim, theirs.pk))
    picked = asked.context["form"].fields["times"].choices[0][0]
    desk.post(page("assisted_other_times", kim, theirs.pk), {"times": [picked], "based_on": "1"})
    assert "Leave it at the time agreed on" in words(desk.get(page("assisted_meeting", kim, theirs.pk)))
    for _twice in range(2):
        desk.post(page("assisted_keep", kim, theirs.pk))
    theirs.refresh_from_db()
    assert theirs.offered == []
    assert "Call the meeting off?" in words(desk.get(page("assisted_cancel", kim, theirs.pk)))
    FrozenClock.moment = at + timedelta(minutes=5)
    assert "Its time has come" in words(desk.get(page("assisted_meeting", kim, theirs.pk)))
    desk.post(page("assisted_cancel", kim, theirs.pk))
    theirs.refresh_from_db()
    assert theirs.state == "agreed"


def test_nothing_is_left_once_it_is_over(client, desk, kim, pairing, theirs):
    names = ("assisted_meeting", "assisted_cancel", "assisted_other_times")
    assert [desk.get(page(name, kim, theirs.pk)).status_code for name in names] == [200] * 3
    owner = Client()
    owner.force_login(pairing.mentee)
    owner.post(reverse("engagements:assistant_emails", args=[kim.pk]), {"emails": "no"})
    assert "do not go to Kim Lee" in words(owner.get(reverse("engagements:assistants")))
    owner.post(reverse("engagements:assistant_emails", args=[kim.pk]), {"emails": "yes"})
    owner.post(reverse("engagements:assistant_end", args=[kim.pk]))
    assert [desk.get(page(name, kim, theirs.pk)).status_code for name in names] == [404] * 3
    gone = desk.get(page("assisted_meeting", kim, theirs.pk))
    never = desk.get(reverse("engagements:assisted_meeting", kwargs={"assistant": MISSING, "pk": theirs.pk}))
    assert as_missing(gone, never, kim.pk, MISSING)
    assert desk.post(page("assisted_accept", kim, theirs.pk), {}).status_code == 404
    assert "nobody’s meeting times" in words(desk.get(reverse("engagements:assisting")))
    assert owner.post(reverse("engagements:assistant_end", args=[kim.pk])).status_code == 404
    Assistant.objects.get(state="over")


def test_an_assistant_gives_the_times_back(desk, kim, pairing):
    desk.post(page("assisting_leave", kim))
    kim.refresh_from_db()
    assert kim.state == "over"
    assert "gave the meeting times" in words(_as(pairing.mentee, "engagements:assistants"))


def test_an_invitation_is_sent_again_or_taken_back_on_the_page(client, pairing):
    client.force_login(pairing.mentee)
    row = assistants.invite(leader=pairing.mentee, email="kim@example.org", name="Kim", now=now())
    client.post(reverse("engagements:assistant_again", args=[row.pk]))
    assert Invitation.objects.get().sends == 2
    FrozenClock.moment = now() + 20 * DAY
    assert "out of date" in words(client.get(reverse("engagements:assistants")))
    client.post(reverse("engagements:assistant_end", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "over"
    decline = reverse("accounts:invitation_decline", args=[tokens.link_token(row.invitation_id, 2)])
    assert client.get(decline).status_code == 404


def test_who_declines_reads_who_sees_it(client, pairing):
    row = assistants.invite(leader=pairing.mentee, email="kim@example.org", name="Kim", now=now())
    decline = reverse("accounts:invitation_decline", args=[tokens.link_token(row.invitation_id, 1)])
    assert f"{pairing.mentee.name} sees that you declined" in words(client.get(decline))


def test_the_feed_holds_the_leaders_meetings_until_it_is_over(client, kim, pairing, theirs, at):
    meetings.set_place(meeting=theirs, user=pairing.mentor, place="Harbour", in_invitation=True, now=now())
    meetings.accept(meeting=theirs, user=pairing.mentee, starts_at=at, now=now())
    feed = calendar_feeds.make(person=kim.person, now=now())
    where = reverse("engagements:calendar_feed", args=[calendar_feeds.token_of(feed)])
    (entry,) = Calendar.from_ical(client.get(where).content).walk("VEVENT")
    assert entry["SUMMARY"] == f"{pairing.mentee.name}: conversation with {pairing.mentor.name}"
    assert "LOCATION" not in entry
    assert f"/assisting/{kim.pk}/meetings/{theirs.pk}/" in str(entry["URL"])
    assert entry["DTSTART"].dt == at
    assistants.end(assistant=kim, user=pairing.mentee, now=now())
    assert Calendar.from_ical(client.get(where).content).walk("VEVENT") == []
    assert User.objects.filter(pk=kim.person_id, is_active=True).exists()
