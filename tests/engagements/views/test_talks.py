"""The page on which somebody asks for a talk, and that no other page of anybody's shows it."""

import json
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from engagements.models import Talk
from mentorship.own_data import taking
from outbox.domain.delivery import deliver_due
from tests import people
from tests.engagements import stories
from tests.engagements.views.conftest import body
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
# What goes by the clock of the machine: signatures, and when workers were last seen.
BY_THE_CLOCK = re.compile(rb'name="version" value="[^"]*"|[0-9]{1,2}:[0-9]{2}')


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def pairing():
    return stories.active()


@pytest.fixture
def contact(pairing):
    return pairing.cohort.concern_email


def test_asked_told_and_taken_back(visit, send, pairing, contact):
    name = pairing.cohort.concern_name
    page = words(visit(pairing.mentee, "talk", pairing.pk))
    for said in (f"What {name} is told", pairing.mentee.email, contact, "Neither with whom you are paired, nor why"):
        assert said in page
    assert send(pairing.mentee, "talk", pairing.pk, to=contact).headers["Location"].endswith("/talk/")
    page = words(visit(pairing.mentee, "talk", pairing.pk))
    assert f"The e-mail to {name} leaves within minutes" in page
    assert "We have talked" not in page
    deliver_due(NOW)
    page = words(visit(pairing.mentee, "talk", pairing.pk))
    assert f"{name} has been told, by an e-mail to {contact}" in page
    assert "We have talked" in page
    talk = Talk.objects.get()
    send(pairing.mentee, "talk", pairing.pk, act="take_back", talk=talk.pk)
    page = words(visit(pairing.mentee, "talk", pairing.pk))
    assert f"{name} is told that you no longer ask" in page
    assert "and took it back" in page
    send(pairing.mentee, "talk", pairing.pk, act="take_back", talk=talk.pk)
    talk.refresh_from_db()
    assert talk.state == "taken_back"


def test_talked(visit, send, pairing, contact):
    send(pairing.mentor, "talk", pairing.pk, to=contact)
    deliver_due(NOW)
    send(pairing.mentor, "talk", pairing.pk, act="settle", talk=Talk.objects.get().pk)
    assert "and have talked" in words(visit(pairing.mentor, "talk", pairing.pk))


def test_another_tab_takes_back_nothing_else(send, pairing, contact):
    send(pairing.mentee, "talk", pairing.pk, to=contact)
    send(pairing.mentee, "talk", pairing.pk, act="take_back", talk=pairing.pk)
    assert Talk.objects.get().is_asked


def test_who_has_changed_meanwhile_is_read_first(send, pairing):
    refused = send(pairing.mentee, "talk", pairing.pk, to="former@example.org")
    assert "Who can be asked has changed" in words(refused)
    assert not Talk.objects.exists()


def test_nobody_to_ask_is_said(visit, pairing):
    pairing.cohort.concern_email = pairing.mentor.email
    pairing.cohort.save()
    page = words(visit(pairing.mentee, "talk", pairing.pk))
    assert "too close to your pairing" in page
    assert reverse("engagements:end", args=[pairing.pk]) in page
    page = words(visit(pairing.mentee, "pairing", pairing.pk))
    assert "is part of your pairing. Read whether somebody else can be asked." in page
    boss = people.person("Ines Apart", staff=True)
    pairing.cohort.coordinators.add(boss)
    assert "We would ask Ines Apart instead" in words(visit(pairing.mentee, "talk", pairing.pk))


def test_a_coordinator_who_is_asked_instead_is_not_called_the_contact(send, pairing, clock):
    pairing.cohort.concern_email = pairing.mentor.email
    pairing.cohort.save()
    boss = people.person("Ines Apart", staff=True)
    pairing.cohort.coordinators.add(boss)
    send(pairing.mentee, "talk", pairing.pk, to=boss.email)
    deliver_due(NOW)
    (letter,) = (each for each in mail.outbox if boss.email in each.to[0])
    said = " ".join(letter.body.split())
    assert "would like to talk to you in confidence" in said
    assert f"because you were named as the concern contact of {pairing.cohort.name}, or coordinate it." in said


def test_it_is_reached_from_the_pairing_and_from_a_check_in(visit, pairing, clock):
    link = f'href="{reverse("engagements:talk", args=[pairing.pk])}"'
    assert link in words(visit(pairing.mentor, "pairing", pairing.pk))
    first = stories.check_in(pairing)
    type(first).objects.filter(pk=first.pk).update(due_at=NOW)
    assert link in words(visit(pairing.mentee, "check_in", first.pk))


def pages_of(client, pairing, desk):
    """What this session reads of the pairing, and of history, e-mails and alerts."""
    own = [reverse("home"), reverse("engagements:pairings")]
    own += [reverse(f"engagements:{name}", args=[pairing.pk]) for name in ("pairing", "talk", "agreement", "length")]
    lists = [f"admin:{name}_changelist" for name in ("common_event", "outbox_letter", "matching_alert")]
    records = [reverse("admin:matching_pairing_change", args=[pairing.pk]), reverse("admin:index")]
    addresses = [*(reverse(name) for name in lists), *records] if desk else own
    return {address: BY_THE_CLOCK.sub(b"", body(client.get(address))) for address in addresses}


@pytest.mark.parametrize("who", ["the other side", "a coordinator", "another mentee"])
def test_nobody_else_sees_any_difference(who, pairing, contact, clock):
    boss = people.person(staff=True)
    pairing.cohort.coordinators.add(boss)
    other = factories.enrolment(pairing.cohort).person
    reader = {"the other side": pairing.mentor, "a coordinator": boss, "another mentee": other}[who]
    deliver_due(NOW)
    client, asking = Client(), Client()
    client.force_login(reader)
    asking.force_login(pairing.mentee)
    desk = who == "a coordinator"
    pages_of(client, pairing, desk)
    before, taken = pages_of(client, pairing, desk), taken_by(reader)
    asking.post(reverse("engagements:talk", args=[pairing.pk]), {"to": contact})
    deliver_due(NOW)
    assert Talk.objects.get().is_asked
    after = pages_of(client, pairing, desk)
    assert after == before
    assert taken_by(reader) == taken
    assert contact in taken_by(pairing.mentee)
    if desk:
        assert len(before[reverse("admin:common_event_changelist")]) > 1000


def taken_by(user):
    return json.dumps(taking.as_json(user, now=NOW), default=str)


def test_whoever_runs_the_site_sees_an_e_mail_and_nobodys_name(pairing, contact, clock):
    boss = people.person("Renate Falk", staff=True)
    type(boss).objects.filter(pk=boss.pk).update(is_superuser=True)
    client, asking = Client(), Client()
    client.force_login(boss)
    asking.force_login(pairing.mentee)
    asking.post(reverse("engagements:talk", args=[pairing.pk]), {"to": contact})
    deliver_due(NOW)
    talk = Talk.objects.get()
    letter = reverse("admin:outbox_letter_change", args=[talk.letter_id])
    page = words(client.get(letter))
    assert "E-mails to a concern contact" in page
    for hidden in (pairing.mentee.name, pairing.mentee.email, contact, pairing.cohort.name):
        assert hidden not in page
    history = client.get(reverse("admin:common_event_changelist"), {"about": "talk"})
    assert list(history.context["cl"].result_list) == []
