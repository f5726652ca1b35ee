"""A changed address takes a day, is told to both, and is undone by the old one's link."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import tasks, tokens
from accounts.domain import addresses
from accounts.models import AddressChange, NeverWith, User
from common.errors import Refused, WrongState
from common.models import Event
from outbox.domain import delivery
from outbox.models import Letter
from tests import people
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + addresses.DELAY


@pytest.fixture
def member():
    user = people.person("Ana Sousa", email="ana@old.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def begin(member, new="Ana@New.example", now=NOW):
    return addresses.begin(user=member, new=new, now=now)


def arrived(now):
    before = len(mail.outbox)
    delivery.deliver_due(now)
    return {letter.to[0]: letter for letter in mail.outbox[before:]}


def link_in(letter):
    return urlsplit(re.search(r"https?://\S+/address/\S+", letter.body)[0]).path


def address_of(member):
    return User.objects.get(pk=member.pk).email


def test_nothing_changes_for_a_day_and_both_are_told(member):
    owner = people.person()
    NeverWith.objects.put(owner=owner, email="ana@new.example")
    begin(member)
    told = arrived(NOW)
    assert set(told) == {"ana@old.example", "ana@new.example"}
    assert "/address/" in told["ana@old.example"].body
    assert "/address/" not in told["ana@new.example"].body
    assert addresses.apply_due(now=LATER - timedelta(seconds=1)) == 0
    assert address_of(member) == "ana@old.example"
    assert addresses.apply_due(now=LATER) == 1
    assert addresses.apply_due(now=LATER) == 0
    assert address_of(member) == "ana@new.example"
    proven = EmailAddress.objects.get(user=member)
    assert (proven.email, proven.verified, proven.primary) == ("ana@new.example", True, True)
    assert set(arrived(LATER)) == {"ana@old.example", "ana@new.example"}
    assert [entry.person_id for entry in owner.never_with.opened()] == [member.pk]
    lines = Event.objects.filter(subject_id=member.pk).order_by("id").values_list("verb", "fields")
    assert list(lines) == [("ask_new_address", "email"), ("change_address", "email")]


def test_the_old_address_undoes_it_without_a_session_by_a_post_alone(member):
    change = begin(member)
    thief = Client()
    thief.force_login(member)
    where, stranger = link_in(arrived(NOW)["ana@old.example"]), Client()
    page = stranger.get(where)
    assert "Undo the change" in page.content.decode()
    change.refresh_from_db()
    assert change.is_waiting  # looking, as scanners do, changes nothing
    assert thief.get(reverse("accounts:profile")).status_code == 200
    assert stranger.post(where).status_code == 302
    assert thief.get(reverse("accounts:profile")).status_code == 302  # signed out, as everywhere
    assert "stays as it is" in stranger.get(where).content.decode()
    assert stranger.post(where).status_code == 302
    assert addresses.apply_due(now=LATER) == 0
    assert address_of(member) == "ana@old.example"
    assert Event.objects.filter(verb="undo_new_address").count() == 1


def test_a_forged_link_is_not_there_and_one_for_what_is_over_says_so(member):
    change = begin(member)
    where = link_in(arrived(NOW)["ana@old.example"])
    assert Client().get(where[:-2] + "/").status_code == 404
    addresses.apply_due(now=LATER)
    assert Client().post(where).status_code == 302
    assert "in effect" in Client().get(where).content.decode()
    with pytest.raises(WrongState):
        addresses.undo(change=change, now=LATER)
    AddressChange.objects.all().delete()
    assert Client().get(where).status_code == 404


def test_the_last_one_asked_for_counts(member):
    first = begin(member, "one@new.example")
    begin(member, "two@new.example", NOW + timedelta(hours=1))
    first.refresh_from_db()
    assert first.undone_at
    addresses.apply_due(now=LATER + timedelta(hours=1))
    assert address_of(member) == "two@new.example"
    assert set(Letter.objects.filter(subject_id=first.pk).values_list("state", flat=True)) == {"cancelled"}


def test_somebody_elses_address_is_refused_even_when_taken_meanwhile(member):
    other = people.person(email="taken@x.example")
    with pytest.raises(Refused):
        begin(member, other.email)
    begin(member)
    User.objects.filter(pk=other.pk).update(email="ana@new.example")
    assert addresses.apply_due(now=LATER) == 0
    assert address_of(member) == "ana@old.example"
    assert not addresses.waiting(member)


def test_over_the_pages_the_code_proves_it_and_the_day_begins(member, monkeypatch):
    client = Client()
    client.post(reverse("account_login"), {"login": member.email, "password": people.PASSWORD})
    asks = client.post(reverse("account_email"), {"email": "ana@new.example", "action_add": ""})
    assert asks.url.startswith(reverse("account_reauthenticate"))  # and goes on with what was typed
    client.post(asks.url, {"password": people.PASSWORD, "next": reverse("account_email")})
    delivery.deliver_due(NOW)
    code = re.search(r"^([A-Z0-9-]{6,9})$", mail.outbox[-1].body, re.MULTILINE)[1]
    asked = client.get(reverse("account_email_verification_sent")).content.decode()
    assert "An e-mail with a code is on its way to ana@new.example." in asked
    client.post(reverse("account_email_verification_sent"), {"code": code})
    assert address_of(member) == "ana@old.example"
    (change,) = addresses.waiting(member)
    page = client.get(reverse("account_email")).content.decode()
    assert "ana@new.example is on its way" in page
    # The link carries the second it was made in: the page's may be another one than ours.
    assert tokens.address_change(re.search(r"/address/([^/]+)/", page)[1]) == change.pk
    monkeypatch.setattr(tasks, "now", lambda: change.takes_effect_at)
    tasks.sweep_addresses()
    tasks.sweep_addresses()
    assert address_of(member) == "ana@new.example"
    assert client.get(reverse("home")).status_code == 200


def test_whoever_undoes_it_on_their_own_page_stays_signed_in(member):
    change = begin(member)
    own, other = Client(), Client()
    for client in (own, other):
        client.force_login(member)
    own.post(change.undo_url)
    assert own.get(reverse("accounts:profile")).status_code == 200
    assert other.get(reverse("accounts:profile")).status_code == 302
