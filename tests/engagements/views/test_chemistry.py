"""The private answer after the first conversation."""

import pytest
from django.urls import reverse

from common.errors import WrongState
from matching.domain import pairings
from matching.models import ChemistryAnswer
from tests.engagements import stories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db


def test_yes_is_kept_and_leads_back(visit, send):
    pairing = stories.introduced()
    assert "Shall you and" in visit(pairing.mentee, "chemistry", pairing.pk).content.decode()
    response = send(pairing.mentee, "chemistry", pairing.pk, go_ahead="yes")
    assert response.headers["Location"] == reverse("engagements:pairing", args=[pairing.pk])
    assert ChemistryAnswer.objects.get().go_ahead is True


def test_no_ends_without_fault(send, visit):
    pairing = stories.introduced()
    send(pairing.mentor, "chemistry", pairing.pk, go_ahead="no")
    pairing.refresh_from_db()
    assert (pairing.state, pairing.end_class) == ("ended_early", "chemistry")
    page = visit(pairing.mentee, "pairing", pairing.pk).content.decode()
    assert "The pairing ended, without fault" in page


def test_the_others_answer_changes_nothing_on_the_page(visit):
    pairing = stories.introduced()
    before = visit(pairing.mentee, "chemistry", pairing.pk).context["form"].as_p()
    pairings.answer_chemistry(pairing=pairing, user=pairing.mentor, go_ahead=True, now=NOW)
    assert visit(pairing.mentee, "chemistry", pairing.pk).context["form"].as_p() == before


@pytest.mark.parametrize("given", [{}, {"go_ahead": "perhaps"}])
def test_a_missing_or_odd_answer_is_asked_again(send, given):
    pairing = stories.introduced()
    response = send(pairing.mentee, "chemistry", pairing.pk, **given)
    assert response.status_code == 200
    assert "go_ahead" in response.context["form"].errors
    assert not ChemistryAnswer.objects.exists()


def test_twice_by_double_click_counts_once(send):
    pairing = stories.introduced()
    for _click in range(2):
        assert send(pairing.mentee, "chemistry", pairing.pk, go_ahead="yes").status_code == 302
    assert ChemistryAnswer.objects.count() == 1


def test_on_a_stale_page_one_is_led_to_where_it_stands(visit, send):
    pairing = stories.active()
    assert visit(pairing.mentee, "chemistry", pairing.pk).status_code == 302
    assert send(pairing.mentee, "chemistry", pairing.pk, go_ahead="no").status_code == 302
    pairing.refresh_from_db()
    assert pairing.state == "active"


def test_ended_between_page_and_answer(send, monkeypatch):
    pairing = stories.introduced()

    def too_late(**_words):
        raise WrongState

    monkeypatch.setattr(pairings, "answer_chemistry", too_late)
    response = send(pairing.mentee, "chemistry", pairing.pk, go_ahead="yes")
    assert response.status_code == 200
    assert "This has changed since the page was shown" in response.content.decode()
