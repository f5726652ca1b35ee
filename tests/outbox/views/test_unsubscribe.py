"""The page behind the link: looking changes nothing, one POST does."""

import pytest
from django.test import Client

from outbox.domain import unsubscribe
from outbox.kinds import LetterKind, Scope, register, registered
from outbox.models import Unsubscription
from tests.outbox.conftest import REMINDER, STATE, plain


@pytest.fixture
def mail_program():
    """No cookie, no session, no CSRF token."""
    return Client(enforce_csrf_checks=True)


def path(person, *kinds):
    return "/letters/" + unsubscribe.link(person.pk, *(kinds or [REMINDER])).partition("/letters/")[2]


def test_looking_shows_and_changes_nothing(mail_program, reader):
    for method in (mail_program.get, mail_program.head):
        assert method(path(reader)).status_code == 200
    page = mail_program.get(path(reader)).content.decode()
    assert "Reminders for tests" in page
    assert reader.email in page
    assert "Stop these e-mails" in page
    assert not Unsubscription.objects.exists()


def test_one_click_of_a_mail_program_acts(mail_program, reader):
    answer = mail_program.post(path(reader), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert Unsubscription.objects.get().person == reader


def test_a_person_stops_and_starts_again_on_the_same_page(mail_program, reader):
    stopped = mail_program.post(path(reader), follow=True).content.decode()
    assert "Send them again" in stopped
    started = mail_program.post(path(reader), {"again": "1"}, follow=True).content.decode()
    assert "Stop these e-mails" in started
    assert not Unsubscription.objects.exists()


def test_letters_about_a_state_say_that_they_go_on(mail_program, reader):
    page = mail_program.post(path(reader, STATE), follow=True).content.decode()
    assert "cannot be stopped while you take part" in page
    assert not Unsubscription.objects.exists()


def test_a_link_for_several_kinds_names_them_and_one_click_stops_them_all(mail_program, reader):
    register(LetterKind("other", plain, title="Other letters for tests", scope=Scope.SITE))
    several = path(reader, REMINDER, registered()["other"])
    page = mail_program.get(several).content.decode()
    assert "Reminders for tests" in page
    assert "Other letters for tests" in page
    mail_program.post(several, {"List-Unsubscribe": "One-Click"})
    assert set(Unsubscription.objects.values_list("kind", flat=True)) == {"reminder", "other"}
    assert "Send them again" in mail_program.get(several).content.decode()


def test_a_forged_link_is_a_missing_page(mail_program, db):
    for method in (mail_program.get, mail_program.post):
        assert method("/letters/unsubscribe/WyJ4Il0:1abc:forged/").status_code == 404
