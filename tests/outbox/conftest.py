"""Kinds of letters made for these tests alone, and somebody to write to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import User
from common.subjects import Subject
from outbox import kinds
from outbox.domain import sending
from outbox.domain.delivery import Batch, claim
from outbox.domain.post import post
from outbox.kinds import Content, LetterKind, Recipient, Scope
from outbox.models import Letter
from tests.people import person

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PAST = NOW - timedelta(hours=1)

Poster = Callable[..., Letter]


def plain(letter: Letter, recipient: Recipient) -> Content:
    """A letter that says which one it is, and how to stop it."""
    return Content(f"Letter {letter.occasion}", f"Dear {recipient.name}", f"<p>{recipient.unsubscribe_url}</p>")


REMINDER = LetterKind("reminder", plain, title="Reminders for tests", scope=Scope.SITE)
STATE = LetterKind("state", plain, contractual=True, scope=Scope.SITE)
INVITED = LetterKind("invited", plain, contractual=True, scope=Scope.INVITATION)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only our kinds, and none that a test adds remains."""
    monkeypatch.setattr(kinds, "_KINDS", {})
    kinds.register(REMINDER, STATE, INVITED)


@pytest.fixture
def reader(db: None) -> User:
    return person("Amara Okafor", zone="Asia/Tokyo")


@pytest.fixture
def letter(reader: User) -> Poster:
    """Posts a letter, due an hour ago unless told otherwise."""

    def make(occasion: str = "1", subject_id: UUID | None = None, **words: object) -> Letter:
        subject = Subject("thing", subject_id or uuid4())
        return post(
            occasion=occasion, subject=subject, **{"kind": "reminder", "due_at": PAST, "person": reader, **words}
        )

    return make


def taken() -> Batch:
    """What a worker claims now; something must be due."""
    batch = claim(NOW)
    assert batch is not None
    return batch


def expire_leases():
    Letter.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(hours=1))


def end_pauses():
    Letter.objects.update(next_at=None)


@pytest.fixture
def server(settings, monkeypatch):
    """A mail server whose answers a test decides: `answers` are raised one a letter; then it accepts."""

    class Server(EmailBackend):
        answers: list[Exception] = []
        opened = 0
        closed = 0
        refuses: Exception | None = None

        def open(self):
            Server.opened += 1
            if Server.refuses:
                raise Server.refuses
            return True

        def close(self):
            Server.closed += 1

        def send_messages(self, messages):
            if Server.answers:
                raise Server.answers.pop(0)
            return super().send_messages(messages)

    monkeypatch.setattr(sending, "get_connection", Server)
    return Server
