"""History is only ever added to."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from cohorts.states import Role
from common import event_kinds
from common.models import ContentKey, Event
from common.sentences import constraint_of
from common.transitions import Actor
from matching.models import Request
from tests.matching import factories
from tests.people import mentee, mentor, person

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def event(db):
    return Event.record(verb="ask", subject=a_request(), actor=Actor.MENTEE, now=NOW, user=person())


def a_request():
    here = factories.cohort()
    return factories.request(
        factories.enrolment(here, mentee("Mia Mentee")), factories.enrolment(here, mentor("Max Mentor"), Role.MENTOR)
    )


def test_a_line_says_who_did_what_to_which_record_when(event):
    assert (event.subject_type, event.verb, event.actor, event.at) == ("request", "ask", "mentee", NOW)
    assert str(event) == "request ask"


def test_cohort_and_people_follow_from_the_record(event):
    asked = Request.objects.get(pk=event.subject_id)
    assert (event.cohort_id, event.pairing_id) == (asked.cohort_id, None)
    assert (event.mentee, event.mentor, event.person) == (asked.mentee, asked.mentor, None)


def test_what_is_not_registered_is_not_recorded(db):
    for subject, verb, actor in (
        (person(), "knight", Actor.PERSON),
        (person(), "change_ties", Actor.CLOCK),
        (ContentKey.make(), "add", Actor.SYSTEM),
    ):
        with pytest.raises(ValueError, match=r"no (events are|sentence)"):
            Event.record(verb=verb, subject=subject, actor=actor, now=NOW)
    assert not Event.objects.exists()


def test_a_column_by_which_the_desk_finds_a_line_is_not_left_out(db):
    asked = a_request()
    asked.cohort_id = asked.mentor_id = None
    with pytest.raises(ValueError, match="an event about 'request' needs cohort_id, mentor_id"):
        Event.record(verb="ask", subject=asked, actor=Actor.MENTEE, now=NOW)


@pytest.mark.parametrize(
    "change", [{"verb": "other"}, {"at": NOW.replace(year=2020)}, {"cohort_id": None}, {"fields": "name"}]
)
def test_no_line_is_changed(event, change):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Event.objects.update(**change)
    assert constraint_of(caught.value) == "event_append_only"


@pytest.mark.parametrize("column", ["user", "mentee", "mentor", "person"])
def test_no_line_is_given_to_somebody_else(event, column):
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(**{column: person()})


def test_no_line_is_deleted(event):
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.all().delete()


def test_erasing_a_person_takes_the_name_off_and_leaves_the_line(event):
    event.user.delete()
    event.refresh_from_db()
    assert (event.user, event.verb) == (None, "ask")


@pytest.mark.parametrize("column", ["user", "mentee", "mentor", "person"])
def test_each_person_may_be_taken_off_a_line(event, column):
    Event.objects.update(**{column: None})
    event.refresh_from_db()
    assert getattr(event, column) is None


def test_a_kind_of_record_and_a_verb_are_registered_once():
    with pytest.raises(ValueError, match="twice"):
        event_kinds.register_subjects(event_kinds.EventSubject(Request))
    with pytest.raises(ValueError, match="twice"):
        event_kinds.register_sentences(Request, {"ask": "asked"})
