"""When very many letters fall due at one moment, they leave over a while."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from outbox.domain import troubles
from outbox.domain.delivery import deliver_due
from outbox.kinds import Item, LetterKind, Recipient, Scope, register
from outbox.models import Letter, LetterState
from tests.outbox.conftest import NOW, PAST, end_pauses, plain
from tests.people import person

WINDOW = timedelta(seconds=60)


@pytest.fixture(autouse=True)
def _small(settings):
    settings.OUTBOX_BATCH = 2
    settings.OUTBOX_SPREAD_SECONDS = WINDOW.total_seconds()


@pytest.fixture
def herd(letter):
    """So many letters to as many people, all due at one moment."""

    def make(count):
        somebody = Recipient("somebody@example.org", "Somebody", "en-gb")
        register(LetterKind("guest", plain, recipient=lambda _letter: somebody, scope=Scope.INVITATION))
        return [letter(str(each), kind="guest", person=None, invitation_id=uuid4()) for each in range(count)]

    return make


def test_no_more_than_two_batches_leave_at_once(herd):
    herd(4)
    assert deliver_due(NOW) == 4


def test_more_are_spread_and_none_is_later_than_the_window(herd):
    made = herd(40)
    before = timezone.now()
    sent = deliver_due(NOW)
    after = timezone.now()
    waiting = Letter.objects.filter(state=LetterState.PENDING)
    assert sent + waiting.count() == len(made)
    moments = sorted(letter.next_at for letter in waiting if letter.next_at)
    assert len(moments) == waiting.count()
    assert before - timedelta(seconds=1) < moments[0]
    assert moments[-1] < after + WINDOW
    assert len(set(moments)) > len(made) / 2
    assert moments[-1] - moments[0] > WINDOW / 2


def test_each_is_spread_once(herd):
    herd(40)
    deliver_due(NOW)
    moments = dict(Letter.objects.filter(state=LetterState.PENDING).values_list("pk", "next_at"))
    sent = deliver_due(NOW)
    still = dict(Letter.objects.filter(state=LetterState.PENDING).values_list("pk", "next_at"))
    assert len(still) == len(moments) - sent
    assert still.items() <= moments.items()
    Letter.objects.filter(state=LetterState.PENDING).update(next_at=PAST)
    assert deliver_due(NOW) == len(still), "when their moment has come, nothing holds them"


def test_what_goes_to_one_person_keeps_together(letter, settings):
    def item(letter, reader):
        return Item("A thing", "It is due.", "https://x.example/", "Look")

    register(LetterKind("thing", plain, item=item, scope=Scope.SITE))
    people = [person(f"Reader {number}") for number in range(6)]
    for each in people:
        letter("1", kind="thing", person=each), letter("2", kind="thing", person=each)
    deliver_due(NOW)
    for each in people:
        assert len(set(Letter.objects.filter(person=each).values_list("next_at", flat=True))) == 1
    end_pauses()
    settings.OUTBOX_SPREAD_SECONDS = 0
    deliver_due(NOW)
    assert {message.subject for message in mail.outbox} == {"2 things for today"}


def test_whoever_drains_the_outbox_does_not_wait(herd, capsys):
    herd(12)
    call_command("outbox", "drain", "--json")
    assert json.loads(capsys.readouterr().out)["sent"] == 12


def test_letters_paused_meanwhile_are_spread_when_they_may_leave(herd, reader):
    herd(40)
    troubles.pause_all(user=reader, now=NOW)
    assert deliver_due(NOW) == 0
    assert not Letter.objects.filter(next_at__isnull=False).exists()
    troubles.resume_all(user=reader, now=NOW)
    deliver_due(NOW)
    assert Letter.objects.filter(next_at__isnull=False).exists()
