"""Pausing all letters, and going on."""

import pytest

from common.errors import WrongState
from common.models import Event
from outbox.domain import troubles
from outbox.domain.delivery import deliver_due
from outbox.models import Letter, LetterState, Trouble, TroubleKind
from tests.outbox.conftest import NOW


def test_paused_letters_wait_and_go_on(letter, reader):
    letter()
    troubles.pause_all(user=reader, now=NOW)
    assert deliver_due(NOW) == 0
    assert Letter.objects.get().state == LetterState.PENDING
    troubles.resume_all(user=reader, now=NOW)
    assert deliver_due(NOW) == 1
    assert sorted(Event.objects.values_list("verb", "user")) == [
        ("pause_letters", reader.pk),
        ("resume_letters", reader.pk),
    ]


def test_paused_twice_and_resumed_twice_is_refused(reader):
    troubles.pause_all(user=reader, now=NOW)
    with pytest.raises(WrongState):
        troubles.pause_all(user=reader, now=NOW)
    troubles.resume_all(user=reader, now=NOW)
    with pytest.raises(WrongState):
        troubles.resume_all(user=reader, now=NOW)
    troubles.pause_all(user=reader, now=NOW)
    assert Trouble.objects.count() == 2


def test_resuming_ends_a_refusal_too(letter, reader):
    troubles.refused("the mail server answered 535 who are you")
    letter()
    assert deliver_due(NOW) == 0
    troubles.resume_all(user=reader, now=NOW)
    assert deliver_due(NOW) == 1
    assert not troubles.over(TroubleKind.REFUSED)


def test_what_was_sent_does_not_end_a_pause(letter, reader):
    troubles.pause_all(user=reader, now=NOW)
    assert not troubles.over(TroubleKind.REFUSED)
    assert troubles.is_stopped()
