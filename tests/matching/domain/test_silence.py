"""No silence: what a mentee and a mentor read, and when, while a request waits and comes to nothing."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from accounts.domain import profiles
from accounts.models import Leave
from cohorts.states import Role
from common.errors import Refused
from matching.domain import requests, shortlist
from matching.models import Alert, Request
from matching.models.alerts import AlertKind
from matching.states import RequestState
from outbox.domain import delivery
from outbox.models import Letter
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, request

pytestmark = pytest.mark.django_db(transaction=True)


def at(text, zone):
    """A moment as a clock on the wall in `zone` shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def ask(mentee, mentor, now=NOW):
    return requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=now)


def tick(now):
    """What beat does at that moment; what has arrived since, as (address, subject)."""
    before = len(mail.outbox)
    requests.expire_due(now=now)
    delivery.deliver_due(now)
    return sorted((letter.to[0], letter.subject) for letter in mail.outbox[before:])


# Where the mentor is, when they are asked; the reminder at 09:00 on working day three, the end at 18:00 on day five;
# and the word to the mentee, on the last morning before it in London.
PLACES = [
    (
        "GB",
        "Europe/London",
        "2026-03-31T12:00",
        "2026-04-06T09:00",
        "2026-04-08T18:00",
        "2026-04-08T09:00",
    ),  # Good Friday
    (
        "US",
        "America/New_York",
        "2026-11-24T12:00",
        "2026-11-30T09:00",
        "2026-12-02T18:00",
        "2026-12-02T09:00",
    ),  # Thanksgiving
    ("AE", "Asia/Dubai", "2026-05-07T12:00", "2026-05-12T09:00", "2026-05-14T18:00", "2026-05-14T09:00"),
    (
        "AU",
        "Australia/Sydney",
        "2026-04-02T23:30",
        "2026-04-09T09:00",
        "2026-04-13T18:00",
        "2026-04-12T09:00",
    ),  # clocks back
    ("IN", "Asia/Kolkata", "2026-08-14T12:00", "2026-08-19T09:00", "2026-08-21T18:00", "2026-08-21T09:00"),
    (
        "NZ",
        "Pacific/Auckland",
        "2026-12-23T09:00",
        "2026-12-30T09:00",
        "2027-01-05T18:00",
        "2027-01-04T09:00",
    ),  # Christmas, New Year
    (
        "",
        "America/Sao_Paulo",
        "2028-02-25T12:00",
        "2028-03-01T09:00",
        "2028-03-03T18:00",
        "2028-03-03T09:00",
    ),  # a leap day; no country said
]


@pytest.mark.parametrize(("country", "zone", "asked", "reminded", "over", "called"), PLACES)
def test_one_reminder_then_the_end_then_the_next_wish(country, zone, asked, reminded, over, called):
    here = cohort(starts_on=date(2026, 1, 1), ends_on=date(2029, 1, 1))
    mentor = enrolment(here, people.mentor("Ruth", email="ruth@x.example", country=country, zone=zone), Role.MENTOR)
    after = enrolment(here, people.mentor("Omar", email="omar@x.example"), Role.MENTOR)
    mentee = enrolment(here, people.mentee("Ana", email="ana@x.example"))
    now = at(asked, zone)
    shortlist.add(mentee_enrolment=mentee, mentor_enrolment=after, user=mentee.person, now=now)
    made = ask(mentee, mentor, now)
    reminder, end = at(reminded, zone), at(over, zone)
    assert made.deadline == end
    ((to, asking),) = tick(now)
    assert to == "ruth@x.example"
    assert tick(reminder - timedelta(minutes=1)) == []
    assert tick(reminder) == [("ruth@x.example", "A request is still waiting for you")]
    assert tick(at(called, "Europe/London") - timedelta(minutes=1)) == []
    assert tick(at(called, "Europe/London")) == [("ana@x.example", "Your request closes within a day")]
    assert tick(end - timedelta(minutes=1)) == []
    assert tick(end) == [
        ("ana@x.example", "The next on your shortlist has been asked"),
        ("omar@x.example", asking),
        ("ruth@x.example", "A request has closed"),
    ]
    assert Request.objects.pending().get().mentor_enrolment == after
    assert Request.objects.pending().get().deadline > end


def test_when_nobody_is_left_both_are_told_and_the_coordinator():
    coordinator = people.person("Cora", email="cora@x.example", staff=True)
    mentee, mentor = couple(cohort(coordinators=(coordinator,)))
    made = ask(mentee, mentor)
    arrived = dict(tick(made.deadline))
    assert arrived[mentee.person.email] == "Choose whom to ask next"
    assert arrived[mentor.person.email] == "A request has closed"
    assert arrived["cora@x.example"] == "Something in your cohort needs a look"


def test_after_the_cohorts_end_the_mentee_is_told_that_nobody_else_is_asked():
    mentee, mentor = couple(cohort(ends_on=NOW.date() + timedelta(days=2)))
    made = ask(mentee, mentor)
    tick(NOW)
    assert {to for to, subject in tick(made.deadline) if subject == "A request has closed"} == {
        mentee.person.email,
        mentor.person.email,
    }
    assert "cohort has ended" in next(m.body for m in reversed(mail.outbox) if m.to == [mentee.person.email])


def test_who_is_on_leave_is_skipped_and_who_goes_on_leave_has_time_afterwards():
    here = cohort()
    mentee, first, away, last = enrolment(here), *(enrolment(here, role=Role.MENTOR) for _ in range(3))
    Leave.objects.create(person=away.person, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=30))
    with pytest.raises(Refused):
        ask(mentee, away)
    for each in (away, last):
        shortlist.add(mentee_enrolment=mentee, mentor_enrolment=each, user=mentee.person, now=NOW)
    made = ask(mentee, first)
    profiles.add_leave(person=first.person, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=3), now=NOW)
    tick(made.deadline)
    made.refresh_from_db()
    assert made.state == RequestState.PENDING
    tick(made.deadline)
    assert Request.objects.pending().get().mentor_enrolment == last
    assert mentee.shortlist.get(mentor=away).skipped_at == made.deadline


def test_beat_asleep_for_two_days_sends_each_letter_once_and_nothing_stale():
    here = cohort()
    mentee, mentor, after = enrolment(here), enrolment(here, role=Role.MENTOR), enrolment(here, role=Role.MENTOR)
    shortlist.add(mentee_enrolment=mentee, mentor_enrolment=after, user=mentee.person, now=NOW)
    friday = NOW - timedelta(days=4)
    made = ask(mentee, mentor, friday)
    tick(friday)
    reminder = Letter.objects.get(kind="request_waiting", subject_id=made.pk)
    late = reminder.due_at + timedelta(days=2)  # the last call is due by now, too; the end is not
    assert tick(late) == sorted(
        [
            (mentor.person.email, "A request is still waiting for you"),
            (mentee.person.email, "Your request closes within a day"),
        ]
    )
    assert tick(late + timedelta(minutes=1)) == []


def test_letters_that_woke_after_the_deadline_are_cancelled_even_before_the_sweep():
    made = ask(*couple())
    late = made.deadline + timedelta(days=2)
    delivery.deliver_due(late)
    assert mail.outbox == []
    assert set(Letter.objects.values_list("kind", "state", "reason")) == {
        (kind, "cancelled", "request_past_deadline")
        for kind in ("request_asked", "request_waiting", "request_expiring")
    }
    assert requests.expire_due(now=late) == 1


class TestThreeInARow:
    def let_pass(self, mentor, times, start=NOW):
        """So many requests that the mentor lets pass, one after the other; when the last of them was over."""
        for _each in range(times):
            asked = request(enrolment(mentor.cohort), mentor, at=start)
            start = asked.deadline
            requests.expire_due(now=start)
        return start

    def alerts(self):
        return list(Alert.objects.filter(kind=AlertKind.MENTOR_SILENT).order_by("raised_at"))

    def test_the_coordinators_are_told_once_with_the_dates(self):
        coordinator = people.person(email="cora@x.example", staff=True)
        mentor = enrolment(cohort(coordinators=(coordinator,)), role=Role.MENTOR)
        now = self.let_pass(mentor, requests.SILENT_IN_A_ROW - 1)
        assert self.alerts() == []
        now = self.let_pass(mentor, 1, now)
        (told,) = self.alerts()
        assert (told.subject_id, told.facts) == (mentor.pk, {"days": ["2026-03-17", "2026-03-24", "2026-03-31"]})
        self.let_pass(mentor, 3, now)
        assert self.alerts() == [told]
        assert Letter.objects.filter(kind="coordinator_alert", subject_id=told.pk).count() == 1

    def test_one_settled_by_hand_does_not_come_again_by_the_fourth(self):
        mentor = enrolment(role=Role.MENTOR)
        now = self.let_pass(mentor, requests.SILENT_IN_A_ROW)
        Alert.objects.filter(kind=AlertKind.MENTOR_SILENT).update(settled_at=now)
        self.let_pass(mentor, 1, now)
        assert len(self.alerts()) == 1

    @pytest.mark.parametrize("answer", ["decline", "accept"])
    def test_an_answer_begins_anew(self, answer):
        mentor = enrolment(person=people.mentor(capacity=2), role=Role.MENTOR)
        now = self.let_pass(mentor, requests.SILENT_IN_A_ROW - 1)
        asked = request(enrolment(mentor.cohort), mentor, at=now)
        words = {"reason_class": "time"} if answer == "decline" else {}
        getattr(requests, answer)(request=asked, user=mentor.person, now=now, **words)
        now = self.let_pass(mentor, requests.SILENT_IN_A_ROW - 1, now)
        assert self.alerts() == []
        now = self.let_pass(mentor, 1, now)
        assert [told.settled_at for told in self.alerts()] == [None]
        asked = request(enrolment(mentor.cohort), mentor, at=now)
        requests.decline(request=asked, user=mentor.person, reason_class="time", now=now)
        assert [told.settled_at for told in self.alerts()] == [now]

    def test_what_others_took_back_neither_counts_nor_resets(self):
        mentor = enrolment(role=Role.MENTOR)
        now = self.let_pass(mentor, requests.SILENT_IN_A_ROW - 1)
        for state in (RequestState.WITHDRAWN, RequestState.LAPSED):
            request(enrolment(mentor.cohort), mentor, at=now, state=state, answered_at=now)
        assert self.alerts() == []
        self.let_pass(mentor, 1, now)
        assert len(self.alerts()) == 1

    def test_every_cohort_it_happened_in_hears_of_it(self):
        person = people.mentor()
        one, other = (enrolment(cohort(), person, Role.MENTOR) for _ in range(2))
        now = self.let_pass(one, 1)
        self.let_pass(other, 2, now)
        assert {told.cohort_id for told in self.alerts()} == {one.cohort_id, other.cohort_id}
