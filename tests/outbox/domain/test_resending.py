"""Sending a letter again, and leaving it."""

import pytest
from django.core import mail

from common.errors import WrongState
from common.models import Event
from outbox.domain import resending
from outbox.domain.delivery import deliver_due
from outbox.models import Letter, LetterState
from tests.outbox.conftest import NOW


@pytest.mark.parametrize("state", [LetterState.DEAD, LetterState.HELD])
def test_what_did_not_arrive_is_sent_as_the_same_letter(letter, reader, state):
    made = letter()
    Letter.objects.update(state=state, attempts=12, doubts=1, reason="answered", detail="550 no")
    assert resending.resend(letter=made, user=reader, now=NOW) == made
    deliver_due(NOW)
    made.refresh_from_db()
    assert (made.state, made.attempts, made.doubts, made.reason, made.detail) == (LetterState.SENT, 1, 1, "", "")
    assert mail.outbox[0].message()["Message-ID"] == made.message_id
    assert Event.objects.get().verb == "resend"


def test_what_was_sent_goes_out_as_a_further_letter_each_time(letter, reader):
    made = letter("2026-11-23")
    for number in (1, 2):
        deliver_due(NOW)
        copy = resending.resend(letter=Letter.objects.order_by("-occasion").first(), user=reader, now=NOW)
        assert copy.occasion == f"2026-11-23+{number}"
    deliver_due(NOW)
    assert len({message.message()["Message-ID"] for message in mail.outbox}) == 3
    made.refresh_from_db()
    assert made.state == LetterState.SENT


def test_what_waits_or_was_cancelled_is_not_sent_again(letter, reader):
    made = letter()
    for state in (LetterState.PENDING, LetterState.CANCELLED):
        Letter.objects.update(state=state)
        with pytest.raises(WrongState):
            resending.resend(letter=made, user=reader, now=NOW)


def test_a_letter_is_left(letter, reader):
    made = letter()
    with pytest.raises(WrongState):
        resending.leave(letter=made, user=reader, now=NOW)
    Letter.objects.update(state=LetterState.HELD)
    resending.leave(letter=made, user=reader, now=NOW)
    made.refresh_from_db()
    assert (made.state, made.reason) == (LetterState.CANCELLED, "left")
    assert Event.objects.get().verb == "leave"
