"""Looking back: both are asked, each for itself, and the second answer or thirty days complete the pairing."""

from datetime import timedelta

import pytest
from django.db import Error, transaction

from common.errors import NotPermitted, WrongState
from common.models import Event
from common.transitions import Actor
from engagements import permissions
from engagements.domain import reviews
from engagements.models import Review
from matching.domain import pairings
from matching.models import Pairing
from outbox.kinds import person_of, registered
from outbox.models import Letter
from tests.emails import assert_says_the_same
from tests.engagements import stories
from tests.engagements.stories import SECRET
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
INTERVIEW = reviews.LearningInterview(again="yes", learned=SECRET)
THIRTY_DAYS = timedelta(days=30)


def review(pairing, side="mentee"):
    return pairing.reviews.select_related("person").get(side=side)


def states(pairing):
    return {row.side: row.state for row in pairing.reviews.all()}


def letters(pairing, kind):
    return list(Letter.objects.filter(pairing_id=pairing.pk, kind=kind).order_by("due_at"))


def test_the_closing_asks_both_and_reminds_each_twice():
    pairing = stories.closing()
    assert states(pairing) == {"mentee": "asked", "mentor": "asked"}
    due = letters(pairing, "review_due")
    assert [(row.occasion, row.person_id) for row in due].count(("last", pairing.mentee_id)) == 1
    assert len(due) == 4
    first, last = (row for row in due if row.person_id == pairing.mentor_id)
    assert first.due_at.date() - NOW.date() == timedelta(days=7)
    assert NOW.date() + timedelta(days=25) <= last.due_at.date() < NOW.date() + THIRTY_DAYS
    # Whoever began it knows; the other is told.
    assert [row.person_id for row in letters(pairing, "pairing_closing")] == [pairing.mentee_id]


def test_one_side_alone_closes_nothing_and_the_second_completes():
    pairing = stories.closing()
    later = NOW + timedelta(days=2)
    stories.looked_back(pairing, "mentor", learned=SECRET, now=later)
    pairing.refresh_from_db()
    assert pairing.state == "closing"
    row = review(pairing, "mentor")
    assert row.answered_at == later
    assert row.read("learned") == SECRET
    assert {row.state for row in letters(pairing, "review_due") if row.person_id == pairing.mentor_id} == {"cancelled"}
    stories.looked_back(pairing, "mentee", now=later)
    pairing.refresh_from_db()
    assert (pairing.state, pairing.ended_at) == ("completed", later)
    assert {row.person_id for row in letters(pairing, "pairing_completed")} == {pairing.mentee_id, pairing.mentor_id}
    assert Event.objects.get(subject_id=pairing.pk, verb="complete").actor == Actor.SYSTEM
    assert Event.objects.filter(subject_type="review", verb="answer", pairing_id=pairing.pk).count() == 2


@pytest.mark.parametrize("side", [Actor.MENTEE, Actor.MENTOR, Actor.COORDINATOR])
def test_nobody_completes_by_hand(side):
    pairing = stories.closing()
    coordinator = pairing.cohort.coordinators.first() or stories.introduced().mentor
    pairing.cohort.coordinators.add(coordinator)
    user = {Actor.MENTEE: pairing.mentee, Actor.MENTOR: pairing.mentor}.get(side, coordinator)
    with pytest.raises(NotPermitted):
        pairings.complete(pairing=pairing, user=user, actor=side, now=NOW + THIRTY_DAYS)


def test_after_thirty_days_the_clock_completes_and_what_was_not_answered_is_missed():
    pairing = stories.closing()
    stories.looked_back(pairing)
    assert pairings.sweep_closing(now=NOW + THIRTY_DAYS - timedelta(minutes=1)) == 0
    pairings.sweep_closing(now=NOW + THIRTY_DAYS)
    assert states(pairing) == {"mentee": "answered", "mentor": "missed"}
    pairing.refresh_from_db()
    assert pairing.state == "completed"
    with pytest.raises(WrongState):
        reviews.answer(review=review(pairing, "mentor"), user=pairing.mentor, said=INTERVIEW, now=NOW + THIRTY_DAYS)


def test_the_database_takes_no_completion_before():
    pairing = stories.closing()
    stories.looked_back(pairing)
    early = NOW + THIRTY_DAYS - timedelta(seconds=1)
    with pytest.raises(Error, match="pairing_completed_by_both"), transaction.atomic():
        Pairing.objects.filter(pk=pairing.pk).update(state="completed", ended_at=early)


def test_it_is_corrected_until_the_pairing_has_ended():
    pairing = stories.closing()
    row = stories.looked_back(pairing, takes_away="First words.", shared=True)
    said = reviews.MenteeReview(**{**stories.LOOKED_BACK, "faster": "no", "takes_away": ""})
    reviews.correct(review=row, user=row.person, said=said, now=NOW)
    row = review(pairing)
    assert (row.faster, row.shared, row.read("takes_away")) == ("no", False, "")
    stories.looked_back(pairing, "mentor")
    with pytest.raises(WrongState):
        reviews.correct(review=row, user=row.person, said=said, now=NOW)


def test_who_is_not_asked_says_nothing():
    pairing = stories.closing()
    with pytest.raises(NotPermitted):
        reviews.answer(review=review(pairing), user=pairing.mentor, said=INTERVIEW, now=NOW)
    stories.looked_back(pairing, "mentor")
    with pytest.raises(WrongState):
        reviews.answer(review=review(pairing, "mentor"), user=pairing.mentor, said=INTERVIEW, now=NOW)


def test_an_early_end_asks_nobody_any_more():
    pairing = stories.closing()
    pairings.end_early(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, end_class="time", now=NOW)
    assert states(pairing) == {"mentee": "cancelled", "mentor": "cancelled"}
    assert {row.state for row in letters(pairing, "review_due")} == {"cancelled"}


def test_words_are_the_writers_and_the_others_once_it_is_over_if_the_writer_wishes():
    pairing = stories.closing()
    shared = stories.looked_back(pairing, shared=True, takes_away=SECRET)
    assert permissions.may_read_review_words(pairing.mentee, shared)
    assert not permissions.may_read_review_words(pairing.mentor, shared)
    own = stories.looked_back(pairing, "mentor", learned=SECRET)
    shared, own = (Review.objects.select_related("pairing").get(pk=each.pk) for each in (shared, own))
    assert permissions.may_read_review_words(pairing.mentor, shared)
    assert not permissions.may_read_review_words(pairing.mentee, own)
    assert not permissions.may_read_review_words(stories.introduced().mentor, shared)


def test_the_reminder_says_until_when_and_holds_until_it_is_answered():
    pairing = stories.closing()
    row = Letter.objects.get(kind="review_due", person=pairing.mentee, occasion="")
    kind = registered()["review_due"]
    assert kind.still_due(row, NOW) is None
    content = kind.render(row, person_of(row))
    assert_says_the_same(content)
    assert f"/pairings/{pairing.pk}/review/" in content.text
    assert "9 April" in content.text
    assert kind.item is not None
    assert "9 April" in kind.item(row, person_of(row)).line
    stories.looked_back(pairing)
    assert kind.still_due(row, NOW) == "review_answered"
    stories.looked_back(pairing, "mentor")
    assert kind.still_due(row, NOW) == "pairing_completed"
    Review.objects.all().delete()
    assert kind.still_due(row, NOW) == "review_gone"
