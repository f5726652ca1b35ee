"""The pages of the rhythm: putting off, noting a meeting, quiet days, and which letters come."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import QuietPeriod
from engagements.cadence import Cadence, Unit
from engagements.models import CheckIn, Meeting
from outbox.domain import digests
from outbox.kinds import registered
from outbox.models import Unsubscription
from tests import people
from tests.engagements import stories
from tests.engagements.views.conftest import MISSING, as_missing
from tests.matching import factories

pytestmark = pytest.mark.django_db
PAGE = reverse("oneself:letters")


def page_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def due(clock):
    """A check-in of a mentee that has just fallen due, on Tuesday 7 April."""
    row = stories.check_in(stories.active())
    clock.moment = row.due_at
    return row


@pytest.fixture
def someone(client, clock):
    user = people.mentor()
    client.force_login(user)
    return user


def test_a_due_check_in_offers_to_wait_and_waits(visit, send, due):
    page = page_of(visit(due.person, "check_in", due.pk))
    assert "Put off until Friday 10 April" in page
    assert "Put off until Monday 13 April" in page
    response = send(due.person, "snooze", due.pk, until="monday")
    assert response.headers["Location"] == reverse("engagements:pairing", args=[due.pairing_id])
    after = visit(due.person, "pairing", due.pairing_id)
    assert "Put off until Monday 13 April" in page_of(after)
    assert "Put off" in page_of(after)
    waiting = page_of(visit(due.person, "check_in", due.pk))
    assert "Put off until Monday 13 April. You can answer now." in waiting
    assert "Send the check-in" in waiting
    assert "Not a good moment?" not in waiting


def test_two_ways_to_the_same_day_are_one_button(visit, due, clock):
    clock.moment += timedelta(days=3)
    page = page_of(visit(due.person, "check_in", due.pk))
    assert page.count("Put off until") == page.count("Put off until Monday 13 April") == 1


def test_what_cannot_wait_says_why(visit, send, due):
    response = send(due.person, "snooze", due.pk, until="a year")
    assert response.headers["Location"] == reverse("engagements:check_in", args=[due.pk])
    assert "next round begins before that" in page_of(visit(due.person, "check_in", due.pk))


def test_a_foreign_check_in_cannot_be_put_off(visit, send, due):
    for stranger in (due.pairing.mentor, people.person(staff=True)):
        assert as_missing(send(stranger, "snooze", due.pk), send(stranger, "snooze", MISSING), due.pk, MISSING)
    assert visit(due.person, "snooze", due.pk).status_code == 405
    assert CheckIn.objects.get(pk=due.pk).snoozes == 0


def test_a_meeting_is_noted_and_told_to_both(visit, send, due):
    pairing = due.pairing
    assert 'value="2026-04-07"' in page_of(visit(pairing.mentor, "note_meeting", pairing.pk))
    response = send(pairing.mentor, "note_meeting", pairing.pk, held_on="2026-04-02")
    assert response.headers["Location"] == reverse("engagements:pairing", args=[pairing.pk])
    assert Meeting.objects.get().held_on == date(2026, 4, 2)
    mine = page_of(visit(pairing.mentor, "pairing", pairing.pk))
    assert "You met, as you noted" in mine
    assert "2 April" in mine
    name = pairing.mentor.get_short_name()
    assert f"You met, as {name} noted" in page_of(visit(pairing.mentee, "pairing", pairing.pk))


def test_after_each_meeting_it_says_when_both_are_asked(visit, send, clock):
    pairing = stories.active(terms={"cadence": Cadence(Unit.MEETING, 8)})
    clock.moment += timedelta(days=15)
    assert "The next morning each of you is asked" in page_of(visit(pairing.mentee, "note_meeting", pairing.pk))
    send(pairing.mentee, "note_meeting", pairing.pk, held_on="2026-03-25")
    page = page_of(visit(pairing.mentee, "pairing", pairing.pk))
    assert "You are both asked how it goes on Thursday 26 March" in page
    assert "After each meeting, and after 8 weeks without one" in page


def test_who_noted_a_meeting_takes_it_back(visit, send, due):
    pairing = due.pairing
    send(pairing.mentor, "note_meeting", pairing.pk, held_on="2026-04-02")
    meeting, line = Meeting.objects.get(), "You have noted that you met on 2 April"
    assert line in page_of(visit(pairing.mentor, "pairing", pairing.pk))
    assert line not in page_of(visit(pairing.mentee, "pairing", pairing.pk))
    assert visit(pairing.mentor, "take_back_meeting", meeting.pk).status_code == 405
    for stranger in (pairing.mentee, people.person(staff=True)):
        answers = [send(stranger, "take_back_meeting", pk) for pk in (meeting.pk, MISSING)]
        assert as_missing(*answers, meeting.pk, MISSING)
    response = send(pairing.mentor, "take_back_meeting", meeting.pk)
    assert response.headers["Location"] == reverse("engagements:pairing", args=[pairing.pk])
    page = page_of(visit(pairing.mentor, "pairing", pairing.pk))
    assert "Taken back." in page
    assert "You met, as you noted" not in page


def test_what_is_a_day_old_stays_noted(visit, send, due, clock):
    pairing = due.pairing
    send(pairing.mentor, "note_meeting", pairing.pk, held_on="2026-04-02")
    clock.moment += timedelta(days=1)
    assert "Take it back" not in page_of(visit(pairing.mentor, "pairing", pairing.pk))
    send(pairing.mentor, "take_back_meeting", Meeting.objects.get().pk)
    assert "This has changed since" in page_of(visit(pairing.mentor, "pairing", pairing.pk))


@pytest.mark.parametrize("value", ["", "yesterday", "2026-04-08", "2020-01-01"])
def test_a_day_that_cannot_be_is_said_beside_its_field(send, due, value):
    response = send(due.pairing.mentee, "note_meeting", due.pairing_id, held_on=value)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["held_on"]
    assert not Meeting.objects.exists()


def test_a_pairing_at_rest_notes_nothing(visit, send):
    pairing = stories.introduced()
    assert visit(pairing.mentee, "note_meeting", pairing.pk).status_code == 302
    assert "This has changed since" in page_of(send(pairing.mentee, "note_meeting", pairing.pk, held_on="2026-03-10"))


def test_letters_are_chosen_and_those_that_stay_are_named(client, someone):
    page = page_of(client.get(PAGE))
    assert "Reminders that a check-in is due" in page
    assert "You are asked to be somebody’s mentor" in page
    assert "Alerts about your cohorts" not in page
    client.post(PAGE, {"kinds": ["check_in_due", "request_waiting"]})
    stopped = set(Unsubscription.objects.values_list("kind", flat=True))
    late = {"check_in_overdue", "check_in_last", "introduced_idle"}
    asked = {"review_due", "view_asked", "stock_due", "stock_reminder"}
    assert stopped == {
        *late,
        *asked,
        "coordinator_message",
        "meeting_proposed",
        "meeting_invitation",
        "pairing_end_near",
    }
    assert digests.wanted(someone) is False
    client.post(PAGE, {"kinds": ["check_in_due", "check_in_overdue"], "together": "on"})
    assert "check_in_overdue" not in set(Unsubscription.objects.values_list("kind", flat=True))
    assert digests.wanted(someone) is True
    assert client.get(PAGE).context["form"].initial["kinds"] == ["check_in_due", "check_in_overdue"]


def test_every_reminder_is_offered_to_somebody_and_no_contractual_letter(client, clock):
    user = people.mentor(staff=True)
    factories.enrolment(factories.cohort(coordinators=(user,)), user)  # a mentee, too
    stories.assistant(stories.active().mentee, user)
    client.force_login(user)
    groups = client.get(PAGE).context["form"].fields["kinds"].choices
    offered = {value for _group, choices in groups for value, _label in choices}
    assert offered == {kind.name for kind in registered().values() if not kind.contractual}


@pytest.mark.parametrize("kind", ["request_asked", "coordinator_alert", "nothing"])
def test_what_is_not_offered_cannot_be_chosen(client, someone, kind):
    response = client.post(PAGE, {"kinds": [kind]})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["kinds"]
    assert not Unsubscription.objects.exists()


def test_quiet_days_are_kept_shown_and_taken_off(client, someone):
    response = client.post(reverse("oneself:quiet"), {"starts_on": "2026-04-01", "ends_on": "2026-04-10"})
    assert response.headers["Location"] == PAGE
    assert "1 April to 10 April" in page_of(client.get(PAGE))
    period = QuietPeriod.objects.get()
    client.post(reverse("oneself:quiet_remove", args=[period.pk]))
    assert not QuietPeriod.objects.exists()


def test_days_out_of_order_are_said_beside_their_field(client, someone):
    response = client.post(reverse("oneself:quiet"), {"starts_on": "2026-04-10", "ends_on": "2026-04-01"})
    assert list(response.context["form"].errors) == ["ends_on"]
    assert client.get(reverse("oneself:quiet")).status_code == 200


def test_quiet_days_of_somebody_else_are_missing(client, someone):
    period = QuietPeriod.objects.create(person=people.person(), starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 1))
    assert client.post(reverse("oneself:quiet_remove", args=[period.pk])).status_code == 404
    assert QuietPeriod.objects.exists()


def test_the_page_asks_the_same_of_the_database_for_one_period_and_for_many(client, someone):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(PAGE)
        return len(captured)

    QuietPeriod.objects.create(person=someone, starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 1))
    one = queries()
    for day in range(2, 9):
        QuietPeriod.objects.create(person=someone, starts_on=date(2026, 4, day), ends_on=date(2026, 4, day))
    assert queries() == one
