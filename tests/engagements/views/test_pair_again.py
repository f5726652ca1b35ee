"""Would the two work together again? Said by each alone, told when both have said so."""

import pytest

from common.models import Event
from matching.models import PairAgain
from tests import people
from tests.engagements import stories
from tests.engagements.views.conftest import MISSING, as_missing
from tests.engagements.views.test_pairings import words
from tests.matching import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def over():
    return factories.pairing(*factories.couple(), state="completed")


def test_it_is_told_only_once_both_say_so(visit, send, over):
    mentee, mentor = over.mentee, over.mentor
    assert "I would, gladly" in words(visit(mentee, "pairing", over.pk))
    send(mentee, "again", over.pk, wanted="yes")
    send(mentee, "again", over.pk, wanted="yes")
    assert PairAgain.objects.count() == 1
    assert "You have said that you would" in words(visit(mentee, "pairing", over.pk))
    assert "I would, gladly" in words(visit(mentor, "pairing", over.pk))
    send(mentor, "again", over.pk, wanted="yes")
    for person in (mentee, mentor):
        assert "Both of you would" in words(visit(person, "pairing", over.pk))
    assert not Event.objects.filter(verb="pair_again").exists()


def test_it_can_be_taken_back(visit, send, over):
    send(over.mentee, "again", over.pk, wanted="yes")
    send(over.mentee, "again", over.pk)
    assert not PairAgain.objects.exists()
    assert "I would, gladly" in words(visit(over.mentee, "pairing", over.pk))


def test_not_while_the_pairing_is_open(visit, send, clock):
    pairing = stories.active()
    assert "Together again?" not in words(visit(pairing.mentee, "pairing", pairing.pk))
    send(pairing.mentee, "again", pairing.pk, wanted="yes")
    assert not PairAgain.objects.exists()


def test_a_foreign_pairing_is_a_missing_one(send, over):
    stranger = people.person()
    foreign, missing = send(stranger, "again", over.pk), send(stranger, "again", MISSING)
    assert as_missing(foreign, missing, over.pk, MISSING)
