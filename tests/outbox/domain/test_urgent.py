"""Urgent letters leave before all others, paused or not, and what they enclose dies with its use."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from common.errors import WrongState
from outbox.domain import delivery, enclosures, health, resending, troubles
from outbox.domain.delivery import deliver_due
from outbox.domain.enclosures import post_enclosed
from outbox.kinds import Content, LetterKind, Recipient, Scope, register
from outbox.models import Enclosure, Letter, LetterState, Trouble, TroubleKind
from outbox.tasks import deliver
from tests.outbox.conftest import NOW, STATE, end_pauses

pytestmark = pytest.mark.django_db
CODE = "BCDF-GHJK"
HOUR = timedelta(hours=1)


def to_whom(letter: Letter) -> Recipient | None:
    words = enclosures.read(letter)
    return Recipient(words["address"], "", "en-gb") if words else None


def say_code(letter: Letter, _recipient: Recipient) -> Content:
    words = enclosures.read(letter) or {}
    return Content("Your code", words["code"], words["code"])


@pytest.fixture(autouse=True)
def _code_kind(_kinds: None) -> None:
    more: dict[str, Any] = {"still_due": enclosures.still_valid, "recipient": to_whom, "contractual": True}
    register(LetterKind("code", say_code, scope=Scope.ACCOUNT, urgent=True, **more))


def code(address: str = "a@example.org", *, lasts: timedelta = HOUR) -> Letter:
    words = {"address": address, "code": CODE}
    until = timezone.now() + lasts
    return post_enclosed(kind="code", words=words, person=None, occasion="code", expires_at=until, due_at=NOW)


def sent_to() -> list[str]:
    return [message.to[0] for message in mail.outbox]


def test_it_leaves_before_what_has_waited_longer(letter, reader):
    letter(due_at=NOW - 10 * HOUR)
    code()
    deliver_due(NOW)
    assert sent_to() == ["a@example.org", reader.email]


def test_it_is_due_as_soon_as_it_is_there():
    code()
    deliver_due(NOW - HOUR)
    assert sent_to() == ["a@example.org"]


def test_it_passes_a_batch_that_is_leaving(letter, monkeypatch):
    monkeypatch.setattr(delivery, "LOOK_EVERY_SECONDS", 0.0)
    for number in range(3):
        letter(str(number))
    real, once = delivery.attempt, iter([True])

    def attempt(*args: Any, **more: Any) -> Any:
        if next(once, False):
            code()
        return real(*args, **more)

    monkeypatch.setattr(delivery, "attempt", attempt)
    assert deliver_due(NOW) == 4
    assert sent_to().index("a@example.org") == 1
    assert set(Letter.objects.values_list("state", "attempts")) == {(LetterState.SENT, 1)}


def test_it_leaves_while_the_others_are_paused(letter, reader):
    letter()
    code()
    troubles.pause_all(user=reader, now=NOW)
    deliver_due(NOW)
    assert sent_to() == ["a@example.org"]


def test_a_server_that_refuses_us_is_tried_again_after_a_minute_not_after_a_quarter_of_an_hour(letter):
    letter()
    code()
    troubles.refused("535 no")
    deliver_due(NOW)
    assert sent_to() == []
    Trouble.objects.update(retry_at=timezone.now() + troubles.PROBE_AFTER - troubles.URGENT_PROBE_AFTER)
    deliver_due(NOW)
    assert sent_to()[0] == "a@example.org"


def test_it_is_not_spread_with_a_herd(letter, settings):
    settings.OUTBOX_BATCH = 1
    code(), code("b@example.org"), code("c@example.org")
    delivery._spread_herd(NOW)
    assert not Letter.objects.filter(next_at__isnull=False).exists()


def test_what_it_carries_is_sealed_and_gone_once_it_has_left():
    made = code()
    assert CODE.encode() not in bytes(Enclosure.objects.get().sealed)
    assert b"example.org" not in bytes(Enclosure.objects.get().sealed)
    deliver_due(NOW)
    assert CODE in str(mail.outbox[0].body)
    made.refresh_from_db()
    assert made.state == LetterState.SENT
    assert not Enclosure.objects.exists()
    with pytest.raises(WrongState):
        resending.resend(letter=made, user=None, now=NOW)


@pytest.mark.parametrize("state", [LetterState.PENDING, LetterState.DEAD])
def test_out_of_date_it_is_never_sent(state):
    made = code(lasts=-HOUR)
    Letter.objects.update(state=state)
    if state == LetterState.DEAD:
        resending.resend(letter=made, user=None, now=NOW)
    deliver_due(NOW)
    made.refresh_from_db()
    assert (made.state, made.reason) == (LetterState.CANCELLED, "out_of_date")
    assert "no longer valid" in made.reason_sentence()
    assert mail.outbox == []
    assert not Enclosure.objects.exists()


def test_out_of_date_it_is_cancelled_although_nothing_can_leave(server):
    made, fresh = code(lasts=-HOUR), code("b@example.org")
    server.refuses = ConnectionRefusedError()
    deliver()
    made.refresh_from_db()
    fresh.refresh_from_db()
    assert (made.state, made.reason) == (LetterState.CANCELLED, "out_of_date")
    assert (fresh.state, fresh.attempts) == (LetterState.PENDING, 0)
    assert Enclosure.objects.get().pk == fresh.subject_id
    server.refuses = None
    end_pauses()
    deliver()
    assert sent_to() == ["b@example.org"]


def test_one_that_may_be_sent_again_keeps_what_it_carries():
    code(), code()
    Letter.objects.filter(pk=Letter.objects.first().pk).update(state=LetterState.DEAD)
    Letter.objects.exclude(state=LetterState.DEAD).update(state=LetterState.HELD)
    enclosures.clear()
    assert Enclosure.objects.count() == 2


def test_one_whose_letter_is_gone_goes_too():
    code().delete()
    enclosures.clear()
    assert not Enclosure.objects.exists()


def test_replaced_it_is_not_sent():
    made = code()
    enclosures.replace(made.pk)
    deliver_due(NOW)
    made.refresh_from_db()
    assert (made.state, made.reason) == (LetterState.CANCELLED, "replaced")
    assert not mail.outbox


def test_it_is_late_after_two_minutes():
    code()
    assert health.late(NOW + timedelta(minutes=1)) is None
    health.watch(NOW + timedelta(minutes=3))
    assert Trouble.objects.get().kind == TroubleKind.LATE


def test_a_kind_may_be_urgent_without_an_enclosure(letter, reader):
    register(LetterKind("alarm", STATE.render, contractual=True, scope=Scope.SITE, urgent=True))
    letter(due_at=NOW - HOUR)
    alarm = letter(kind="alarm", occasion="alarm")
    assert alarm.urgent
    deliver_due(NOW)
    assert [message.subject for message in mail.outbox] == ["Letter alarm", "Letter 1"]
