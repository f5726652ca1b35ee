"""E-mails about an account go through the outbox: the page never waits for a mail server, whoever asks."""

import logging
import re
import socket
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.account_letters import LETTERS, NOTICE_LASTS, lasts
from accounts.models import User
from common.clock import now
from outbox.domain import troubles
from outbox.domain.delivery import deliver_due
from outbox.domain.post import wake_workers
from outbox.models import Enclosure, Letter, LetterState
from tests import people

pytestmark = pytest.mark.django_db
ASK, CONFIRM = "account_request_login_code", "account_confirm_login_code"
CODE = re.compile(r"\b[A-Z]{4}-[A-Z]{4}\b")
STRANGER = "nobody@example.org"


@pytest.fixture
def member() -> User:
    user = people.mentee("Amara Diallo")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def silent_server(settings: Any) -> Any:
    """A mail server that takes connections and says nothing; nobody should come."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
        yield listening


def sign_in(client: Client, user: User) -> None:
    client.post(reverse("account_login"), {"login": user.email, "password": people.PASSWORD})


def ask_for_code(client: Client, user: User, address: str) -> Any:
    return client.post(reverse(ASK), {"email": address})


def ask_for_password(client: Client, user: User, address: str) -> Any:
    return client.post(reverse("account_reset_password"), {"email": address})


def change_password(client: Client, user: User, _address: str) -> Any:
    sign_in(client, user)
    said = {"oldpassword": people.PASSWORD, "password1": "four quiet words here", "password2": "four quiet words here"}
    answer = client.post(reverse("account_change_password"), said)
    user.refresh_from_db()
    assert user.check_password("four quiet words here")
    return answer


def add_address(client: Client, user: User, _address: str) -> Any:
    sign_in(client, user)
    asked = client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    return client.post(asked.url, {"password": people.PASSWORD, "next": reverse("account_email")})


ACTS = [ask_for_code, ask_for_password, change_password, add_address]


@pytest.mark.parametrize("act", ACTS)
def test_no_page_speaks_to_the_mail_server(act, client, member, silent_server):
    answer = act(client, member, member.email)
    assert answer.status_code == 302
    letter = Letter.objects.get()
    assert (letter.state, letter.urgent, letter.person) == (LetterState.PENDING, True, member)
    with pytest.raises(BlockingIOError):
        silent_server.accept()


def test_a_worker_is_woken_as_soon_as_it_is_there(member, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        ask_for_code(Client(), member, member.email)
    assert wake_workers in callbacks


@pytest.mark.parametrize("act", [ask_for_code, ask_for_password])
def test_a_known_and_an_unknown_address_cost_the_same(act, member):
    counts, rows = [], []
    for address in (member.email, STRANGER):
        with CaptureQueriesContext(connection) as queries:
            assert act(Client(), member, address).status_code == 302
        counts.append(sum(query["sql"].startswith(("INSERT", "UPDATE", "DELETE")) for query in queries))
        rows.append(Letter.objects.count())
    assert counts[0] == counts[1] > 0
    assert rows == [1, 2]


def test_somebody_unknown_is_nowhere_in_clear_and_forgotten_once_told(client, member):
    ask_for_code(client, member, STRANGER)
    assert Letter.objects.get().person is None
    deliver_due(now())
    assert mail.outbox[0].to == [STRANGER]
    assert not Enclosure.objects.exists()


def test_a_code_that_was_asked_for_anew_leaves_alone(client, member):
    ask_for_code(client, member, member.email)
    until = Enclosure.objects.get().expires_at
    client.post(reverse(CONFIRM), {"action": "resend"})
    assert sorted(Letter.objects.values_list("state", "reason")) == [("cancelled", "replaced"), ("pending", "")]
    newest = Letter.objects.get(state=LetterState.PENDING)
    assert Enclosure.objects.get(pk=newest.subject_id).expires_at == until, "it opens nothing after the first one"
    deliver_due(now())
    (message,) = mail.outbox
    code = CODE.search(str(message.body))
    assert code
    client.post(reverse(CONFIRM), {"code": code[0]})
    assert "_auth_user_id" in client.session


def test_nobody_elses_session_takes_a_code_away(member):
    first = Client()
    ask_for_code(first, member, member.email)
    ask_for_code(Client(), member, member.email)
    assert set(Letter.objects.values_list("state", flat=True)) == {LetterState.PENDING}


def test_a_code_that_could_not_leave_in_time_never_does(client, member):
    ask_for_code(client, member, member.email)
    Enclosure.objects.update(expires_at=timezone.now())
    deliver_due(now())
    assert Letter.objects.get().reason == "out_of_date"
    assert mail.outbox == []


def test_a_letter_lives_as_long_as_what_it_carries(settings):
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 60
    for occasion, words in LETTERS.items():
        assert (lasts(occasion) == NOTICE_LASTS) is (words.shape == "notice" and "unknown" not in occasion), occasion
    assert lasts("account/email/login_code") == lasts("account/email/unknown_account") == timedelta(minutes=1)


def test_the_page_says_that_emails_are_late_to_everybody_alike(member):
    for address in (member.email, STRANGER):
        client = Client()
        ask_for_code(client, member, address)
        assert "leave late" not in client.get(reverse(CONFIRM)).content.decode()
    troubles.refused("535 no")
    assert "E-mails leave late at the moment" in client.get(reverse(CONFIRM)).content.decode()


def test_no_log_is_mailed_from_a_request():
    names = ["django", *(name for name in logging.root.manager.loggerDict if name.startswith("django"))]
    handlers = [type(handler).__name__ for name in names for handler in logging.getLogger(name).handlers]
    assert "AdminEmailHandler" not in handlers


def test_the_desk_names_nobody_unknown_and_offers_no_second_copy(client, member, settings):
    ask_for_code(client, member, STRANGER)
    deliver_due(now())
    superuser = people.person("Super User")
    User.objects.filter(pk=superuser.pk).update(is_staff=True, is_superuser=True)
    desk = Client()
    desk.force_login(User.objects.get(pk=superuser.pk))
    answer = desk.get(reverse("admin:outbox_letter_change", args=[Letter.objects.get().pk]))
    page = answer.content.decode()
    assert "somebody without an account" in page
    assert "A code or a link can be asked for anew" in page
    assert STRANGER not in page
    assert answer.context["verbs"] == []
