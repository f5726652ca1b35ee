"""Logs say which page, never by which token, and never what was asked of it."""

import logging
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from common.log_paths import SECRET_WORDS, WithoutTokens, shown_path
from tests.test_access_matrix import routes

TOKEN = "0123456789abcdef" * 4
pytestmark = pytest.mark.django_db
CARRYING = [
    reverse("accounts:invitation", args=[TOKEN]),
    reverse("accounts:address_undo", args=[TOKEN]),
    reverse("accounts:erasure", args=[TOKEN]),
    reverse("outbox:unsubscribe", args=[TOKEN]),
    reverse("account_reset_password_from_key", args=["1", TOKEN]),
    f"/invitation/{TOKEN}",
    f"/invitation/{TOKEN}/more/",
    f"/accounts/password/reset/key/1-{TOKEN}",
]


@pytest.mark.parametrize("path", CARRYING)
def test_no_line_holds_a_token(path: str, capsys: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(WithoutTokens())
    caplog.set_level(logging.DEBUG)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get(path, {"also": TOKEN})
    client.post(path)
    said = capsys.readouterr()
    written = said.out + said.err + caplog.text + str([record.__dict__ for record in caplog.records])
    assert path.split("/")[1] in written
    assert TOKEN not in written


def test_a_page_without_a_token_is_named_in_full(capsys: Any) -> None:
    Client().get(reverse("account_login"), {"next": TOKEN}, headers={"x-forwarded-for": "6.6.6.6"})
    said = capsys.readouterr().out
    assert "GET /accounts/login/" in said
    assert TOKEN not in said
    assert "6.6.6.6" not in said  # no proxy of ours has said so
    assert shown_path("/favicon.ico") == "/favicon.ico"


def test_every_route_that_opens_without_signing_in_hides_what_opens_it() -> None:
    """Words in an address that are no ids: known to be harmless, or hidden."""
    harmless = {"slug", "role", "app_label", "object_id", "content_type_id", "url", "extra_context", "pk", "assistant"}
    harmless |= {"kind", "ending"}  # of the template of a spreadsheet
    harmless |= {"run_id", "mentee_id"}  # of a review board at the desk
    words = {word for _name, pattern in routes() for word in pattern.pattern.regex.groupindex}
    assert words - harmless == SECRET_WORDS
    assert get_resolver().url_patterns


def test_the_console_is_filtered() -> None:
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["without_tokens"]
    record = logging.LogRecord("django.request", logging.ERROR, "", 1, "Not Found: %s", (CARRYING[0],), None)
    record.request = RequestFactory().get(CARRYING[0])
    WithoutTokens().filter(record)
    assert TOKEN not in record.getMessage() + str(record.__dict__)
