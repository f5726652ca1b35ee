"""Several things due to one person on one day go in one letter, and each of them still exists once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from outbox.domain import digests, steps, unsubscribe
from outbox.domain.delivery import claim, deliver_due, reap
from outbox.kinds import Item, LetterKind, Scope, register
from outbox.models import Letter
from outbox.reasons import NotNeeded
from tests.outbox.conftest import NOW, PAST, plain
from tests.people import person

MIDNIGHT_IN_TOKYO = NOW.replace(hour=15)


def item(letter, reader):
    return Item(f"Thing {letter.occasion}", "It is due.", f"https://x.example/{letter.occasion}", "Look")


@pytest.fixture(autouse=True)
def _kind():
    register(LetterKind("thing", item=item, render=plain, scope=Scope.SITE))


@pytest.fixture
def thing(letter):
    """Things due one after the other, in the order of their numbers."""

    def make(occasion="1", **words):
        due_at = PAST + timedelta(minutes=int(occasion))
        return letter(occasion, **{"kind": "thing", "due_at": due_at, **words})

    return make


def states() -> list[tuple[str, str, int, int]]:
    return list(Letter.objects.order_by("occasion").values_list("occasion", "state", "attempts", "doubts"))


def test_one_letter_for_what_is_due_on_one_day(thing, reader):
    first = thing("1")
    thing("2", due_at=NOW)
    thing("3", due_at=MIDNIGHT_IN_TOKYO - timedelta(seconds=1))
    thing("4", due_at=MIDNIGHT_IN_TOKYO)
    assert deliver_due(NOW) == 3
    [message] = mail.outbox
    assert (message.subject, message.to) == ("3 things for today", [reader.email])
    assert message.message()["Message-ID"] == first.message_id
    for number in "123":
        assert f"https://x.example/{number}" in message.body
        assert f"https://x.example/{number}" in message.alternatives[0][0]
    assert [state for _occasion, state, _a, _d in states()] == ["sent", "sent", "sent", "pending"]
    assert set(Letter.objects.filter(occasion__in="23").values_list("sent_with", flat=True)) == {first.pk}
    assert Letter.objects.get(pk=first.pk).sent_with is None


def test_its_link_stops_every_kind_it_carries_that_can_be_stopped(thing, reader):
    register(
        LetterKind("other", plain, item=item, scope=Scope.SITE),
        LetterKind("binding", plain, item=item, contractual=True, scope=Scope.SITE),
    )
    thing("1", kind="binding"), thing("2"), thing("3", kind="other"), thing("4")
    deliver_due(NOW)
    [message] = mail.outbox
    address = message.message()["List-Unsubscribe"].strip("<> ")
    assert address in message.body
    assert address in message.alternatives[0][0]
    subscription = unsubscribe.open_link(address.rstrip("/").rpartition("/")[2])
    assert subscription.person == reader
    assert [kind.name for kind in subscription.kinds] == ["thing", "other"]


def test_one_of_binding_things_alone_has_no_such_link(thing):
    register(LetterKind("binding", plain, item=item, contractual=True, scope=Scope.SITE))
    thing("1", kind="binding"), thing("2", kind="binding")
    deliver_due(NOW)
    assert mail.outbox[0].message()["List-Unsubscribe"] is None


def test_alone_it_is_the_letter_itself(thing):
    thing("1")
    deliver_due(NOW)
    assert [message.subject for message in mail.outbox] == ["Letter 1"]


def test_other_people_and_other_kinds_keep_their_own(thing, letter):
    thing("1"), thing("2", person=person("Somebody Else"))
    letter("3")
    assert deliver_due(NOW) == 3
    assert sorted(message.subject for message in mail.outbox) == ["Letter 1", "Letter 2", "Letter 3"]


def test_what_no_longer_holds_or_cannot_be_written_is_left_out(thing, letter, caplog):
    def broken(_letter, _reader):
        raise ZeroDivisionError

    register(
        LetterKind("over", plain, lambda letter, now: NotNeeded.LETTERS_FLOW, item=item, scope=Scope.SITE),
        LetterKind("broken", plain, item=broken, scope=Scope.SITE),
    )
    thing("0", kind="over"), thing("1", kind="broken"), thing("2"), thing("3")
    deliver_due(NOW)
    assert [message.subject for message in mail.outbox] == ["2 things for today"]
    assert states() == [
        ("0", "cancelled", 1, 0),
        ("1", "pending", 1, 0),
        ("2", "sent", 1, 0),
        ("3", "sent", 1, 0),
    ]
    assert Letter.objects.get(occasion="3").sent_with == Letter.objects.get(occasion="2")


def test_the_only_one_that_holds_is_the_letter_itself(thing, letter):
    register(LetterKind("over", plain, lambda letter, now: NotNeeded.LETTERS_FLOW, item=item, scope=Scope.SITE))
    thing("0", kind="over"), thing("1")
    deliver_due(NOW)
    assert [message.subject for message in mail.outbox] == ["Letter 1"]


def test_while_one_worker_has_the_first_no_other_takes_the_second(thing):
    thing("1"), thing("2", due_at=NOW)
    batch = claim(NOW)
    assert [each.occasion for each in batch.letters] == ["1"]
    assert claim(NOW) is None
    assert steps.take_step(batch.token, (), batch.letters[0], NOW)
    assert claim(NOW) is None
    assert [state for _o, state, _a, _d in states()] == ["sending", "sending"]


def test_a_worker_killed_around_it_leaves_a_doubt_on_each_and_then_each_goes_alone(thing):
    made = thing("1"), thing("2")
    batch = claim(NOW)
    steps.take_step(batch.token, (), batch.letters[0], NOW)
    Letter.objects.update(lease_until=timezone.now() - timedelta(hours=1))
    assert reap() == 2
    assert states() == [("1", "pending", 1, 1), ("2", "pending", 1, 1)]
    Letter.objects.update(next_at=None)
    assert deliver_due(NOW) == 2
    assert {message.message()["Message-ID"] for message in mail.outbox} == {each.message_id for each in made}
    assert states() == [("1", "sent", 2, 1), ("2", "sent", 2, 1)]


def test_refused_together_they_come_back_together(thing, monkeypatch):
    from django.core.mail.backends.locmem import EmailBackend

    thing("1"), thing("2")
    with monkeypatch.context() as refusing:
        refusing.setattr(EmailBackend, "send_messages", lambda _self, _messages: 0)
        deliver_due(NOW)
    assert states() == [("1", "pending", 1, 0), ("2", "pending", 1, 0)]
    assert len(set(Letter.objects.values_list("next_at", flat=True))) == 1
    Letter.objects.update(next_at=PAST)
    deliver_due(NOW)
    assert [message.subject for message in mail.outbox] == ["2 things for today"]


def test_who_wants_each_thing_by_itself_gets_it_by_itself(thing, reader):
    digests.choose(person=reader, together=False)
    digests.choose(person=reader, together=False)
    thing("1")
    thing("2")
    assert deliver_due(NOW) == 2
    assert [message.subject for message in mail.outbox] == ["Letter 1", "Letter 2"]
    digests.choose(person=reader, together=True)
    thing("3")
    thing("4")
    assert deliver_due(NOW) == 2
    assert mail.outbox[-1].subject == "2 things for today"
