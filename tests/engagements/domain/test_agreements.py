from datetime import date, timedelta

import pytest

from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from engagements.domain import agreements
from engagements.models import Agreement, Signature
from matching.states import PairingState
from outbox.models import Letter, LetterState
from tests import people
from tests.engagements import stories
from tests.engagements.stories import SECRET, TERMS
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db


def waiting_letters(**words):
    return Letter.objects.filter(kind="agreement_waiting", state=LetterState.PENDING, **words)


def test_writing_signs_for_the_writer_and_asks_the_other():
    pairing = stories.agreeing()
    agreement = agreements.propose(pairing=pairing, user=pairing.mentor, **TERMS, amendments=SECRET, now=NOW)
    assert (agreement.version, agreement.signed_sides()) == (1, {"mentor"})
    assert agreement.read("amendments") == SECRET
    assert SECRET.encode() not in bytes(agreement.amendments)
    assert waiting_letters().get().person == pairing.mentee
    pairing.refresh_from_db()
    assert pairing.state == PairingState.INTRODUCED


def test_the_second_signature_makes_the_pairing_active():
    pairing = stories.active(terms={"planned_end": date(2026, 11, 2)})
    assert (pairing.state, pairing.activated_at, pairing.planned_end) == (
        PairingState.ACTIVE,
        NOW,
        date(2026, 11, 2),
    )
    assert not waiting_letters().exists()
    active = Letter.objects.filter(kind="pairing_active", subject_id=pairing.pk)
    assert {letter.person_id for letter in active} == {pairing.mentee_id, pairing.mentor_id}
    verbs = Event.objects.filter(subject_id=pairing.pk).values_list("verb", flat=True)
    assert {"write_agreement", "sign_agreement", "activate"} <= set(verbs)


def test_a_change_is_a_new_version_and_needs_both_signatures_again():
    pairing = stories.agreeing()
    first = agreements.propose(pairing=pairing, user=pairing.mentee, **TERMS, now=NOW)
    second = agreements.propose(
        pairing=pairing, user=pairing.mentor, **{**TERMS, "meetings_a_month": 1}, based_on=1, now=NOW
    )
    assert (second.version, second.signed_sides()) == (2, {"mentor"})
    with pytest.raises(Refused, match="newer version"):
        agreements.sign(agreement=first, user=pairing.mentor, now=NOW)
    pairing.refresh_from_db()
    assert pairing.state == PairingState.INTRODUCED
    assert [letter.subject_id for letter in waiting_letters()] == [second.pk]
    agreements.sign(agreement=second, user=pairing.mentee, now=NOW)
    pairing.refresh_from_db()
    assert pairing.state == PairingState.ACTIVE


def test_a_version_written_over_another_is_refused_when_that_one_is_old():
    pairing = stories.agreeing()
    agreements.propose(pairing=pairing, user=pairing.mentee, **TERMS, based_on=0, now=NOW)
    with pytest.raises(Refused) as refused:
        agreements.propose(pairing=pairing, user=pairing.mentor, **TERMS, based_on=0, now=NOW)
    assert refused.value.code == "newer_version"
    assert Agreement.objects.filter(pairing=pairing).count() == 1


def test_signing_twice_changes_nothing():
    pairing = stories.agreeing()
    agreement = agreements.propose(pairing=pairing, user=pairing.mentee, **TERMS, now=NOW)
    agreements.sign(agreement=agreement, user=pairing.mentee, now=NOW)
    assert Signature.objects.filter(agreement=agreement).count() == 1
    agreements.sign(agreement=agreement, user=pairing.mentor, now=NOW)
    agreements.sign(agreement=agreement, user=pairing.mentor, now=NOW + timedelta(minutes=1))
    assert Signature.objects.filter(agreement=agreement).count() == 2
    assert Event.objects.filter(subject_id=pairing.pk, verb="activate").count() == 1


def test_not_before_both_said_to_go_ahead():
    pairing = stories.introduced()
    with pytest.raises(WrongState):
        agreements.propose(pairing=pairing, user=pairing.mentee, **TERMS, now=NOW)
    assert not Agreement.objects.exists()


def test_not_once_the_pairing_is_active():
    pairing = stories.active()
    with pytest.raises(WrongState):
        agreements.propose(pairing=pairing, user=pairing.mentee, **TERMS, now=NOW)


def test_not_signed_once_the_pairing_has_ended():
    pairing = stories.agreeing()
    agreement = agreements.propose(pairing=pairing, user=pairing.mentee, **TERMS, now=NOW)
    pairing.refresh_from_db()
    pairing.state, pairing.ended_at = PairingState.ENDED_EARLY, NOW
    pairing.save()
    with pytest.raises(WrongState):
        agreements.sign(agreement=agreement, user=pairing.mentor, now=NOW)


def test_nobody_else_writes_or_signs():
    pairing, stranger = stories.agreeing(), people.person(staff=True)
    agreement = agreements.propose(pairing=pairing, user=pairing.mentee, **TERMS, now=NOW)
    with pytest.raises(NotPermitted):
        agreements.propose(pairing=pairing, user=stranger, **TERMS, now=NOW)
    with pytest.raises(NotPermitted):
        agreements.sign(agreement=agreement, user=stranger, now=NOW)


@pytest.mark.parametrize(
    ("planned_end", "code"),
    [
        (date(2026, 3, 9), "past"),
        (date(2026, 3, 10), "past"),
        (date(2026, 3, 11), "too_soon"),
        (date(2026, 4, 6), "too_soon"),
        (date(2028, 1, 1), "too_late"),
    ],
)
def test_an_end_that_cannot_be(planned_end, code):
    pairing = stories.agreeing()
    with pytest.raises(Refused) as refused:
        agreements.propose(pairing=pairing, user=pairing.mentee, **{**TERMS, "planned_end": planned_end}, now=NOW)
    assert (refused.value.code, refused.value.field) == (code, "planned_end")
    assert not Agreement.objects.exists()
