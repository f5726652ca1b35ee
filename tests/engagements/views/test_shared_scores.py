"""The page with the scores of both, and what other pages say of who sees them."""

from datetime import timedelta

import pytest

from engagements.domain import shared_scores
from tests.engagements import stories
from tests.engagements.stories import SECRET
from tests.frozen_clock import FrozenClock
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def pairing():
    return stories.active()


@pytest.fixture
def answered(pairing, clock):
    """Both share, and both have answered a first round, with a line."""
    for person in (pairing.mentee, pairing.mentor):
        shared_scores.share(pairing=pairing, user=person, now=NOW)
    for side, mark in (("mentee", 2), ("mentor", 5)):
        row = stories.answered(stories.check_in(pairing, side), clarity=mark, line=SECRET)
    FrozenClock.moment = row.due_at + timedelta(hours=1)
    yield row
    FrozenClock.moment = NOW


def test_offered_agreed_and_taken_back(visit, send, pairing):
    page = words(visit(pairing.mentee, "shared_scores", pairing.pk))
    assert "Your scores are yours alone." in page
    send(pairing.mentee, "shared_scores", pairing.pk, act="share")
    assert "has not agreed" in words(visit(pairing.mentee, "shared_scores", pairing.pk))
    assert "would share scores with you" in words(visit(pairing.mentor, "pairing", pairing.pk))
    assert "Agree, and share mine, too" in words(visit(pairing.mentor, "shared_scores", pairing.pk))
    send(pairing.mentor, "shared_scores", pairing.pk, act="share")
    page = words(visit(pairing.mentee, "shared_scores", pairing.pk))
    assert "The picture begins with the next check-in" in page
    send(pairing.mentee, "shared_scores", pairing.pk, act="stop")
    assert "would show you the scores" in words(visit(pairing.mentee, "shared_scores", pairing.pk))
    assert "has not agreed" in words(visit(pairing.mentor, "shared_scores", pairing.pk))
    send(pairing.mentee, "shared_scores", pairing.pk, act="stop")
    send(pairing.mentor, "shared_scores", pairing.pk, act="stop")
    assert "Your scores are yours alone." in words(visit(pairing.mentor, "shared_scores", pairing.pk))


def test_both_read_both_and_never_the_line(visit, pairing, answered):
    for person, other in ((pairing.mentee, pairing.mentor), (pairing.mentor, pairing.mentee)):
        page = words(visit(person, "shared_scores", pairing.pk))
        mine, theirs = ("2", "5") if person == pairing.mentee else ("5", "2")
        assert f"Clarity by check-in, of 5. You: {mine}. {other.get_short_name()}: {theirs}" in page
        assert f"You {mine}, {other.get_short_name()} {theirs}" in page
        assert SECRET not in page


def test_a_side_that_did_not_answer_has_a_gap(visit, pairing, answered):
    stories.answered(stories.check_in(pairing, "mentor", 2), clarity=4)
    page = words(visit(pairing.mentee, "shared_scores", pairing.pk))
    assert f"You: 2, –. {pairing.mentor.get_short_name()}: 5, 4" in page


def test_pages_say_truly_who_sees_what(visit, send, pairing, answered):
    name, mine = pairing.mentor.get_short_name(), stories.check_in(pairing)
    assert f"{name} sees these scores" in words(visit(pairing.mentee, "check_in", mine.pk))
    assert f"{name} sees your scores" in words(visit(pairing.mentee, "correct_check_in", mine.pk))
    assert f"{name} sees the scores that you sent since" in words(visit(pairing.mentee, "pairing", pairing.pk))
    send(pairing.mentor, "shared_scores", pairing.pk, act="stop")
    assert f"{name} does not see your scores" in words(visit(pairing.mentee, "check_in", mine.pk))
    assert f"Neither {name} nor your coordinators see them" in words(visit(pairing.mentee, "pairing", pairing.pk))
    second = stories.check_in(pairing, "mentee", 2)
    FrozenClock.moment = second.due_at + timedelta(hours=1)
    page = words(visit(pairing.mentee, "check_in", second.pk))
    assert f"unless {name} agrees to share before you send this" in page
    send(pairing.mentee, "shared_scores", pairing.pk, act="stop")
    assert f"{name} does not see your scores. Your" in words(visit(pairing.mentee, "check_in", second.pk))


def test_one_answered_in_confidence_is_said_to_stay_so(visit, pairing, clock):
    row = stories.answered(stories.check_in(pairing))
    FrozenClock.moment = row.due_at + timedelta(hours=1)
    for person in (pairing.mentee, pairing.mentor):
        shared_scores.share(pairing=pairing, user=person, now=FrozenClock.moment)
    name = pairing.mentor.get_short_name()
    assert f"{name} does not see your scores" in words(visit(pairing.mentee, "check_in", row.pk))
    assert f"{name} does not see your scores" in words(visit(pairing.mentee, "correct_check_in", row.pk))
    FrozenClock.moment = NOW


def test_before_it_begins_and_after_it_ended_the_page_says_so(visit):
    made = stories.introduced()
    assert "once both of you have signed" in words(visit(made.mentee, "shared_scores", made.pk))
    over = stories.complete(stories.active())
    assert "The pairing is over" in words(visit(over.mentee, "shared_scores", over.pk))
