"""Erasing is asked for, announced, undone and carried out, by whom it may be, and one bad row holds up nobody."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import tokens
from accounts.domain import closing, erasing, never_with
from accounts.models import Erasure, NeverWith, User
from cohorts.states import Role
from common.models import ContentKey, Event
from mentorship.own_data import erasing as carrying_out
from mentorship.own_data import taking
from mentorship.own_data.erasure import Leaving
from outbox.domain.delivery import deliver_due
from outbox.models import Letter
from tests import people
from tests.frozen_clock import FrozenClock
from tests.matching import factories
from tests.matching.factories import NOW
from tests.mentorship.own_data.test_own_data import confirmed

pytestmark = pytest.mark.django_db

DUE = NOW + erasing.DELAY


@pytest.fixture
def clock(settings: Any) -> Iterator[type[FrozenClock]]:
    settings.CLOCK = "tests.frozen_clock.now"
    FrozenClock.moment = DUE
    yield FrozenClock
    FrozenClock.moment = NOW


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


@pytest.fixture
def mentor() -> User:
    pairing = factories.pairing(None, factories.enrolment(role=Role.MENTOR))
    factories.request(None, factories.enrolment(pairing.cohort, people.mentor("Tom Mentor"), Role.MENTOR))
    EmailAddress.objects.create(user=pairing.mentor, email=pairing.mentor.email, verified=True, primary=True)
    return pairing.mentor


def kept_by(text: str) -> UUID:
    """The erasure that the link in this text undoes."""
    return tokens.erasure(re.search(r"/erasure/([^/]+)/", text)[1])


def test_one_is_told_first_then_closed_and_sent_to_the_way_back(mentor: User) -> None:
    client, where = confirmed(mentor), reverse("own_data:erase")
    shown = client.get(where)
    told = shown.context["foreseen"]
    assert any("ends on" in line for line in told)
    assert "Your ties to organisations" in shown.context["touched"].goes
    assert "Your pairings" in shown.context["touched"].emptied
    assert client.post(where).status_code == 422, "not shown, not done"
    assert Erasure.objects.waiting_for(mentor) is None
    answer = client.post(where, {"told": told})
    erasure = Erasure.objects.get(person=mentor)
    assert kept_by(answer["Location"]) == erasure.pk
    assert not User.objects.get(pk=mentor.pk).is_active
    assert "_auth_user_id" not in client.session
    page = client.get(erasure.undo_url).content.decode()
    assert "Keep my account" in page
    assert erasing.begin(person=mentor, user=mentor, now=NOW) == erasure, "asked for twice is asked for once"
    assert Letter.objects.filter(kind="erasure_asked", person=mentor).count() == 1


def test_the_link_in_the_e_mail_brings_everything_back(mentor: User, client: Client) -> None:
    was = dump_of(mentor)
    erasure = erasing.begin(person=mentor, user=mentor, now=NOW)
    deliver_due(NOW)
    (sent,) = (message for message in mail.outbox if message.to == [mentor.email])
    assert kept_by(sent.body) == erasure.pk
    client.get(erasure.undo_url)
    assert not User.objects.get(pk=mentor.pk).is_active, "looking changes nothing"
    for _twice in range(2):
        assert client.post(erasure.undo_url).status_code == 302
    assert User.objects.get(pk=mentor.pk).is_active
    assert "Your account is kept" in client.get(erasure.undo_url).content.decode()
    assert carrying_out.carry_out_due(now=DUE) == 0
    assert dump_of(mentor) == was
    assert Event.objects.filter(person=mentor, verb="undo_erasure").count() == 1
    assert client.get(reverse("accounts:erasure", args=["not-ours"])).status_code == 404


@pytest.mark.parametrize("was_open", [True, False])
def test_whose_account_is_kept_is_told(mentor: User, client: Client, was_open: bool) -> None:
    if not was_open:
        closing.close_account(person=mentor, user=people.superuser(), now=NOW)
    erasure = erasing.begin(person=mentor, user=mentor, now=NOW)
    deliver_due(NOW)
    for _twice in range(2):
        erasing.undo(erasure=erasure, user=None, now=NOW)
    deliver_due(NOW)
    (told,) = (message for message in mail.outbox if message.subject == "Your account is kept")
    assert told.to == [mentor.email]
    assert ("you can sign in as before" in told.body) is was_open
    assert ("The account is closed, as it was before." in told.body) is not was_open


def test_whoever_asks_again_at_once_is_not_told_that_it_is_kept(mentor: User) -> None:
    erasing.undo(erasure=erasing.begin(person=mentor, user=mentor, now=NOW), user=None, now=NOW)
    erasing.begin(person=mentor, user=mentor, now=NOW)
    deliver_due(NOW)
    assert Letter.objects.get(kind="erasure_undone").reason == "erasure_asked_again"


def dump_of(user: User) -> list[Any]:
    parts = taking.everything(User.objects.get(pk=user.pk), spoken=False)
    later = {"accounts_erasure", "common_event", "outbox_letter", "matching_request_received"}
    return [part for part in parts if part.name not in later]


def test_who_signs_in_meanwhile_sees_it_and_gets_the_link(mentor: User, client: Client) -> None:
    erasure = erasing.begin(person=mentor, user=mentor, now=NOW)
    answer = client.post(reverse("account_login"), {"login": mentor.email, "password": people.PASSWORD})
    assert kept_by(answer["Location"]) == erasure.pk
    client.post(reverse("account_request_login_code"), {"email": mentor.email})
    assert Letter.objects.filter(kind="erasure_asked", person=mentor).count() == 2, "in the place of a code"


def test_a_superuser_does_it_for_whoever_asks_and_stops_it(mentor: User, clock: Any) -> None:
    superuser = people.superuser()
    client, where = signed_in(superuser), reverse("admin:accounts_user_changelist")
    said = {"action": "begin_erasing", "_selected_action": [str(mentor.pk)], "from_page": "1", "confirmed": "1"}
    told = client.post(where, said).context["foreseen"]
    client.post(where, {**said, "told": told})
    page = reverse("admin:accounts_user_change", args=[mentor.pk])
    assert [verb.name for verb in client.get(page).context["verbs"]] == ["stop_erasing"]
    assert Event.objects.filter(user=superuser, verb="ask_erasure", actor="coordinator").exists()
    client.post(where, {**said, "action": "stop_erasing"})
    assert User.objects.get(pk=mentor.pk).is_active
    assert Event.objects.filter(user=superuser, verb="undo_erasure", actor="coordinator").exists()


def test_the_last_superuser_stays() -> None:
    User.objects.update(is_superuser=False)
    client = confirmed(people.superuser())
    answer = client.post(reverse("own_data:erase"))
    assert "appoint another superuser first" in answer.content.decode()
    people.superuser()
    assert client.post(reverse("own_data:erase")).status_code == 302


def test_one_who_cannot_be_erased_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = people.mentor(), people.mentor()
    for person in (first, second):
        erasing.begin(person=person, user=person, now=NOW)
    forget = never_with.forget

    def fails(person: User) -> None:
        if person.pk == first.pk:
            raise RuntimeError("for one")
        forget(person)

    monkeypatch.setattr(never_with, "forget", fails)
    assert carrying_out.carry_out_due(now=DUE) == 1
    assert not User.objects.get(pk=first.pk).is_erased, "all or nothing"
    assert User.objects.get(pk=second.pk).is_erased
    monkeypatch.undo()
    assert carrying_out.carry_out_due(now=DUE) == 1


def test_lists_that_cannot_be_read_hold_up_nobody() -> None:
    person, owner = people.mentor(), people.mentee()
    NeverWith.objects.put(owner=owner, person=person)
    erasing.begin(person=person, user=person, now=NOW)
    ContentKey.objects.update(wrapped=b"x")
    assert carrying_out.carry_out_due(now=DUE) == 1


def test_the_page_takes_as_many_queries_for_many_rows_as_for_few() -> None:
    mentor = factories.enrolment(role=Role.MENTOR)
    client = confirmed(mentor.person)

    def queries(more: int) -> int:
        for _each in range(more):
            factories.request(None, mentor, state="declined")
            factories.request(None, mentor)
            people.affiliation(mentor.person, people.organisation(), kind="board")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("own_data:erase")).status_code == 200
        return len(asked)

    assert queries(1) == queries(12)


def test_erasing_takes_as_many_queries_for_many_rows_as_for_few() -> None:
    def queries(more: int) -> int:
        mentor = factories.enrolment(role=Role.MENTOR)
        for _each in range(more):
            factories.request(None, mentor, state="declined")
            people.affiliation(mentor.person, people.organisation(), kind="board")
            NeverWith.objects.put(owner=people.mentee(), person=mentor.person)
        with CaptureQueriesContext(connection) as asked:
            carrying_out.wipe(Leaving.of(mentor.person))
        return len(asked)

    assert queries(2) == queries(12)
