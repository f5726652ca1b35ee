"""Signing in: by code, by password, with a second step; what strangers are told; how often one may try."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import tokens
from accounts.domain import invitations
from accounts.models import User
from common.clock import now
from outbox.domain.delivery import deliver_due
from tests import people

pytestmark = pytest.mark.django_db

ASK, CONFIRM, SIGN_IN = (
    reverse_name for reverse_name in ("account_request_login_code", "account_confirm_login_code", "account_login")
)
CODE = re.compile(r"\b[A-Z]{4}-[A-Z]{4}\b")


@pytest.fixture
def member() -> User:
    """Somebody whose address is confirmed."""
    user = people.mentee("Amara Diallo")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def ask_for_code(client: Client, email: str) -> Any:
    return client.post(reverse(ASK), {"email": email})


def by_password(client: Client, email: str, password: str = people.PASSWORD) -> Any:
    return client.post(reverse(SIGN_IN), {"login": email, "password": password})


def letters() -> list[Any]:
    """All that has left by now."""
    deliver_due(now())
    return mail.outbox


def code_in_letter() -> str:
    letters()
    found = CODE.search(str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[0]


def test_by_code(client: Client, member: User) -> None:
    assert ask_for_code(client, member.email).headers["Location"] == reverse(CONFIRM)
    assert letters()[-1].to == [member.email]
    answer = client.post(reverse(CONFIRM), {"code": code_in_letter().lower().replace("-", "")})
    assert answer.headers["Location"] == reverse("home")
    assert is_signed_in(client)


def test_a_wrong_code_is_said_beside_the_field_and_three_close_the_way(client: Client, member: User) -> None:
    ask_for_code(client, member.email)
    right = code_in_letter()
    for _attempt in range(2):
        answer = client.post(reverse(CONFIRM), {"code": "BBBB-BBBB"})
        assert answer.status_code == 200
        assert "invalid-feedback" in answer.content.decode()
    assert client.post(reverse(CONFIRM), {"code": "BBBB-BBBB"}).status_code == 302
    client.post(reverse(CONFIRM), {"code": right})
    assert not is_signed_in(client)


def test_a_new_code_ends_the_former(client: Client, member: User) -> None:
    ask_for_code(client, member.email)
    former = code_in_letter()
    client.post(reverse(CONFIRM), {"action": "resend"})
    assert len(letters()) == 2
    client.post(reverse(CONFIRM), {"code": former})
    assert not is_signed_in(client)
    client.post(reverse(CONFIRM), {"code": code_in_letter()})
    assert is_signed_in(client)


def test_a_code_opens_one_browser_only(client: Client, member: User) -> None:
    ask_for_code(client, member.email)
    stranger = Client()
    stranger.post(reverse(CONFIRM), {"code": code_in_letter()})
    assert not is_signed_in(stranger)


def test_by_password(client: Client, member: User) -> None:
    assert by_password(client, member.email.upper()).headers["Location"] == reverse("home")
    assert is_signed_in(client)


def test_a_closed_account_stays_closed(client: Client, member: User) -> None:
    User.objects.filter(pk=member.pk).update(is_active=False)
    by_password(client, member.email)
    assert not is_signed_in(client)


def masked(answer: Any, *addresses: str) -> str:
    """A page without what differs from one visit to the next: its tokens, and the address that was typed."""
    html = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', r"\1", answer.content.decode())
    for address in addresses:
        html = html.replace(address, "ADDRESS")
    return html


def test_a_stranger_is_told_nothing(member: User) -> None:
    known, unknown = Client(), Client()
    stranger = "nobody@example.org"
    answers = [ask_for_code(known, member.email), ask_for_code(unknown, stranger)]
    assert len({(answer.status_code, answer.headers["Location"]) for answer in answers}) == 1
    pages = [client.get(reverse(CONFIRM)) for client in (known, unknown)]
    assert masked(pages[0], member.email) == masked(pages[1], stranger)

    wrong = [by_password(Client(), address, "not the password") for address in (member.email, stranger)]
    assert masked(wrong[0], member.email) == masked(wrong[1], stranger)

    resets = [Client().post(reverse("account_reset_password"), {"email": each}) for each in (member.email, stranger)]
    assert {answer.status_code for answer in resets} == {302}
    assert len({answer.headers["Location"] for answer in resets}) == 1


def test_the_owner_of_an_unknown_address_is_told_in_a_letter(client: Client) -> None:
    ask_for_code(client, "nobody@example.org")
    letter = letters()[-1]
    assert letter.to == ["nobody@example.org"]
    assert "We do not know this address" in letter.body
    assert not CODE.search(str(letter.body))


def test_joining_is_closed_and_may_be_opened(client: Client, settings: Any) -> None:
    said = {"email": "new@example.org", "password1": "four quiet words here", "password2": "four quiet words here"}
    assert "by invitation" in client.get(reverse("account_signup")).content.decode()
    client.post(reverse("account_signup"), said)
    assert not User.objects.filter(email="new@example.org").exists()

    settings.INVITATION_ONLY = False
    assert client.post(reverse("account_signup"), said).status_code == 302
    joined = User.objects.get(email="new@example.org")
    assert joined.profile is not None
    assert not is_signed_in(client)
    client.post(reverse("account_email_verification_sent"), {"code": code_in_letter()})
    assert EmailAddress.objects.get(user=joined).verified


def app_code(secret: str) -> str:
    """What the authenticator app shows now."""
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def test_the_second_step_is_asked_after_code_and_password(client: Client, member: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(member, secret)
    answer = by_password(client, member.email)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    page = client.post(reverse("mfa_authenticate"), {"code": "000000x"})
    assert page.status_code == 200
    assert not is_signed_in(client)
    client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert is_signed_in(client)


def test_a_recovery_code_works_once(member: User) -> None:
    TOTP.activate(member, generate_totp_secret())
    code = RecoveryCodes.activate(member).get_unused_codes()[0]
    for expected in (True, False):
        client = Client()
        by_password(client, member.email)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert is_signed_in(client) is expected


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_and_its_secret_is_sealed(client: Client, member: User) -> None:
    by_password(client, member.email)
    page = client.get(reverse("mfa_activate_totp"))
    if page.status_code == 302:
        client.post(page.headers["Location"], {"password": people.PASSWORD})
        page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": app_code(secret)})
    kept = member.authenticator_set.get(type="totp")
    assert secret not in str(kept.data)
    assert letters()[-1].subject == "A change to how you sign in"


def test_too_many_tries_are_stopped_kindly(client: Client, member: User, settings: Any) -> None:
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    answers = [by_password(client, member.email, "wrong") for _attempt in range(3)]
    cache.clear()
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "A little too fast" in answers[-1].content.decode()


def from_behind_a_proxy(client: Client, address: str, **headers: str) -> str:
    page = client.post(
        reverse(ASK), {"email": address}, headers={"x-forwarded-for": headers.pop("said", "")}, **headers
    )
    return str(page.content.decode()) if page.status_code == 200 else ""


def test_a_proxy_is_not_one_client_and_an_account_has_its_own_limit(client: Client, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"request_login_code": "3/m/ip,2/m/key"}
    cache.clear()
    sentence = "There were many tries in a short time"
    for number in range(8):  # all through one proxy, with whatever they claim to have come through
        said = f"1.1.1.1, 10.0.0.{number}"
        assert sentence not in from_behind_a_proxy(Client(), f"p{number}@example.org", said=said)
    shown = [from_behind_a_proxy(Client(), f"q{number}@x.org", said=f"9.9.9.{number}, 10.1.1.1") for number in range(4)]
    assert [sentence in page for page in shown] == [False, False, False, True]
    assert "failed login" not in shown[-1]
    shown = [from_behind_a_proxy(Client(), "one@example.org", said=f"10.2.2.{number}") for number in range(3)]
    assert [sentence in page for page in shown] == [False, False, True]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3  # more than there are: then by who speaks to us, and no 500
    assert from_behind_a_proxy(Client(), "other@example.org", said="1.1.1.1") == ""
    cache.clear()


def test_wrong_codes_of_an_invitation_count_against_who_types_them(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"invitation_code": "2/h/ip"}
    cache.clear()
    made = invitations.invite(email="new@example.org", name="New", user=None, now=now())
    where, right = reverse("accounts:invitation_code"), tokens.typed_code(made.pk, made.sends)

    def type_in(code: str, ip: str) -> Any:
        said = {"email": made.email, "code": code}
        return Client().post(where, said, headers={"x-forwarded-for": ip})

    for _each in range(5):
        wrong = type_in("BCDF-BCDF", "10.0.0.1")
    assert "many wrong codes from your connection" in wrong.content.decode()
    assert type_in(right, "10.0.0.1").status_code == 422
    assert type_in(right, "10.0.0.2").status_code == 302
    cache.clear()


def test_whoever_was_made_superuser_on_the_server_signs_in_at_once(client: Client) -> None:
    made = User.objects.create_superuser("Root@Example.org", people.PASSWORD, name="Super User")
    assert by_password(client, made.email).headers["Location"] == reverse("home")
    assert is_signed_in(client)
    assert client.get(reverse("home")).status_code == 200
    assert mail.outbox == []
