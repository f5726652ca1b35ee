"""A pairing from recorded rows is what the verbs make of one."""

from collections import Counter

import pytest

from common.models import Event
from matching.models import Pairing
from outbox.models import Letter
from tests import recorded
from tests.engagements import stories

pytestmark = pytest.mark.django_db


def told(pairing):
    """All that is written of a pairing, but for names, keys and times."""
    return {
        "state": pairing.state,
        "check-ins": list(pairing.check_ins.order_by("side", "round").values_list("side", "round", "state", "due_at")),
        "signed": list(pairing.agreements.values_list("version", "signatures__side", "signatures__signed_at")),
        "events": Counter(Event.objects.filter(subject_id=pairing.pk).values_list("verb", flat=True)),
        "letters": Counter(
            Letter.objects.filter(person__in=[pairing.mentee, pairing.mentor]).values_list("kind", "due_at")
        ),
    }


def test_recorded_rows_are_those_that_the_verbs_write():
    before = stories.signed_by_both()
    after = stories.active()
    assert told(after) == told(before)
    assert all(told(after).values())


def test_copies_do_not_meet_and_when_all_are_there_the_verbs_make_the_next():
    made = [stories.active() for _one in range(3)]
    assert recorded.again("active", Pairing) is None
    assert len({pairing.mentee.email for pairing in made}) == 3
    assert len({pairing.cohort_id for pairing in made}) == 3
