"""Of some kinds a person gets one e-mail a day: the first soon, the others together on the next morning."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core import mail

from common.subjects import Subject
from outbox.domain import digests, resending
from outbox.domain.delivery import deliver_due
from outbox.domain.post import NewLetter, post_all
from outbox.kinds import Item, LetterKind, Scope, register
from outbox.models import Letter, LetterState
from outbox.reasons import NotNeeded
from tests.outbox.conftest import NOW, plain
from tests.people import person

UNDO = timedelta(seconds=60)
NEXT_MORNING = datetime(2026, 11, 24, 0, tzinfo=UTC)  # nine o'clock in Tokyo
KIND = "news"


@pytest.fixture(autouse=True)
def _news(_kinds, settings):
    settings.OUTBOX_UNDO_SECONDS = UNDO.total_seconds()
    register(LetterKind(KIND, plain, scope=Scope.SITE, one_a_day=True, item=lambda letter, _to: item(letter)))


def item(letter):
    return Item(f"News {letter.occasion}", "A line", "https://x.example/", "Look")


@pytest.fixture
def news(letter):
    def make(occasion, at=NOW, **words):
        return letter(occasion, kind=KIND, due_at=at, **words)

    return make


def test_the_first_leaves_after_a_moment_and_takes_along_what_came_in_it(news):
    assert news("1").due_at == news("2", NOW + UNDO / 2).due_at == NOW + UNDO
    deliver_due(NOW + UNDO / 2)
    assert not mail.outbox
    deliver_due(NOW + UNDO)
    (message,) = mail.outbox
    assert "News 1" in message.body
    assert "News 2" in message.body


def test_what_comes_after_it_waits_for_the_readers_next_morning_and_leaves_as_one(news):
    news("1")
    deliver_due(NOW + UNDO)
    for number in range(2, 40):
        assert news(str(number), NOW + number * UNDO).due_at == NEXT_MORNING
    deliver_due(NEXT_MORNING - UNDO)
    assert len(mail.outbox) == 1
    deliver_due(NEXT_MORNING)
    assert len(mail.outbox) == 2
    assert all(f"News {number}" in mail.outbox[1].body for number in range(2, 40))
    assert news("late", NEXT_MORNING + UNDO).due_at == NEXT_MORNING + timedelta(days=1), "that was the one of the day"


def test_many_posted_in_one_go_are_one(reader):
    post_all(NewLetter(kind=KIND, subject=Subject("thing", uuid4()), person=reader, due_at=NOW) for _each in range(40))
    deliver_due(NOW + UNDO)
    assert len(mail.outbox) == 1


def test_who_wants_each_by_itself_gets_each_soon(news, reader):
    digests.choose(person=reader, together=False)
    news("1")
    deliver_due(NOW + UNDO)
    assert news("2", NOW + 2 * UNDO).due_at == NOW + 3 * UNDO


def test_what_never_left_and_what_others_get_does_not_count(news, letter):
    news("1")
    Letter.objects.update(state=LetterState.CANCELLED, reason=NotNeeded.LEFT)
    news("1", person=person("Somebody else"))
    letter("another kind", due_at=NOW)
    assert news("2").due_at == NOW + UNDO


def test_sent_again_it_leaves_at_once(news, reader):
    made = news("1")
    deliver_due(NOW + UNDO)
    made.refresh_from_db()
    again = resending.resend(letter=made, user=reader, now=NOW + 2 * UNDO)
    assert again.due_at == NOW + 2 * UNDO


def test_other_kinds_are_due_when_they_say(letter):
    assert letter().due_at != NOW + UNDO
