"""Pausing, resuming, closing and ending, each after one more question."""

from datetime import date

import pytest
from django.urls import reverse

from tests.engagements import stories
from tests.engagements.stories import SECRET

pytestmark = pytest.mark.django_db
END = {"end_class": "time", "text": SECRET}


def page_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def paused(send):
    pairing = stories.active()
    send(pairing.mentee, "pause", pairing.pk, until="2026-04-10")
    pairing.refresh_from_db()
    return pairing


def test_pausing_until_a_day(visit, send, paused):
    assert paused.state == "paused"
    assert paused.pauses.get().until == date(2026, 4, 10)
    assert "is resting" in page_of(visit(paused.mentor, "pairing", paused.pk))


@pytest.mark.parametrize("until", ["2026-03-09", "2026-03-10", "2099-01-01", "soon", ""])
def test_a_pause_that_cannot_be(send, until):
    pairing = stories.active()
    response = send(pairing.mentee, "pause", pairing.pk, until=until)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["until"]
    assert f'value="{until}"' in page_of(response) or not until
    pairing.refresh_from_db()
    assert pairing.state == "active"


def test_resuming_plans_anew(send, paused):
    response = send(paused.mentor, "resume", paused.pk)
    assert response.headers["Location"] == reverse("engagements:pairing", args=[paused.pk])
    paused.refresh_from_db()
    assert paused.state == "active"
    assert paused.check_ins.filter(state="scheduled", side="mentor").count() == 9


def test_closing_says_who_began_it_and_when_it_ends(visit, send):
    pairing = stories.active()
    assert "after thirty days at the latest" in page_of(visit(pairing.mentee, "close", pairing.pk))
    send(pairing.mentee, "close", pairing.pk)
    pairing.refresh_from_db()
    assert (pairing.state, pairing.closing_by) == ("closing", pairing.mentee)
    ends = "on Thursday 9 April at the latest"
    for who, began in ((pairing.mentee, "You began"), (pairing.mentor, f"{pairing.mentee.get_short_name()} began")):
        page = page_of(visit(who, "pairing", pairing.pk))
        assert f"{began} the closing on Tuesday 10 March" in page
        assert ends in page


def test_ending_keeps_the_words_to_their_writer(visit, send):
    pairing = stories.active()
    assert "without fault" in page_of(visit(pairing.mentee, "end", pairing.pk))
    send(pairing.mentee, "end", pairing.pk, **END)
    pairing.refresh_from_db()
    assert (pairing.state, pairing.end_class) == ("ended_early", "time")
    assert pairing.read("end_text") == SECRET
    assert SECRET not in page_of(visit(pairing.mentor, "pairing", pairing.pk))
    assert SECRET in page_of(visit(pairing.mentee, "pairing", pairing.pk))


@pytest.mark.parametrize(
    ("field", "value"), [("end_class", ""), ("end_class", "chemistry"), ("end_class", "boredom"), ("text", "x" * 2001)]
)
def test_an_end_without_a_proper_reason_is_asked_again(send, field, value):
    pairing = stories.active()
    response = send(pairing.mentee, "end", pairing.pk, **{**END, field: value})
    assert list(response.context["form"].errors) == [field]
    if field != "text":
        assert SECRET in page_of(response)
    pairing.refresh_from_db()
    assert pairing.state == "active"


def test_a_double_click_finds_it_done(send):
    pairing = stories.active()
    for _click in range(2):
        response = send(pairing.mentee, "end", pairing.pk, **END)
        assert response.headers["Location"] == reverse("engagements:pairing", args=[pairing.pk])


def test_on_a_stale_page_nothing_typed_is_lost(send):
    pairing = stories.introduced(state="completed")
    response = send(pairing.mentee, "end", pairing.pk, **END)
    page = page_of(response)
    assert "This has changed since the page was shown" in page
    assert SECRET in page


@pytest.mark.parametrize("name", ["resume"])
def test_a_page_for_what_cannot_be_done_now_leads_back(visit, send, name):
    pairing = stories.active()
    response = visit(pairing.mentee, name, pairing.pk)
    assert response.headers["Location"] == reverse("engagements:pairing", args=[pairing.pk])
    assert send(pairing.mentee, name, pairing.pk).status_code in {200, 302}
    pairing.refresh_from_db()
    assert pairing.state == "active"


def test_parting_words_of_a_second_tab_are_given_back(send):
    pairing = stories.active()
    send(pairing.mentee, "end", pairing.pk, **END)
    for who, words in ((pairing.mentee, "Other words of mine."), (pairing.mentor, "Words of mine too.")):
        answer = send(who, "end", pairing.pk, end_class="time", text=words)
        assert answer.status_code == 409
        assert words in page_of(answer)
        assert SECRET not in page_of(answer)
    assert send(pairing.mentee, "end", pairing.pk, **END).status_code == 302
    pairing.refresh_from_db()
    assert pairing.read("end_text") == SECRET
