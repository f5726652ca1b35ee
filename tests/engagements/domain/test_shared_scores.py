"""Scores are one's own until both share theirs, and only those that were answered since."""

from datetime import timedelta

import pytest

from accounts.models import MentorProfile
from common.errors import NotPermitted, WrongState
from common.models import Event
from engagements.domain import check_ins, shared_scores
from engagements.domain.pairing_status import pairings_of, statuses
from tests import people
from tests.engagements import stories
from tests.engagements.stories import ANSWERS
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def pairing():
    return stories.active()


def seen(pairing, user, now=NOW):
    (status,) = statuses(pairings_of(user=user.pk, today=now.date()), user=user, now=now)
    return [(row.side, row.round) for row in shared_scores.answers(status)]


def both_share(pairing, now=NOW):
    for person in (pairing.mentee, pairing.mentor):
        shared_scores.share(pairing=pairing, user=person, now=now)


def answered(pairing, side, number, **words):
    return stories.answered(stories.check_in(pairing, side, number), **words)


def test_nothing_is_seen_before_both_share(pairing):
    answered(pairing, "mentee", 1), answered(pairing, "mentor", 1)
    shared_scores.share(pairing=pairing, user=pairing.mentee, now=NOW)
    assert seen(pairing, pairing.mentee) == seen(pairing, pairing.mentor) == []


def test_what_was_answered_before_stays_ones_own(pairing):
    first = answered(pairing, "mentee", 1)
    after = first.due_at + timedelta(hours=1)
    shared_scores.share(pairing=pairing, user=pairing.mentee, now=NOW)
    shared_scores.share(pairing=pairing, user=pairing.mentor, now=after)
    check_ins.correct(check_in=first, user=pairing.mentee, **{**ANSWERS, "clarity": 1}, now=after + timedelta(hours=1))
    answered(pairing, "mentor", 1, now=after), answered(pairing, "mentee", 2)
    expected = [("mentor", 1), ("mentee", 2)]
    assert seen(pairing, pairing.mentee) == seen(pairing, pairing.mentor) == expected


def test_whoever_takes_it_back_ends_it_for_both_and_anew_it_begins_anew(pairing):
    both_share(pairing)
    row = answered(pairing, "mentee", 1)
    assert seen(pairing, pairing.mentor) == [("mentee", 1)]
    shared_scores.stop(pairing=pairing, user=pairing.mentor, now=row.due_at + DAY)
    assert seen(pairing, pairing.mentee) == seen(pairing, pairing.mentor) == []
    shared_scores.share(pairing=pairing, user=pairing.mentor, now=row.due_at + 2 * DAY)
    assert seen(pairing, pairing.mentor) == []
    answered(pairing, "mentee", 2)
    assert seen(pairing, pairing.mentor) == [("mentee", 2)]


def test_after_the_end_it_stays_until_it_is_taken_back(pairing):
    both_share(pairing)
    row = answered(pairing, "mentee", 1)
    stories.complete(pairing, now=row.due_at + DAY)
    assert seen(pairing, pairing.mentor) == [("mentee", 1)]
    shared_scores.stop(pairing=pairing, user=pairing.mentee, now=row.due_at + 2 * DAY)
    assert seen(pairing, pairing.mentor) == []
    with pytest.raises(WrongState):
        shared_scores.share(pairing=pairing, user=pairing.mentee, now=row.due_at + 3 * DAY)


def test_each_says_it_for_oneself_and_once(pairing):
    shared_scores.share(pairing=pairing, user=pairing.mentee, now=NOW)
    with pytest.raises(WrongState):
        shared_scores.share(pairing=pairing, user=pairing.mentee, now=NOW)
    with pytest.raises(WrongState):
        shared_scores.stop(pairing=pairing, user=pairing.mentor, now=NOW)
    with pytest.raises(NotPermitted):
        shared_scores.share(pairing=pairing, user=people.person(), now=NOW)


def test_before_the_agreement_there_is_nothing_to_share():
    made = stories.introduced()
    with pytest.raises(WrongState):
        shared_scores.share(pairing=made, user=made.mentee, now=NOW)


def test_history_tells_it_to_nobody(pairing):
    before = set(Event.objects.told())
    both_share(pairing)
    shared_scores.stop(pairing=pairing, user=pairing.mentee, now=NOW)
    assert Event.objects.filter(subject_type="scoresharing").count() == 3
    assert set(Event.objects.told()) == before


def test_another_pair_of_the_same_mentor_sees_nothing(pairing):
    both_share(pairing)
    answered(pairing, "mentee", 1)
    MentorProfile.objects.filter(person=pairing.mentor).update(capacity=2)
    other = stories.active(mentor=pairing.mentor_enrolment)
    found = statuses(pairings_of(user=pairing.mentor.pk, today=NOW.date()), user=pairing.mentor, now=NOW)
    seen_in = {each.pairing.pk: len(shared_scores.answers(each)) for each in found}
    assert seen_in == {pairing.pk: 1, other.pk: 0}
