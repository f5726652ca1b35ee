"""What comes from outside and cannot be read is answered by a sentence: never by a 500, never by a page of log."""

import json
import logging

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import NeverWith, User
from tests import people
from tests.admin.conftest import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
NEVER = reverse("accounts:profile_step", args=["never"])
TOKEN = "a" * 32


def stranger() -> Client:
    client = Client(raise_request_exception=False)
    client.cookies["csrftoken"] = TOKEN
    return client


def person() -> tuple[Client, User]:
    user, client = people.mentee(), Client(raise_request_exception=False)
    client.force_login(user)
    return client, user


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (f"{URLENCODED}; charset=utf-16", b"a=b"),
        (f"{URLENCODED}; charset=utf-7", b"a=b"),
        (f"{URLENCODED}; charset=rot13", b"a=b"),
        (f"{MULTIPART}; charset=utf-16; boundary=x", b"--x--"),
        ("text/plain; charset=utf-16", b"a=b"),
        (MULTIPART, b"--x--"),
        (f"{MULTIPART}; boundary=", b"--x--"),
        (f"{MULTIPART}; boundary=\xff", b"--x--"),
        (f"{MULTIPART}; boundary={'x' * 300}", b"--x--"),
        (URLENCODED, b"a=%00"),
        (URLENCODED, b"%00=a"),
        (URLENCODED, b"&".join(b"a=b" for _each in range(1200))),
        (f"{MULTIPART}; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\na\0b\r\n--x--\r\n'),
    ],
)
@pytest.mark.parametrize("where", [reverse("home"), reverse("account_login"), "/nowhere/", NEVER])
def test_a_body_that_cannot_be_read(
    content_type: str, body: bytes, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    answer = stranger().generic("POST", where, body, content_type)
    assert answer.status_code == 400
    assert "could not be read" in answer.content.decode()
    assert [record.exc_info for record in caplog.records if record.name.startswith("django")] == [None]


def test_a_body_that_can_be_read_still_is() -> None:
    for content_type in (f"{URLENCODED}; charset=utf-8", f"{URLENCODED}; charset=UTF-8", URLENCODED):
        client, user = person()
        body = b"email=rival%40example.org"
        assert client.generic("POST", NEVER, body, content_type).status_code == 302
        assert [entry.email for entry in NeverWith.objects.filter(owner=user).opened()] == ["rival@example.org"]


@pytest.mark.parametrize(
    "where", ["/?a=%00", "/?%00=a", "/%00/", "/invitation/%00/", "/find/?q=%00", "/accounts/login/?next=%00"]
)
def test_a_nul_in_an_address(where: str) -> None:
    for client in (stranger(), person()[0]):
        assert client.get(where).status_code == 400


def test_a_nul_in_a_cookie_and_a_foreign_host() -> None:
    client = stranger()
    assert client.get("/", headers={"cookie": 'sessionid="aaaaaaaaaaaa\\000"'}).status_code == 400
    assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400


@pytest.mark.parametrize("length", [255, 320, 5000])
def test_an_address_too_long_for_its_column_never_reaches_the_database(length: int) -> None:
    address = f"{'a' * 60}@{'b.' * ((length - 66) // 2 + 1)}example"[:length]
    for name, field, client in (
        ("accounts:profile_step", "email", person()[0]),
        ("account_login", "login", stranger()),
        ("account_request_login_code", "email", stranger()),
        ("account_reset_password", "email", stranger()),
        ("accounts:invitation_code", "email", stranger()),
    ):
        where = reverse(name, args=["never"]) if name == "accounts:profile_step" else reverse(name)
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(where, {field: address, "password": "x", "code": "x"})
        assert answer.status_code in {200, 422}, name
        assert not [query for query in asked.captured_queries if address in query["sql"]], name


ODD = [
    "null",
    "1",
    "[]",
    '"x"',
    "{}",
    "{",
    '{"id": 1}',
    '{"id": "x", "rawId": "x", "response": {}, "type": "public-key"}',
    r'{"id": "\u0000", "rawId": "\ud800", "response": {"userHandle": "\ud800"}, "type": "public-key"}',
    json.dumps(
        {
            "id": "eA",
            "rawId": "eA",
            "type": "public-key",
            "response": {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AA", "userHandle": "____"},
        }
    ),
    json.dumps(
        {
            "id": "eA",
            "rawId": "eA",
            "type": "public-key",
            "response": {"clientDataJSON": "e30", "attestationObject": "AAAA"},
        }
    ),
    "[" * 100_000,
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_a_passkey_that_is_none(odd: str) -> None:
    cache.clear()  # how often one may try is another question
    client, user = stranger(), people.mentee()
    assert client.post(reverse("mfa_login_webauthn"), {"credential": odd}).status_code == 302
    assert "_auth_user_id" not in client.session
    TOTP.activate(user, generate_totp_secret())
    client.post(reverse("account_login"), {"login": user.email, "password": people.PASSWORD})
    assert client.post(reverse("mfa_authenticate"), {"credential": odd}).status_code in {200, 302}
    assert "_auth_user_id" not in client.session
    own = Client(raise_request_exception=False)
    own.force_login(user)
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "x", "credential": {}})
    for page in ("mfa_reauthenticate_webauthn", "mfa_add_webauthn"):
        assert own.post(reverse(page), {"credential": odd}).status_code in {200, 302, 400}


@pytest.mark.parametrize(
    "asked",
    [
        "r/1/abc/",
        "autocomplete/?app_label=accounts&model_name=user&field_name=affiliations",
        "autocomplete/?app_label=accounts&model_name=affiliation&field_name=title",
        "autocomplete/?app_label=accounts&model_name=affiliation&field_name=nothing",
        "autocomplete/?app_label=x&model_name=y&field_name=z",
        "autocomplete/?app_label=&model_name=&field_name=",
        "autocomplete/?app_label=cohorts&model_name=cohort&field_name=coordinators&page=x",
        "autocomplete/?app_label=cohorts&model_name=enrolment&field_name=person&page=999&term=x",
        "matching/request/?state__exact=%00",
        "matching/request/?q=%00",
        "matching/request/?p=x",
        "matching/request/?o=9.9.-9.x",
        "matching/request/?state__exact=nothing",
        "matching/request/?cohort__id__exact=abc",
        "matching/request/?cohort__id__in=abc,1",
        "matching/request/?cohort__isnull=maybe",
        "matching/request/abc/change/",
        "common/event/?at__year=abc",
        "common/event/?at__year=2026&at__month=99",
        "common/event/?at__year=2026&at__month=2&at__day=31",
        "common/event/?at__year=99999999",
        "common/event/?at__gte=nothing",
        "common/event/?about=nothing",
        "outbox/letter/?doubt=x&kind=y",
        "outbox/letter/?_to_field=password",
        "accounts/user/?is_staff__exact=maybe",
        "accounts/organisation/?industry__in=a&industry__in=b",
        "accounts/affiliation/add/?person=abc&organisation=%ff&starts_on=x",
        "cohorts/enrolment/add/?_changelist_filters=%ff&_popup=1&_to_field=x",
    ],
)
def test_the_desk_never_breaks_at_an_odd_address(desk: Desk, asked: str) -> None:
    for who in (desk.coordinator, desk.superuser):
        client = desk.client(who)
        client.raise_request_exception = False
        answer = client.get(reverse("admin:index") + asked)
        assert answer.status_code in {200, 302, 400, 403, 404}, answer.status_code
