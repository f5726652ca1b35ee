"""The page on which another length is proposed and answered."""

import pytest
from django.urls import reverse

from tests.engagements import stories
from tests.engagements.stories import SECRET

pytestmark = pytest.mark.django_db
LATER = "2027-03-12"


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def pairing():
    return stories.active(terms={"amendments": SECRET})


def test_proposed_read_and_agreed_to(visit, send, pairing):
    assert "Propose another length" in words(visit(pairing.mentee, "pairing", pairing.pk))
    sent = send(pairing.mentee, "length", pairing.pk, planned_end=LATER)
    assert sent.headers["Location"] == reverse("engagements:pairing", args=[pairing.pk])
    assert "You proposed to end on 12 March" in words(visit(pairing.mentee, "length", pairing.pk))
    assert "instead?" not in words(visit(pairing.mentee, "pairing", pairing.pk))
    assert "End on Friday 12 March 2027 instead?" in words(visit(pairing.mentor, "pairing", pairing.pk))
    page = words(visit(pairing.mentor, "length", pairing.pk))
    assert "proposes to end on 12 March" in page
    assert "Agree and sign" in page
    proposal = pairing.length_proposals.get()
    stale = send(pairing.mentor, "length", pairing.pk, act="agree", proposal=str(pairing.pk))
    assert stale.headers["Location"] == reverse("engagements:length", args=[pairing.pk])
    send(pairing.mentor, "length", pairing.pk, act="agree", proposal=str(proposal.pk))
    pairing.refresh_from_db()
    assert pairing.planned_end.isoformat() == LATER
    agreement = words(visit(pairing.mentee, "agreement", pairing.pk))
    assert "12 March 2027" in agreement
    assert SECRET in agreement
    assert send(pairing.mentor, "length", pairing.pk, act="agree", proposal=str(proposal.pk)).status_code == 302


def test_left_as_it_is_or_taken_back(send, pairing):
    for who, state in ((pairing.mentor, "declined"), (pairing.mentee, "withdrawn")):
        send(pairing.mentee, "length", pairing.pk, planned_end=LATER)
        row = pairing.length_proposals.get(state="open")
        send(who, "length", pairing.pk, act="decline", proposal=str(row.pk))
        row.refresh_from_db()
        assert row.state == state


@pytest.mark.parametrize("planned_end", ["2026-03-10", "soon", "", "2026-12-11"])
def test_a_day_that_cannot_be_is_refused_beside_it(send, pairing, planned_end):
    refused = send(pairing.mentee, "length", pairing.pk, planned_end=planned_end)
    assert list(refused.context["form"].errors) == ["planned_end"]


def test_the_day_begins_with_the_one_that_is_planned(visit, pairing):
    assert f'value="{pairing.planned_end.isoformat()}"' in words(visit(pairing.mentee, "length", pairing.pk))


def test_a_pairing_that_closes_keeps_its_length(visit, send):
    pairing = stories.closing()
    assert visit(pairing.mentee, "length", pairing.pk).status_code == 302
    assert send(pairing.mentee, "length", pairing.pk, planned_end=LATER).status_code == 302
    assert "Propose another length" not in words(visit(pairing.mentee, "pairing", pairing.pk))
