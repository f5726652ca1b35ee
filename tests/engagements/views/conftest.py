import re

import pytest
from django.urls import reverse

TOKEN = re.compile(rb'(X-CSRFToken": "|X-CSRFToken&quot;: &quot;|name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}')
MISSING = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def visit(client, clock):
    """Open a page as somebody."""

    def fetch(user, name, pk, **query):
        client.force_login(user)
        return client.get(reverse(f"engagements:{name}", args=[pk]), query)

    return fetch


@pytest.fixture
def send(client, clock):
    """Post to a page as somebody."""

    def post(user, name, pk, **data):
        client.force_login(user)
        return client.post(reverse(f"engagements:{name}", args=[pk]), data)

    return post


def body(response):
    """The page without what differs between any two requests."""
    return TOKEN.sub(rb"\1", response.content)


def as_missing(first, second, *pks):
    """Whether two answers are the same 404, byte for byte (but for the address one asked for)."""
    assert first.status_code == second.status_code == 404
    one, other = body(first), body(second)
    for pk in pks:
        one, other = one.replace(str(pk).encode(), b""), other.replace(str(pk).encode(), b"")
    return one == other
