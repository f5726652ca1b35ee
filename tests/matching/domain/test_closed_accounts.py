"""What closing an account does to others: said before, done with it, and taken up when the account is open again."""

from datetime import timedelta

import pytest

from accounts.domain import closing
from accounts.models import User
from cohorts.domain import enrolments
from cohorts.states import Role
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from matching.models import Alert, Request
from matching.models.alerts import AlertKind
from matching.states import RequestState
from outbox.kinds import registered
from outbox.models import Letter
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing, request

pytestmark = pytest.mark.django_db


@pytest.fixture
def superuser():
    return people.superuser()


@pytest.fixture
def mentor():
    """Of a cohort with one coordinator: paired with one mentee, asked by another."""
    here = cohort(coordinators=(people.person("Clara Coordinator"),))
    mentee, made = couple(here, people.mentee("Mia Mentee"), people.mentor("Tom Mentor", capacity=3))
    pairing(mentee, made)
    request(enrolment(here, people.mentee("Ada Asking")), made)
    return made


def close(person, user):
    closing.close_account(person=person, user=user, now=NOW)


def told(kind):
    return list(Letter.objects.filter(kind=kind).values_list("person__name", flat=True))


def test_what_it_would_do_is_said_and_then_done(mentor, superuser):
    assert closing.foreseen(mentor.person, NOW) == [
        "The request from Ada Asking to Tom Mentor closes. Told by e-mail: Ada Asking.",
        "The pairing of Mia Mentee and Tom Mentor goes on; Mia Mentee and its coordinators are told.",
    ]
    close(mentor.person, superuser)
    assert Request.objects.exclude(state=RequestState.ACCEPTED).get().state == RequestState.LAPSED
    assert told("partner_account_closed") == ["Mia Mentee"]
    assert told("coordinator_alert") == ["Clara Coordinator"]
    raised = Alert.objects.get(kind=AlertKind.ACCOUNT_CLOSED)
    assert raised.sentences()[0] == "The mentor’s account is closed."
    assert closing.foreseen(mentor.person, NOW)[:1] == [
        "The pairing of Mia Mentee and Tom Mentor goes on; Mia Mentee and its coordinators are told."
    ]


def test_open_again_the_alert_is_over_and_what_was_not_sent_is_not_needed(mentor, superuser):
    close(mentor.person, superuser)
    letter = Letter.objects.get(kind="partner_account_closed")
    kind = registered()[letter.kind]
    assert kind.still_due(letter, NOW) is None
    closing.reopen_account(person=mentor.person, user=superuser, now=NOW + timedelta(hours=1))
    assert kind.still_due(letter, NOW) == "account_open"
    assert not Alert.objects.open().filter(kind=AlertKind.ACCOUNT_CLOSED).exists()
    assert User.objects.get(pk=mentor.person_id).is_active
    verbs = Event.objects.filter(person=mentor.person, user=superuser).values_list("verb", flat=True)
    assert set(verbs) == {"close_account", "reopen_account"}
    close(mentor.person, superuser)
    assert len(told("partner_account_closed")) == 1, "of the same moment: written to once"


def test_its_sessions_end(client, mentor, superuser):
    client.force_login(mentor.person)
    close(mentor.person, superuser)
    mentor.person.refresh_from_db()
    closing.reopen_account(person=mentor.person, user=superuser, now=NOW)
    assert client.get("/you/").status_code == 302


def test_only_superusers_and_nobody_their_own(mentor, superuser):
    with pytest.raises(NotPermitted):
        close(mentor.person, mentor.cohort.coordinators.get())
    with pytest.raises(Refused) as refused:
        close(superuser, superuser)
    assert refused.value.code == "oneself"
    close(mentor.person, superuser)
    with pytest.raises(WrongState):
        close(mentor.person, superuser)


def test_who_alone_coordinates_a_cohort_is_named(superuser):
    one, other = people.person(staff=True), people.person(staff=True)
    cohort("Alone", coordinators=(one,))
    cohort("Together", coordinators=(one, other))
    cohort("Over", coordinators=(one,), starts_on=NOW.date() - timedelta(9), ends_on=NOW.date() - timedelta(1))
    said = ["Nobody else coordinates Alone: what needs somebody there would reach nobody."]
    assert closing.foreseen(one, NOW) == said
    close(other, superuser)
    assert len(closing.foreseen(one, NOW)) == 2


def test_withdrawing_says_what_it_would_do_as_well(mentor):
    assert enrolments.foreseen(mentor, NOW) == [
        "The request from Ada Asking to Tom Mentor closes. Told by e-mail: Ada Asking and Tom Mentor.",
        "The pairing of Mia Mentee and Tom Mentor goes on until it is ended.",
    ]
    assert mentor.role == Role.MENTOR
