"""One registry says who gets a kind of e-mail: the page of e-mails, the docs and what is posted follow it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from accounts.models import MenteeProfile
from cohorts.states import Role
from matching.domain.requests import accept, ask
from mentorship.email_preferences import preferences
from outbox import kinds
from outbox.domain.unsubscribe import link
from outbox.kind_table import table
from outbox.kinds import Reader, Scope, registered
from outbox.models import Letter, Unsubscription
from tests import people
from tests.engagements import stories
from tests.matching.factories import NOW, cohort, enrolment

PAGE = reverse("oneself:letters")


def test_the_docs_show_the_registry(capsys):
    assert table() in (Path(settings.BASE_DIR) / "docs" / "emails.md").read_text()
    call_command("outbox", "kinds")
    assert capsys.readouterr().out == table()
    assert all(f"`{name}`" in table() for name in registered())


def test_what_is_not_about_an_account_names_its_readers():
    for kind in registered().values():
        assert (Reader.ANYBODY in kind.readers) is (kind.scope is Scope.ACCOUNT), kind.name


def test_the_table_follows_the_registry(monkeypatch):
    before = table()
    monkeypatch.setattr(kinds, "_KINDS", {name: kind for name, kind in registered().items() if name != "invitation"})
    assert before != table()


def people_of_each_part():
    here = cohort(coordinators=(boss := people.person(staff=True),))
    mentee, mentor = people.mentee(), people.mentor()
    enrolment(here, mentee), enrolment(here, mentor, Role.MENTOR)
    return {Reader.MENTEE: mentee, Reader.MENTOR: mentor, Reader.COORDINATOR: boss, Reader.STAFF: boss}


@pytest.mark.django_db
def test_everybody_is_offered_what_they_get_and_nothing_else():
    for part, person in people_of_each_part().items():
        offered = {
            kind.name
            for contractual in (True, False)
            for kind in preferences.kinds_for(person, contractual=contractual)
        }
        parts = preferences.parts_of(person)
        assert part in parts
        assert offered == {kind.name for kind in registered().values() if kind.readers & parts}
        assert "invitation" not in offered


@pytest.mark.django_db
def test_a_role_in_a_cohort_is_enough_and_so_is_a_profile():
    newcomer = people.person()
    assert preferences.parts_of(newcomer) == {Reader.ANYBODY}
    MenteeProfile.objects.create(person=newcomer)
    assert preferences.parts_of(newcomer) == {Reader.ANYBODY, Reader.MENTEE}
    other = people.person()
    enrolment(cohort(), other)
    assert Reader.MENTEE in preferences.parts_of(other)


@pytest.mark.django_db
def test_whoever_is_written_to_has_the_part():
    """The story of a pairing, both sides: nobody gets a kind that is not theirs."""
    here = cohort()
    mentee, mentor = enrolment(here, people.mentee()), enrolment(here, people.mentor(), Role.MENTOR)
    asked = ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
    accept(request=asked, user=mentor.person, now=NOW)
    stories.check_in(stories.active())
    letters = list(Letter.objects.exclude(person=None).select_related("person"))
    assert {"request_asked", "request_expiring", "request_accepted", "check_in_due"} <= {each.kind for each in letters}
    for letter in letters:
        assert registered()[letter.kind].readers & preferences.parts_of(letter.person), letter.kind


@pytest.mark.django_db
def test_a_mentee_stops_by_the_letter_and_starts_again_on_the_page(client):
    mentee = people_of_each_part()[Reader.MENTEE]
    client.force_login(mentee)
    client.post(link(mentee.pk, registered()["request_expiring"]).removeprefix(settings.SITE_URL))
    assert Unsubscription.objects.get().kind == "request_expiring"
    wanted = set(client.get(PAGE).context["form"].initial["kinds"])
    assert "request_expiring" not in wanted
    client.post(PAGE, {"kinds": [*wanted, "request_expiring"]})
    assert not Unsubscription.objects.exists()


@pytest.mark.django_db
def test_what_was_stopped_in_a_former_part_can_be_started_again():
    person = people.person()
    Unsubscription.objects.create(person=person, kind="coordinator_alert", at=NOW)
    assert "coordinator_alert" in {kind.name for kind in preferences.kinds_for(person, contractual=False)}
    preferences.choose(person=person, kinds=["coordinator_alert"], together=True, now=NOW)
    assert not Unsubscription.objects.filter(kind="coordinator_alert").exists()
