"""No browser and no proxy keeps a page made for one reader: every route, every kind of answer."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.urls.converters import UUIDConverter

from tests.test_access_matrix import NAMES, client_of

pytestmark = pytest.mark.django_db

WORDS = {
    "app_label": "matching",
    "content_type_id": "1",
    "object_id": str(uuid4()),
    "url": "nowhere/",
    "slug": "never",
    "role": "mentor",
    "token": "0" * 64,
    "signed": "not-ours",
    "key": "set-password",
    "uidb36": "1",
    "extra_context": "",
}
NEVER = "no-store, private"


def _filled(word: str, kind: Any) -> str:
    """Something that stands where `word` stands in an address: some keys are numbers."""
    return "1" if word == "pk" and not isinstance(kind, UUIDConverter) else WORDS.get(word, str(uuid4()))


def addresses(patterns: Any, prefix: str = "", words: Mapping[str, Any] = MappingProxyType({})) -> Iterator[str]:
    """An address of every route that has a name; those without one redirect or catch what is missing."""
    for pattern in patterns:
        wanted = {**words, **dict.fromkeys(pattern.pattern.regex.groupindex), **pattern.pattern.converters}
        if isinstance(pattern, URLResolver):
            below = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from addresses(pattern.url_patterns, below, wanted)
        elif pattern.name:
            yield reverse(
                f"{prefix}{pattern.name}", kwargs={word: _filled(word, kind) for word, kind in wanted.items()}
            )


ADDRESSES = sorted(set(addresses(get_resolver().url_patterns)))


@pytest.fixture
def world(db: None) -> dict[str, Any]:
    from tests import people

    superuser = people.person("Super User", staff=True)
    superuser.is_superuser = True
    superuser.save()
    return {"people": {"superuser": superuser, "mentee": people.mentee()}}


def test_the_routes_are_many() -> None:
    assert len(ADDRESSES) >= len(NAMES) - 10
    assert reverse("admin:index") in ADDRESSES
    assert reverse("accounts:invitation", args=["0" * 64]) in ADDRESSES


@pytest.mark.slow(reason="every route of the site, with a session of its own each")
@pytest.mark.parametrize("role", ["superuser", "mentee", "nobody"])
def test_no_answer_is_kept(world: dict[str, Any], role: str) -> None:
    kept = {}
    for where in ADDRESSES:
        client = client_of(role, world)  # afresh: one of the routes signs out
        client.raise_request_exception = False
        for ask in (client.get, client.post) if role == "nobody" else (client.get,):
            answer = ask(where)
            if answer.headers.get("Cache-Control") != NEVER or "ETag" in answer or "Last-Modified" in answer:
                kept[where] = answer.headers.get("Cache-Control")
    assert kept == {}


def test_a_missing_page_and_one_without_its_slash_are_not_kept() -> None:
    for where in ("/nowhere/at/all/", f"/invitation/{'0' * 64}"):
        assert Client().get(where).headers["Cache-Control"] == NEVER


def test_files_may_be_kept(settings: Any) -> None:
    settings.WHITENOISE_USE_FINDERS = True
    answer = Client().get("/static/css/base.css")
    answer.close()
    assert answer.status_code == 200
    assert "no-store" not in answer.headers["Cache-Control"]
