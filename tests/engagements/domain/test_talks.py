"""Asking for a talk: who is asked, what leaves, and that it can be taken back without a trace."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail

from cohorts.states import Role
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from engagements.domain import talks
from engagements.domain.talks import Delivery
from engagements.models import Talk
from outbox.domain import enclosures, troubles
from outbox.domain.delivery import deliver_due
from outbox.models import Enclosure, Letter, LetterState
from tests import people
from tests.engagements import stories
from tests.matching.factories import NOW, enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def pairing():
    made = stories.active()
    type(made.mentee.profile).objects.filter(person=made.mentee).update(phone="+41 44 000 00 00")
    made.mentee.profile.refresh_from_db()
    return made


@pytest.fixture
def contact(pairing):
    return pairing.cohort.concern_email


def ask(pairing, user=None, *, to=None, with_phone=False, now=NOW):
    asker = user or pairing.mentee
    return talks.ask(pairing=pairing, user=asker, to=to or pairing.cohort.concern_email, with_phone=with_phone, now=now)


def delivered(now=NOW):
    mail.outbox.clear()
    deliver_due(now)
    return list(mail.outbox)


def named(pairing, email):
    """Make this the address of the cohort's concern contact."""
    pairing.cohort.concern_email = email
    pairing.cohort.save()


@pytest.mark.parametrize("with_phone", [True, False])
def test_the_contact_is_told_who_asks_and_nothing_else(pairing, contact, with_phone):
    delivered()
    ask(pairing, with_phone=with_phone)
    (message,) = delivered()
    text = message.body + message.subject + str(message.alternatives)
    assert message.to == [contact]
    assert message.extra_headers["Reply-To"] == pairing.mentee.email
    assert pairing.mentee.name not in message.subject
    assert pairing.mentee.get_full_name() in text
    assert pairing.mentee.email in text
    assert ("+41 44 000 00 00" in text) is with_phone
    for hidden in (pairing.mentor.name, pairing.mentor.email, str(pairing.pk), "/pairings/", "List-Unsubscribe"):
        assert hidden not in text + str(message.extra_headers)


def test_the_row_of_the_letter_says_of_nobody(pairing):
    talk = ask(pairing)
    letter = Letter.objects.get(pk=talk.letter_id)
    assert (letter.person, letter.cohort_id, letter.pairing_id, letter.invitation_id) == (None, None, None, None)
    assert letter.subject_type == "enclosure"
    assert letter.subject_id != talk.pk
    assert talks.delivery(talk) == Delivery.WAITING
    deliver_due(NOW)
    assert talks.delivery(talk) == Delivery.TOLD
    enclosures.clear()
    assert not Enclosure.objects.filter(pk=letter.subject_id).exists()


@pytest.mark.parametrize(
    ("state", "found"),
    [(LetterState.HELD, Delivery.DOUBTFUL), (LetterState.DEAD, Delivery.FAILED), (None, Delivery.DOUBTFUL)],
)
def test_what_the_mail_server_says_is_what_the_page_knows(pairing, state, found):
    talk = ask(pairing)
    letter = Letter.objects.filter(pk=talk.letter_id)
    letter.update(state=state) if state else letter.delete()
    assert talks.delivery(talk) == found


def test_taken_back_before_it_leaves_nobody_hears_of_it(pairing):
    delivered()
    talk = ask(pairing)
    assert not talks.take_back(talk=talk, user=pairing.mentee, now=NOW)
    assert delivered() == []
    assert not Letter.objects.filter(kind="talk_taken_back").exists()
    with pytest.raises(WrongState):
        talks.take_back(talk=talk, user=pairing.mentee, now=NOW)
    with pytest.raises(WrongState):
        talks.settle(talk=talk, user=pairing.mentee, now=NOW)


def test_taken_back_afterwards_the_contact_is_told(pairing, contact):
    talk = ask(pairing)
    delivered()
    assert talks.take_back(talk=talk, user=pairing.mentee, now=NOW)
    (message,) = delivered()
    assert message.to == [contact]
    assert "Reply-To" not in message.extra_headers
    assert "taken that back" in message.body
    assert pairing.mentor.name not in message.body


@pytest.mark.parametrize(("state", "doubts", "told"), [("cancelled", 0, False), ("held", 0, True), ("dead", 1, True)])
def test_it_is_taken_back_only_from_who_may_have_heard(pairing, state, doubts, told):
    """Also what becomes of the first e-mail after it was taken back, while it was on its way."""
    delivered()
    talk = ask(pairing)
    first = Letter.objects.filter(pk=talk.letter_id)
    first.update(state="sending", lease_token=uuid4(), lease_until=NOW)
    assert talks.take_back(talk=talk, user=pairing.mentee, now=NOW)
    first.update(state=state, doubts=doubts, lease_token=None, lease_until=None)
    assert bool(delivered()) is told


def test_when_they_have_talked_nobody_is_told(pairing):
    talk = ask(pairing)
    delivered()
    assert talks.settle(talk=talk, user=pairing.mentee, now=NOW).state == "done"
    assert delivered() == []
    assert ask(pairing).is_asked


def test_what_is_erased_meanwhile_is_not_sent(pairing):
    ask(pairing)
    Talk.objects.all().delete()
    assert [message for message in delivered() if message.to == [pairing.cohort.concern_email]] == []
    assert Letter.objects.get(kind="talk_asked").reason == "talk_settled"


def test_out_of_date_it_says_so(pairing):
    delivered()
    talk = ask(pairing)
    Enclosure.objects.update(expires_at=NOW - timedelta(days=999))
    assert delivered() == []
    assert talks.delivery(talk) == Delivery.FAILED
    assert not talks.take_back(talk=talk, user=pairing.mentee, now=NOW)


def test_it_waits_while_letters_are_paused_and_the_page_can_say_so(pairing):
    troubles.pause_all(user=people.person(staff=True), now=NOW)
    talk = ask(pairing)
    assert delivered() == []
    assert talks.delivery(talk) == Delivery.WAITING


@pytest.mark.parametrize("story", [stories.introduced, stories.agreeing, stories.active, stories.closing])
def test_both_ask_in_every_state(story):
    made = story()
    for person in (made.mentee, made.mentor):
        assert ask(made, person).is_asked


def test_also_after_the_end():
    made = stories.complete(stories.active())
    assert ask(made, made.mentor).is_asked


def test_nobody_else_asks_or_takes_back(pairing):
    talk, other = ask(pairing), people.person()
    for user in (pairing.mentor, other):
        for act in (talks.take_back, talks.settle):
            with pytest.raises(NotPermitted):
                act(talk=talk, user=user, now=NOW)
    with pytest.raises(NotPermitted):
        ask(pairing, other)
    assert list(Talk.objects.visible_to(pairing.mentor)) == []
    assert talks.latest(pairing=pairing, user=pairing.mentor) is None
    assert talks.latest(pairing=pairing, user=pairing.mentee) == talk


def test_once_at_a_time_and_three_times_a_week(pairing):
    talk = ask(pairing)
    with pytest.raises(Refused, match="already"):
        ask(pairing)
    for minute in (1, 2):
        talks.take_back(talk=talk, user=pairing.mentee, now=NOW)
        talk = ask(pairing, now=NOW + timedelta(minutes=minute))
    talks.take_back(talk=talk, user=pairing.mentee, now=NOW)
    with pytest.raises(Refused, match="three times"):
        ask(pairing, now=NOW + timedelta(days=6))
    assert ask(pairing, pairing.mentor).is_asked
    assert ask(pairing, now=NOW + timedelta(days=8)).is_asked


def test_who_was_shown_is_asked_or_nobody(pairing):
    named(pairing, "new@example.org")
    with pytest.raises(Refused, match="has changed"):
        ask(pairing, to="old@example.org")
    assert not Letter.objects.filter(kind="talk_asked").exists()


@pytest.mark.parametrize("who", ["mentee", "mentor", "assistant"])
def test_a_contact_too_close_is_replaced_by_a_coordinator_apart(pairing, who):
    kim = stories.assistant(pairing.mentor)
    close = kim.person if who == "assistant" else getattr(pairing, who)
    named(pairing, close.email.upper())
    assert talks.whom(pairing=pairing, user=pairing.mentee).contact is None
    with pytest.raises(Refused):
        ask(pairing)
    apart, party = people.person("Apart", staff=True), people.person("A party", staff=True)
    enrolment(pairing.cohort, party, Role.MENTOR)
    pairing.cohort.coordinators.add(party)
    assert talks.whom(pairing=pairing, user=pairing.mentee).contact is None
    pairing.cohort.coordinators.add(apart)
    found = talks.whom(pairing=pairing, user=pairing.mentee)
    assert found.contact.email == apart.email
    assert (found.instead_of, found.coordinates) == (pairing.cohort.concern_name, True)
    assert ask(pairing, to=apart.email).contact_email == apart.email


def test_a_coordinator_who_is_the_others_assistant_is_too_close(pairing):
    kim = stories.assistant(pairing.mentor)
    named(pairing, pairing.mentor.email)
    pairing.cohort.coordinators.add(kim.person)
    assert talks.whom(pairing=pairing, user=pairing.mentee).contact is None


def test_without_a_contact_a_coordinator_is_asked(pairing):
    named(pairing, "")
    apart = people.person(staff=True)
    pairing.cohort.coordinators.add(apart)
    assert talks.whom(pairing=pairing, user=pairing.mentee).contact.email == apart.email


def test_a_contact_who_coordinates_is_named_as_such(pairing):
    assert not talks.whom(pairing=pairing, user=pairing.mentee).coordinates
    boss = people.person(staff=True)
    pairing.cohort.coordinators.add(boss)
    named(pairing, boss.email)
    assert talks.whom(pairing=pairing, user=pairing.mentee).coordinates


def test_history_has_it_and_tells_it_to_nobody(pairing):
    before = set(Event.objects.told())
    talk = ask(pairing)
    talks.take_back(talk=talk, user=pairing.mentee, now=NOW)
    lines = Event.objects.filter(subject_id=talk.pk)
    assert {(line.verb, line.actor, line.cohort_id) for line in lines} == {
        ("ask", "mentee", None),
        ("take_back", "mentee", None),
    }
    assert set(Event.objects.told()) == before
