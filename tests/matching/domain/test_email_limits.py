"""However busily somebody asks and takes back, or alerts arise: nobody's mailbox fills."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.domain.conflict_changes import people_changed
from accounts.models import Affiliation
from cohorts.states import Role
from common.transactions import unit_of_work
from common.transitions import Actor
from matching.domain.alerts import alert
from matching.domain.requests import ask, withdraw
from matching.models import Request
from matching.models.alerts import AlertKind
from outbox.domain.delivery import deliver_due
from outbox.models import Letter
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def ask_and_take_back(mentee, mentor, now):
    asked = ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=now)
    deliver_due(now)
    return withdraw(request=asked, user=mentee.person, actor=Actor.MENTEE, ask_next=False, now=now + SECOND)


def to(person):
    return [message for message in mail.outbox if message.to == [person.email]]


def test_what_is_taken_back_at_once_was_never_said(settings):
    settings.OUTBOX_UNDO_SECONDS = 60
    mentee, mentor = couple()
    for number in range(10):
        ask_and_take_back(mentee, mentor, NOW + 2 * number * SECOND)
        deliver_due(NOW + (2 * number + 1) * SECOND)
    deliver_due(NOW + HOUR)
    assert to(mentor.person) == []
    taken_back = Letter.objects.filter(kind="request_withdrawn").values_list("state", "reason")
    assert set(taken_back) == {("cancelled", "never_announced")}


def test_the_one_that_stands_is_said_once(settings):
    settings.OUTBOX_UNDO_SECONDS = 60
    mentee, mentor = couple()
    ask_and_take_back(mentee, mentor, NOW)
    ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW + 5 * SECOND)
    deliver_due(NOW + HOUR)
    assert [message.subject for message in to(mentor.person)] == ["A request is waiting for you"]


def test_without_a_moment_to_undo_a_mentor_still_hears_of_it_once_a_day():
    mentee, mentor = couple()
    for number in range(10):
        ask_and_take_back(mentee, mentor, NOW + 2 * number * SECOND)
        deliver_due(NOW + (2 * number + 1) * SECOND)
    assert [message.subject for message in to(mentor.person)] == [
        "A request is waiting for you",
        "A request was taken back",
    ]


def test_many_who_ask_one_mentor_on_a_day_are_two_emails():
    here = cohort()
    mentor = enrolment(here, people.mentor(), Role.MENTOR)
    mentees = [enrolment(here, people.mentee()) for _each in range(6)]
    for hour, mentee in enumerate(mentees):
        ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW + hour * HOUR / 4)
        deliver_due(NOW + hour * HOUR / 4)
    assert len(to(mentor.person)) == 1
    deliver_due(NOW + 24 * HOUR)
    assert len(to(mentor.person)) == 2
    assert all(mentee.person.get_short_name() in to(mentor.person)[1].body for mentee in mentees[1:])


def test_a_request_held_before_it_was_said_is_said_once_it_goes_on(settings):
    settings.OUTBOX_UNDO_SECONDS = 60
    mentee, mentor = couple()
    ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
    for works_until in (NOW.date(), None):
        Affiliation.objects.filter(person=mentor.person).update(ends_on=works_until)
        with unit_of_work():
            people_changed({mentor.person_id}, now=NOW + SECOND)
        if works_until:
            assert Request.objects.get().held_until
        deliver_due(NOW + HOUR)
        assert bool(to(mentor.person)) is (works_until is None)
    assert mentee.person.get_short_name() in to(mentor.person)[0].body
    assert Letter.objects.get(kind="request_asked").state == "sent"


def test_many_alerts_are_one_email_with_names(settings):
    settings.OUTBOX_UNDO_SECONDS = 60
    coordinator = people.person("Cora Coordinator")
    here = cohort(coordinators=(coordinator,))
    mentees = [enrolment(here, people.mentee()) for _each in range(13)]
    for number, mentee in enumerate(mentees):
        alert(kind=AlertKind.SHORTLIST_EMPTY, subject=mentee, now=NOW + number * SECOND)
    deliver_due(NOW + HOUR)
    (message,) = to(coordinator)
    assert all(mentee.person.name in message.body for mentee in mentees)
    assert all(mentee.person.name not in message.subject for mentee in mentees)


def test_an_alert_alone_names_whom_it_is_about():
    coordinator = people.person("Cora Coordinator")
    mentee = enrolment(cohort(coordinators=(coordinator,)), people.mentee("Mia Mentee"))
    alert(kind=AlertKind.SHORTLIST_EMPTY, subject=mentee, now=NOW)
    deliver_due(NOW)
    assert "Mia Mentee" in to(coordinator)[0].body
