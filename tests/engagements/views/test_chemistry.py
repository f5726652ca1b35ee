"""The private answer after the first conversation."""

import pytest
from django.urls import reverse

from common.errors import WrongState
from matching.domain import pairings
from matching.models import ChemistryAnswer
from tests import people
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


def test_a_yes_is_changed_by_its_person_until_both_have_said_it(visit, send):
    pairing = stories.introduced()
    send(pairing.mentee, "chemistry", pairing.pk, go_ahead="yes")
    page = visit(pairing.mentee, "chemistry", pairing.pk)
    assert page.context["form"].initial == {"go_ahead": "yes"}
    assert "you can change your answer until then" in visit(pairing.mentee, "pairing", pairing.pk).content.decode()
    send(pairing.mentee, "chemistry", pairing.pk, go_ahead="no")
    pairing.refresh_from_db()
    assert (pairing.state, pairing.end_class) == ("ended_early", "chemistry")


def test_the_pages_say_who_can_take_it_up_again_and_only_after_an_answer(visit, send):
    coordinator = people.person("Clara Coordinator")
    pairing = stories.introduced()
    pairing.cohort.coordinators.set([coordinator, pairing.mentor])
    asking = visit(pairing.mentee, "chemistry", pairing.pk).content.decode()
    send(pairing.mentor, "chemistry", pairing.pk, go_ahead="no")
    over = [visit(person, "pairing", pairing.pk).content.decode() for person in (pairing.mentee, pairing.mentor)]
    for page in (asking, *over):
        assert "Clara Coordinator" in page
        assert coordinator.email in page
    pairing.cohort.coordinators.clear()
    assert pairing.cohort.concern_email in visit(pairing.mentee, "pairing", pairing.pk).context["not_meant"].email
    running = stories.active()
    assert visit(running.mentee, "pairing", running.pk).context["not_meant"] is None
