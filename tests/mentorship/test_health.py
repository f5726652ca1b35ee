"""Monitors are told the truth, by whatever name they ask."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
ADDRESSES = {"host": "10.1.2.3:8000"}


def test_they_answer_by_address_and_without_tls(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [path.lstrip("/") for path in settings.HEALTH_PATHS]
    settings.METRICS_TOKEN = "a token"
    for path in settings.HEALTH_PATHS:
        answer = client.get(path, headers={**ADDRESSES, "authorization": "Bearer a token"})
        assert answer.status_code in {200, 503}, path
    assert client.get(reverse("health"), headers={**ADDRESSES, "accept": "garbage"}).json() == {
        "ready": True,
        "problems": [],
    }
    assert client.get(reverse("home"), headers=ADDRESSES).status_code == 400
    assert client.get(reverse("home")).status_code == 301


@pytest.mark.parametrize("gone", ["database", "cache"])
def test_it_says_what_is_gone(client: Client, monkeypatch: pytest.MonkeyPatch, gone: str) -> None:
    def refuse(*_args: object, **_words: object) -> None:
        raise OperationalError("gone")

    what, how = (connection, "cursor") if gone == "database" else (cache, "set")
    monkeypatch.setattr(what, how, refuse)
    answer = client.get(reverse("health"))
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "problems": [gone]}
    assert client.get(reverse("health_live")).status_code == 200


def test_a_cache_that_forgets_is_none(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "get", lambda *_args, **_words: None)
    assert client.get(reverse("health")).json()["problems"] == ["cache"]


def test_without_a_database_no_letters_flow(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_words: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get(reverse("outbox:health"))
    assert answer.status_code == 503
    assert answer.json() == {"flowing": False, "problems": ["database"]}
