"""History is only ever added to."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from common.models import Event
from common.sentences import constraint_of
from common.transitions import Actor
from tests.people import organisation, person

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def event(db):
    return Event.record(
        verb="confirm", subject=organisation(), actor=Actor.COORDINATOR, now=NOW, person=person(), cohort_id=uuid4()
    )


def test_a_line_says_who_did_what_to_which_record_when(event):
    assert (event.subject_type, event.verb, event.actor, event.at) == ("organisation", "confirm", "coordinator", NOW)
    assert str(event) == "organisation confirm"


@pytest.mark.parametrize("change", [{"verb": "other"}, {"at": NOW.replace(year=2020)}, {"cohort_id": None}])
def test_no_line_is_changed(event, change):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Event.objects.update(**change)
    assert constraint_of(caught.value) == "event_append_only"


def test_no_line_is_given_to_somebody_else(event):
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(person=person())


def test_no_line_is_deleted(event):
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.all().delete()


def test_erasing_a_person_takes_the_name_off_and_leaves_the_line(event):
    event.person.delete()
    event.refresh_from_db()
    assert (event.person, event.verb) == (None, "confirm")
