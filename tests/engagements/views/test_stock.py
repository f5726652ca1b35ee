"""The pages of taking stock: the form, what each reads, the picture with its table, and the next step."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from engagements.forms.stock import mark_field
from engagements.models import StockAnswer
from tests import people
from tests.engagements import stories
from tests.frozen_clock import FrozenClock
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def pairing(settings):
    settings.CLOCK = "tests.frozen_clock.now"
    FrozenClock.moment = NOW + timedelta(hours=1)
    topics = [people.topic(name) for name in ("Working with a board", "Succession", "Difficult conversations")]
    mentee = people.mentee("Amara Diallo", topics=topics)
    both = factories.couple(None, mentee, people.mentor("Tomas Varga"))
    yield stories.active(mentee=both[0], mentor=both[1])
    FrozenClock.moment = NOW


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def shown(person, pairing, name="engagements:stock"):
    return signed_in(person).get(reverse(name, args=[pairing.pk])).content.decode()


def send(person, row, marks, **words):
    said = {mark_field(pk): str(mark) for pk, mark in zip(row.topics, marks, strict=True)}
    return signed_in(person).post(reverse("engagements:take_stock", args=[row.pk]), {**said, **words})


def test_the_pairing_asks_for_it_until_it_is_answered(pairing):
    row = stories.stock_round(pairing)
    here = reverse("engagements:take_stock", args=[row.pk])
    assert here in shown(pairing.mentee, pairing, "engagements:pairing")
    assert here in signed_in(pairing.mentee).get(reverse("home")).content.decode()
    assert send(pairing.mentee, row, (1, 3, 4)).status_code == 302
    assert here not in shown(pairing.mentee, pairing, "engagements:pairing")
    assert "Tomas can until" in shown(pairing.mentee, pairing, "engagements:pairing")
    assert here in shown(pairing.mentor, pairing, "engagements:pairing")


def test_each_reads_the_other_once_both_have_answered_and_sees_where_they_differ(pairing):
    row = stories.stock_round(pairing)
    send(pairing.mentee, row, (1, 3, 4), strengths="I see it early.")
    page = shown(pairing.mentor, pairing)
    assert "I see it early." not in page
    assert "Amara has answered; you read it once you have, too" in page
    assert "stock-line" not in page
    assert send(pairing.mentor, row, (4, 3, 5), challenges="To say it aloud.").status_code == 302
    page = shown(pairing.mentor, pairing)
    assert "I see it early." in page
    assert "Working with a board: Amara 1, You 4" in page
    assert "Succession: Amara" not in page
    page = shown(pairing.mentee, pairing)
    assert "To say it aloud." in page
    assert "Working with a board: You 1, Tomas 4" in page
    assert 'aria-label="Working with a board, from 1, a challenge, to 5, a strength. You: 1; Tomas: 4"' in page


def test_the_picture_and_its_table_show_the_change_between_rounds(pairing):
    stories.stock_taken(pairing, mark=2)
    stories.stock_taken(pairing, moment="middle", mark=4)
    FrozenClock.moment = NOW + timedelta(days=200)
    page = shown(pairing.mentee, pairing)
    assert "What has changed" in page
    assert "Succession, from 1, a challenge, to 5, a strength. You: 2, 4" in page
    assert page.count('class="line"') == 3
    head = signed_in(pairing.mentee).get(reverse("engagements:stock", args=[pairing.pk])).context["picture"]["table"]
    assert [len(row) for row in head["rows"]] == [3, 3, 3]
    assert head["rows"][0][1:] == [2, 4]


def test_an_answer_is_corrected_and_what_was_typed_stays_in_a_refused_form(pairing):
    row = stories.stock_round(pairing)
    answer = signed_in(pairing.mentee).post(reverse("engagements:take_stock", args=[row.pk]), {"strengths": " "})
    assert "rate one topic at least" in answer.content.decode()
    answer = send(pairing.mentee, row, (9, 3, 4), strengths="Kept in the form.")
    assert "Please choose from 1 to 5." in answer.content.decode()
    assert "Kept in the form." in answer.content.decode()
    assert not StockAnswer.objects.exists()
    send(pairing.mentee, row, (1, 3, 4), strengths="First words.")
    form = signed_in(pairing.mentee).get(reverse("engagements:take_stock", args=[row.pk])).content.decode()
    assert "First words." in form
    send(pairing.mentee, row, (2, 3, 4), strengths="Other words.")
    page = shown(pairing.mentee, pairing)
    assert "Other words." in page
    assert "First words." not in page


def test_a_round_that_is_not_open_leads_to_the_page_and_gives_back_what_was_typed(pairing):
    row = stories.stock_round(pairing, "end")
    here = reverse("engagements:take_stock", args=[row.pk])
    assert signed_in(pairing.mentee).get(here).headers["Location"] == reverse("engagements:stock", args=[pairing.pk])
    early = send(pairing.mentee, row, (1, 2, 3), strengths="Words that came too early.")
    assert (early.status_code, "not open" in early.content.decode()) == (409, True)
    FrozenClock.moment = NOW + timedelta(days=40)
    late = send(pairing.mentee, stories.stock_round(pairing), (1, 2, 3), strengths="Words that came too late.")
    assert (late.status_code, "This round is over." in late.content.decode()) == (409, True)
    assert "Neither of you answered." in shown(pairing.mentee, pairing)


def test_nothing_is_planned_before_the_agreement(settings):
    pairing = stories.introduced()
    assert "once both of you have signed" in shown(pairing.mentee, pairing)
    assert 'id="stock"' not in shown(pairing.mentee, pairing, "engagements:pairing")
