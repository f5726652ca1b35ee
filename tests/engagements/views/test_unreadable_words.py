"""Words that cannot be opened are a sentence on the pages of both; coordinators are told once, and nothing is lost."""

import pytest
from django.urls import reverse

from common.models import ContentKey
from common.models.content import UNREADABLE
from engagements.models import Agreement
from matching.models import Alert, Request
from outbox.models import Letter
from tests import people
from tests.engagements import stories
from tests.matching import factories

pytestmark = pytest.mark.django_db
WORDS = "The chair will be replaced."


@pytest.fixture
def pairing(clock):
    cohort = factories.cohort(coordinators=(people.person(staff=True),))
    both = factories.couple(cohort)
    made = stories.active(mentee=both[0], mentor=both[1], terms={"amendments": WORDS})
    ContentKey.objects.update(master="gone")
    return made


def test_both_read_that_it_cannot_be_read_and_one_alert_is_raised(pairing, visit):
    before = bytes(Agreement.objects.get().amendments)
    for person in (pairing.mentee, pairing.mentor):
        page = visit(person, "agreement", pairing.pk)
        assert page.status_code == 200
        assert str(UNREADABLE) in page.content.decode()
    raised = Alert.objects.get()
    assert (raised.kind, raised.pairing) == ("words_unreadable", pairing)
    assert "not configured" in " ".join(raised.sentences())
    assert Letter.objects.filter(kind="coordinator_alert").count() == 1
    Alert.objects.update(settled_at=factories.NOW)
    visit(pairing.mentee, "agreement", pairing.pk)
    assert Alert.objects.count() == 1, "settled, it is not raised at each look again"
    assert bytes(Agreement.objects.get().amendments) == before


def test_with_the_key_back_the_words_are_there_again(pairing, visit):
    visit(pairing.mentee, "agreement", pairing.pk)
    master = ContentKey.make().master
    ContentKey.objects.update(master=master)
    assert WORDS in visit(pairing.mentee, "agreement", pairing.pk).content.decode()


def test_words_that_could_not_be_sealed_are_refused_and_the_rest_goes_on(pairing, send, clock):
    row = stories.check_in(pairing)
    clock.moment = row.due_at
    said = {"connection": "4", "clarity": "4", "competency": "4", "met": "yes"}
    refused = send(row.person, "check_in", row.pk, **said, line="Something in confidence")
    assert refused.status_code != 302
    assert "cannot be encrypted at present" in refused.content.decode()
    assert send(row.person, "check_in", row.pk, **said, line="").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.connection) == ("answered", 4)


def test_a_note_of_a_request_is_told_about_by_its_mentee(client, clock):
    cohort = factories.cohort(coordinators=(people.person(staff=True),))
    asked = factories.request(*factories.couple(cohort), note=WORDS)
    Request.objects.update(note=b"\x01damaged")
    for person in (asked.mentee, asked.mentor):
        client.force_login(person)
        page = client.get(reverse("matching:request", args=[asked.pk]))
        assert str(UNREADABLE) in page.content.decode()
    raised = Alert.objects.get()
    assert (raised.kind, raised.subject_id) == ("note_unreadable", asked.mentee_enrolment_id)


@pytest.mark.parametrize(
    ("country", "offered"), [("SA", {0, 1, 2, 3, 4, 6}), ("GB", {0, 1, 2, 3, 4}), ("IL", {0, 1, 2, 3, 4, 6})]
)
def test_days_of_the_month_are_those_that_either_of_the_two_works(clock, visit, country, offered):
    mentor = people.mentor(country=country)
    mentee, other = factories.couple(None, people.mentee(country="GB"), mentor)
    pairing = stories.agreeing(mentee=mentee, mentor=other)
    page = visit(mentor, "change_agreement", pairing.pk).content.decode()
    names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    assert {day for day, name in enumerate(names) if f"First {name}" in page} == offered
