"""Every code that a letter may keep as its reason has one whole sentence."""

import pytest
from django.utils import translation

from engagements.letters import NotNeeded as EngagementReason
from engagements.states import CheckInState
from matching.letters import pairing_is, request_is
from matching.states import PairingState, RequestState
from outbox import reasons
from outbox.models import Letter
from outbox.reasons import LetterReason, NotDelivered

TABLES = LetterReason.__subclasses__()
AT_START = reasons.sentences()


@pytest.fixture(autouse=True)
def _own_sentences(monkeypatch):
    monkeypatch.setattr(reasons, "_SENTENCES", dict(AT_START))


def test_every_table_is_registered_at_start():
    assert {reason.value for table in TABLES for reason in table} == set(AT_START)
    assert len(AT_START) == sum(len(table) for table in TABLES), "each code is one table's"


@pytest.mark.parametrize("code", sorted(AT_START))
def test_every_code_fits_the_column_and_is_one_whole_sentence(code):
    letter = Letter(reason=code, detail="451 100% full")
    told = letter.reason_sentence()
    Letter._meta.get_field("reason").clean(code, letter)
    assert told[0].isupper()
    assert told.endswith((".", "451 100% full"))
    assert ("451 100% full" in told) == ("%(detail)s" in str(AT_START[code]))
    assert told.count(".") <= 1
    assert "%(" not in told


def test_every_state_that_cancels_a_letter_has_a_code():
    for state in set(RequestState) - {RequestState.PENDING}:
        assert request_is(state) in AT_START
    for pairing_state in PairingState:
        assert pairing_is(pairing_state) in AT_START
    for check_in_state in set(CheckInState) - {CheckInState.SCHEDULED}:
        assert EngagementReason(f"check_in_{check_in_state}") in AT_START
    assert (request_is(None), pairing_is(None)) == ("request_gone", "pairing_gone")


def test_a_code_without_a_sentence_or_taken_by_another_table_fails_at_start():
    class Bare(LetterReason):
        TOO_COLD = "too_cold"

    class Taken(LetterReason):
        UNSUBSCRIBED = "unsubscribed", reasons.sentences()["left"]

    for table, complaint in ((Bare, "no sentence"), (Taken, "registered twice")):
        with pytest.raises(ValueError, match=complaint):
            reasons.register(table)
    reasons.register(NotDelivered)  # the same again is nothing new


def test_a_code_that_nobody_registered_is_shown_as_it_is():
    assert Letter(reason="from_a_newer_version").reason_sentence() == "from_a_newer_version"
    assert Letter().reason_sentence() == ""


def test_the_sentence_is_made_in_the_readers_language(monkeypatch):
    class Translated(reasons.LetterReason):
        AGREED = "agreed", translation.gettext_lazy("Yes")

    reasons.register(Translated)
    for language, told in (("en-gb", "Yes"), ("de", "Ja")):
        with translation.override(language):
            assert Letter(reason="agreed").reason_sentence() == told
