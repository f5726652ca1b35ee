"""With a second language, everybody reads pages and e-mails in their own: seen by Django's own words for months."""

from datetime import date

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from accounts.adapter import AccountAdapter
from accounts.domain import addresses, invitations
from accounts.forms.profile import TimesForm
from accounts.letters import INVITATION
from accounts.models import Leave, Profile
from cohorts.states import Role
from common.clock import now
from common.reading import language_or_default
from matching.domain.asking import ask
from outbox.domain.delivery import deliver_due
from outbox.models import Letter
from tests import people
from tests.matching.factories import NOW, cohort, enrolment

pytestmark = pytest.mark.django_db
BOTH = [("en-gb", "English"), ("de", "Deutsch")]
MONTHS = {"en-gb": "March", "de": "März"}
# What somebody may read in, and what they then get; one that is no longer offered is as none.
READERS = [("en-gb", "en-gb"), ("de", "de"), ("tlh", "en-gb")]


@pytest.fixture(autouse=True)
def _two_languages(settings):
    settings.LANGUAGES = BOTH


def html(message):
    assert isinstance(message, EmailMultiAlternatives)
    return str(message.alternatives[0][0])


@pytest.mark.parametrize(("chosen", "read"), READERS)
def test_an_email_is_in_its_recipients_language(chosen, read):
    here = cohort()
    mentor = enrolment(here, people.mentor(language=chosen), Role.MENTOR)
    mentee = enrolment(here, people.mentee(language="de"))
    ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
    deliver_due(NOW)
    (message,) = mail.outbox
    assert message.to == [mentor.person.email]
    for body in (str(message.body), html(message)):
        assert [month for month in MONTHS.values() if month in body] == [MONTHS[read]]
    assert f'<html lang="{read}"' in html(message)


@pytest.mark.parametrize(("chosen", "read"), READERS)
def test_a_page_is_in_its_readers_language(client, chosen, read):
    reader = people.person(language=chosen)
    Leave.objects.create(person=reader, starts_on=date(2030, 3, 4), ends_on=date(2030, 3, 8))
    client.force_login(reader)
    answer = client.get(reverse("accounts:leave"), headers={"Accept-Language": "de"})
    page = answer.content.decode()
    assert [month for month in MONTHS.values() if month in page] == [MONTHS[read]]
    assert f'<html lang="{read}"' in page
    assert answer.headers["Content-Language"] == read


def test_both_addresses_are_told_of_their_change_in_the_persons_language():
    reader = people.person(language="de")
    addresses.begin(user=reader, new="new@example.org", now=NOW)
    deliver_due(NOW)
    assert {message.to[0] for message in mail.outbox} == {reader.email, "new@example.org"}
    assert all('<html lang="de"' in html(message) for message in mail.outbox)


@pytest.mark.parametrize("chosen", ["en-gb", "de"])
def test_a_code_is_in_the_language_of_whose_address_it_is_whatever_the_browser_speaks(client, chosen):
    reader = people.person(language=chosen)
    other = {"en-gb": "de", "de": "en-gb"}[chosen]
    client.post(reverse("account_request_login_code"), {"email": reader.email}, headers={"Accept-Language": other})
    deliver_due(now())
    (code,) = mail.outbox
    assert f'<html lang="{chosen}"' in html(code)


def test_what_an_unknown_address_is_told_is_in_the_language_of_the_page():
    with translation.override("de"):
        AccountAdapter().send_mail("account/email/unknown_account", "nobody@example.org", {})
    deliver_due(now())
    (message,) = mail.outbox
    assert '<html lang="de"' in html(message)


def test_who_is_invited_reads_in_the_sites_language():
    invitation = invitations.invite(email="a@example.org", name="A", user=None, now=NOW)
    recipient = INVITATION.recipient(Letter(subject_id=invitation.pk))
    assert recipient is not None
    assert recipient.language == "en-gb"


def test_the_form_asks_for_the_language_only_where_there_is_a_choice(settings):
    profile = people.person().profile
    assert [value for value, _label in TimesForm(instance=profile).fields["language"].choices] == ["en-gb", "de"]
    settings.LANGUAGES = BOTH[:1]
    assert "language" not in TimesForm(instance=profile).fields


def test_somebody_new_reads_in_the_sites_language():
    assert Profile().language == language_or_default("") == "en-gb"
