"""What e-mails about requests claim, in the states in which they may be read."""

from datetime import timedelta

import pytest

from accounts.models import MentorProfile
from cohorts.models import Cohort, Enrolment
from matching.models import ShortlistEntry
from outbox.models import Letter
from tests import people
from tests.matching.factories import NOW, cohort, couple, pairing, request
from tests.matching.test_letters import rendered

pytestmark = pytest.mark.django_db


def said(kind, subject, person):
    return " ".join(rendered(kind, subject.pk, person).text.split())


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("let_down", [True, False])
def test_a_shortlist_is_spoken_of_where_there_was_one(listed, let_down):
    mentee, mentor = couple(cohort(coordinators=(people.person(),)))
    if listed:
        ShortlistEntry.objects.create(mentee=mentee, mentor=mentor, rank=1, asked_at=NOW)
    if let_down:
        Enrolment.objects.filter(pk=mentee.pk).update(priority_since=NOW)
    text = said("shortlist_empty", mentee, mentee.person)
    assert ("the mentors on your shortlist" in text) is listed
    assert ("Your shortlist has come to its end" in text) is listed
    assert ("A name or two on your shortlist" in text) is not listed
    assert ("first in line" in text) is let_down
    assert "one place only" not in text, "mentors may offer several"
    assert "There are others" not in text, "nobody has looked"


@pytest.mark.parametrize("listed", [True, False])
def test_after_a_first_conversation_no_request_has_come_to_nothing(listed):
    mentee, mentor = couple(cohort(coordinators=(people.person(),)))
    pairing(mentee, mentor)
    if listed:
        ShortlistEntry.objects.create(mentee=mentee, mentor=mentor, rank=1, asked_at=NOW)
    text = said("shortlist_empty", mentee, mentee.person)
    assert "A first conversation has not led on" in text
    assert "request has come to nothing" not in text
    assert "It is not possible at present" not in text
    assert "the mentors on your shortlist" not in text
    assert ("Nobody on your shortlist is left to be asked." in text) is listed
    assert ("A name or two on your shortlist" in text) is not listed


def test_only_a_mentee_is_told_that_something_comes_next():
    ended = pairing(*couple())
    assert "what comes next for you" in said("pairing_ended", ended, ended.mentee)
    assert "what comes next" not in said("pairing_ended", ended, ended.mentor)


def test_a_mentor_who_let_it_pass_reads_what_holds():
    asked = request(*couple())
    text = said("request_expired", asked, asked.mentor)
    assert "somebody else may be asked now" in text
    assert "Nobody new, please" in text
    Letter.objects.all().delete()
    MentorProfile.objects.filter(person=asked.mentor).update(nobody_new=True)
    assert "Nobody new, please" not in said("request_expired", asked, asked.mentor), "they have said so"


def test_once_the_cohort_is_over_nobody_else_may_be_asked():
    asked = request(*couple())
    Cohort.objects.filter(pk=asked.cohort_id).update(ends_on=NOW.date() - timedelta(days=1))
    text = said("request_expired", asked, asked.mentor)
    assert "the cohort has ended" in text
    assert "somebody else may be asked" not in text


def test_whom_to_ask_next_is_left_to_the_page():
    asked = request(*couple())
    assert "whenever you like" not in said("request_withdrawn", asked, asked.mentee)
