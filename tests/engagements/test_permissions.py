"""Who reads what is said inside a pairing."""

import pytest

from engagements import permissions
from engagements.domain import agreements
from engagements.models import Agreement, CheckIn
from tests import people
from tests.engagements import stories
from tests.engagements.stories import TERMS
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    """A pairing and everybody who might look at it."""
    pairing = stories.active()
    coordinator = people.person(staff=True)
    pairing.cohort.coordinators.add(coordinator)
    superuser = people.person(staff=True)
    superuser.is_superuser = True
    superuser.save()
    return pairing, {
        "own": pairing.mentee,
        "other": pairing.mentor,
        "coordinator": coordinator,
        "superuser": superuser,
        "stranger": people.person(),
    }


@pytest.mark.parametrize(
    ("who", "scores", "shared"),
    [
        ("own", True, True),
        ("other", False, True),
        ("coordinator", False, False),
        ("superuser", False, False),
        ("stranger", False, False),
    ],
)
def test_scores_are_ones_own_and_words_for_both(scene, who, scores, shared):
    pairing, cast = scene
    user, row, agreement = cast[who], stories.check_in(pairing), pairing.agreements.get()
    assert permissions.may_read_scores(user, row) is scores
    assert permissions.may_read_line(user, row) is shared
    assert permissions.may_read_amendments(user, agreement) is shared
    assert permissions.may_see_contact_details(user, pairing) is shared
    assert CheckIn.objects.visible_to(user).filter(pk=row.pk).exists() is scores
    assert Agreement.objects.visible_to(user).filter(pk=agreement.pk).exists() is shared


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        ("introduced", True),
        ("active", True),
        ("paused", True),
        ("closing", True),
        ("completed", True),
        ("ended_early", False),
    ],
)
def test_contact_details_from_acceptance_until_an_early_end(state, seen):
    pairing = stories.introduced(state=state)
    assert permissions.may_see_contact_details(pairing.mentor, pairing) is seen


def test_agreements_of_two_pairings_do_not_mix():
    ours, theirs = stories.agreeing(), stories.agreeing()
    agreement = agreements.propose(pairing=theirs, user=theirs.mentee, **TERMS, now=NOW)
    assert not Agreement.objects.visible_to(ours.mentee).filter(pk=agreement.pk).exists()


def test_the_reason_for_an_end_is_its_writers(scene):
    pairing, cast = scene
    pairing.ended_by = pairing.mentee
    assert [who for who, user in cast.items() if permissions.may_read_end_text(user, pairing)] == ["own"]
