"""The page on which one looks back, what the pairing's page says of it, and "I need a mentor, too"."""

import pytest
from django.urls import reverse

from cohorts.models import Enrolment
from matching.domain import pairings
from tests import people
from tests.engagements import stories
from tests.engagements.stories import LOOKED_BACK, SECRET
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
MENTEE = {**LOOKED_BACK, "takes_away": SECRET}
MENTOR = {"again": "perhaps", "learned": SECRET, "does_differently": "I listen longer."}


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def closing():
    return stories.closing(mentee=factories.enrolment(factories.cohort(coordinators=(people.person(),))))


def test_it_is_the_next_step_until_it_is_done(visit, send, closing):
    page = words(visit(closing.mentee, "pairing", closing.pk))
    assert "Look back on the pairing with" in page
    assert f"{closing.mentor.get_short_name()} began the closing on Tuesday 10 March" in page
    form = words(visit(closing.mentee, "review", closing.pk))
    assert "a mistake that would have cost you dearly" in form
    assert "What did you learn yourself?" not in form
    sent = send(closing.mentee, "review", closing.pk, **MENTEE)
    assert sent.headers["Location"] == reverse("engagements:pairing", args=[closing.pk])
    stories.stock_taken(closing)  # else it would be asked for next
    page = words(visit(closing.mentee, "pairing", closing.pk))
    assert f"{closing.mentor.get_short_name()} is asked to" in page
    assert SECRET in page
    assert "Only you can read this" in page
    other = words(visit(closing.mentor, "pairing", closing.pk))
    assert SECRET not in other
    assert "has looked back already" in other


def test_what_was_typed_survives_what_is_missing(send, closing):
    refused = send(closing.mentee, "review", closing.pk, **{**MENTEE, "faster": "", "connection": "9"})
    assert set(refused.context["form"].errors) == {"faster", "connection"}
    assert SECRET in words(refused)


def test_a_second_answer_asks_first_and_then_corrects(visit, send, closing):
    send(closing.mentee, "review", closing.pk, **MENTEE)
    assert send(closing.mentee, "review", closing.pk, **MENTEE).status_code == 302  # the same once more says nothing
    other = {**MENTEE, "faster": "no", "takes_away": "Other words."}
    asked = send(closing.mentee, "review", closing.pk, **other)
    assert "Send the correction" in words(asked)
    assert closing.reviews.get(side="mentee").faster == "somewhat"
    page = visit(closing.mentee, "review", closing.pk)
    assert page.context["form"]["takes_away"].value() == SECRET
    version = page.context["form"].version
    send(closing.mentee, "review", closing.pk, **other, correct="1", version=version)
    assert closing.reviews.get(side="mentee").faster == "no"


def test_the_second_is_told_that_it_completes_and_the_others_words_follow(visit, send, closing):
    send(closing.mentor, "review", closing.pk, **MENTOR, shared="on")
    page = words(visit(closing.mentee, "review", closing.pk))
    assert "When you send this, your pairing is completed" in page
    send(closing.mentee, "review", closing.pk, **{**MENTEE, "takes_away": "My own."})
    closing.refresh_from_db()
    assert closing.state == "completed"
    page = words(visit(closing.mentee, "pairing", closing.pk))
    assert SECRET in page
    assert "I listen longer." in page
    assert "My own." not in words(visit(closing.mentor, "pairing", closing.pk))
    assert visit(closing.mentee, "review", closing.pk).status_code == 302


def test_too_late_the_words_are_given_back(send, closing):
    closing.refresh_from_db()
    pairings.sweep_closing(now=closing.closes_at)
    late = send(closing.mentee, "review", closing.pk, **MENTEE)
    assert late.status_code == 409
    assert SECRET in words(late)


def test_before_the_closing_there_is_nothing_to_look_back_on(visit, send):
    begun = stories.active()
    for name in ("review", "mentor_too"):
        for person in (begun.mentee, begun.mentor):
            assert visit(person, name, begun.pk).status_code == 302
            assert send(person, name, begun.pk).status_code == 302


def test_the_interview_ends_with_the_question_and_one_click_enrols(visit, send, closing):
    sent = send(closing.mentor, "review", closing.pk, **MENTOR)
    assert sent.headers["Location"] == reverse("engagements:mentor_too", args=[closing.pk])
    assert "who is there for you?" in words(visit(closing.mentor, "mentor_too", closing.pk))
    assert visit(closing.mentee, "mentor_too", closing.pk).status_code == 302
    wrong = send(closing.mentor, "mentor_too", closing.pk, cohort="nothing")
    assert list(wrong.context["form"].errors) == ["cohort"]
    made = send(closing.mentor, "mentor_too", closing.pk, cohort=str(closing.cohort_id))
    assert made.headers["Location"] == reverse("accounts:profile_step", args=["intake"])
    assert Enrolment.objects.get(person=closing.mentor, role="mentee").state == "pending"
    assert "its coordinators answer you" in words(visit(closing.mentor, "mentor_too", closing.pk))


def test_where_no_cohort_is_open_one_waits_and_may_take_it_back(visit, send, closing):
    type(closing.cohort).objects.update(starts_on="2025-01-01", ends_on="2026-03-09")
    assert "No cohort is open to you at present" in words(visit(closing.mentor, "mentor_too", closing.pk))
    send(closing.mentor, "mentor_too", closing.pk)
    assert "Your coordinators know" in words(visit(closing.mentor, "mentor_too", closing.pk))
    send(closing.mentor, "mentor_too", closing.pk, back="1")
    assert "Your coordinators know" not in words(visit(closing.mentor, "mentor_too", closing.pk))


def test_one_ended_early_keeps_what_was_said(visit, send, closing):
    send(closing.mentee, "review", closing.pk, **MENTEE)
    send(closing.mentor, "end", closing.pk, end_class="time", text="")
    page = words(visit(closing.mentee, "pairing", closing.pk))
    assert SECRET in page
    assert "You looked back on" in page
    assert "I need a mentor, too" not in words(visit(closing.mentor, "pairing", closing.pk))
    assert NOW.date()
