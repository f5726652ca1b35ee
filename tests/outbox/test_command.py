"""`manage.py outbox`."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from outbox.domain import health
from outbox.models import Letter, LetterState


def said(*words: str) -> str:
    out = StringIO()
    call_command("outbox", *words, stdout=out)
    return out.getvalue()


def test_status_in_words_and_as_json_with_an_exit_code(letter):
    letter()
    with pytest.raises(SystemExit) as ended:
        said("status")
    assert ended.value.code == 1
    health.heard_of(health.BEAT), health.heard_of("worker:one@here")
    assert "letters: pending 1, " in said("status")
    facts = json.loads(said("status", "--json"))
    assert (facts["flowing"], facts["problems"], facts["due"]) == (True, [], 1)


def test_drain_sends_what_is_due(letter):
    letter("1"), letter("2")
    assert json.loads(said("drain", "--json")) == {"freed": 0, "sent": 2, "due": 0}


def test_retry_takes_all_or_some(letter):
    first, second = letter("1"), letter("2", kind="state")
    held = letter("3")
    Letter.objects.update(state=LetterState.DEAD)
    Letter.objects.filter(pk=held.pk).update(state=LetterState.HELD)
    assert json.loads(said("retry", "--kind", "state", "--json")) == {"retried": 1}
    assert json.loads(said("retry", str(first.pk), "--json")) == {"retried": 1}
    assert said("retry") == "retried: 1\n"
    assert set(Letter.objects.values_list("state", flat=True)) == {LetterState.PENDING}
    assert second.pk


def test_pulse_is_an_exit_code(db, monkeypatch):
    with pytest.raises(SystemExit) as ended:
        said("pulse", "beat")
    assert ended.value.code == 1
    health.heard_of(health.BEAT)
    assert said("pulse", "beat") == ""

    def away(_name):
        from django.db import OperationalError

        raise OperationalError

    monkeypatch.setattr(health, "silent", away)
    with pytest.raises(SystemExit) as ended:
        said("pulse", "beat")
    assert ended.value.code == 2
