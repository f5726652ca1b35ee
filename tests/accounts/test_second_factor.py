"""The second factor: shown by this very session, asked for before what matters, taken away when it is lost."""

import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.domain import second_factor
from accounts.models import User
from common.clock import now
from common.errors import NotPermitted, Refused
from common.models import Event
from outbox.domain import delivery
from tests import people
from tests.accounts.test_sign_in import app_code
from tests.matching import factories

pytestmark = pytest.mark.django_db(transaction=True)
DESK = reverse("admin:index")
OWN_PAGE = reverse("accounts:profile")


@pytest.fixture(autouse=True)
def _required(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True


def staff(name: str, *, superuser: bool = False, password: str | None = people.PASSWORD) -> User:
    user = people.person(name, staff=True, password=password)
    user.is_superuser = superuser
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def by_password(user: User) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": people.PASSWORD})
    return client


def by_second_factor(user: User) -> Client:
    client = by_password(user)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert client.get(OWN_PAGE).status_code == 200
    return client


@pytest.mark.parametrize("kind", ["app", "codes"])
def test_a_second_factor_whose_key_is_gone_lets_nobody_in_and_is_a_page(settings: Any, kind: str) -> None:
    user = staff("Kara Holm")
    made = TOTP.activate(user, generate_totp_secret()) if kind == "app" else RecoveryCodes.activate(user)
    if kind == "codes":
        TOTP.activate(user, generate_totp_secret())
    client = by_password(user)
    name = "secret" if kind == "app" else "seed"
    made.instance.data[name] = "gone:" + made.instance.data[name].partition(":")[2]
    made.instance.save()
    answer = client.post(reverse("mfa_authenticate"), {"code": "123456" if kind == "app" else "12345678"})
    assert answer.status_code == 503
    assert "cannot be checked at present" in answer.content.decode()
    assert client.get(OWN_PAGE).status_code == 302, "nobody is signed in"


def set_up_app(client: Client) -> None:
    asked = client.get(reverse("mfa_activate_totp"))
    client.post(asked.headers["Location"], {"password": people.PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": app_code(secret)}).status_code == 302


def test_setting_one_up_opens_the_desk_here_and_ends_every_other_session() -> None:
    user = staff("Clara Coordinator")
    first, second = by_password(user), by_password(user)
    assert first.get(OWN_PAGE).status_code == 200
    set_up_app(second)
    assert second.get(DESK).status_code == 200
    assert first.get(OWN_PAGE).url.startswith(reverse("account_login"))
    assert first.get(DESK).status_code == 302


def test_an_account_that_has_one_does_not_speak_for_a_session_that_did_not_show_it() -> None:
    user = staff("Clara Coordinator")
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    client = Client()
    client.force_login(user)
    assert client.get(DESK).status_code == 302
    leads = client.get(client.get(DESK).url).url
    assert leads.startswith(reverse("mfa_reauthenticate"))
    assert client.post(leads, {"code": app_code(secret), "next": DESK}).url == DESK
    assert client.get(DESK).status_code == 200
    Authenticator.objects.filter(user=user).delete()
    assert client.get(DESK).status_code == 302  # what it showed is no factor of this person any more


def test_a_password_alone_confirms_nothing_where_there_is_a_factor() -> None:
    user = staff("Clara Coordinator")
    TOTP.activate(user, generate_totp_secret())
    codes = RecoveryCodes.activate(user).get_unused_codes()
    client = Client()
    client.force_login(user)
    for page in ("mfa_view_recovery_codes", "mfa_deactivate_totp", "account_change_password", "mfa_add_webauthn"):
        assert client.get(reverse(page)).url.startswith(reverse("mfa_reauthenticate")), page
    answer = client.post(reverse("account_reauthenticate"), {"password": people.PASSWORD})
    assert answer.url.startswith(reverse("mfa_reauthenticate"))
    assert codes[0] not in client.get(reverse("mfa_view_recovery_codes"), follow=True).content.decode()
    client.post(reverse("mfa_reauthenticate"), {"code": codes[0]})
    assert codes[1] in client.get(reverse("mfa_view_recovery_codes")).content.decode()


def test_a_password_confirms_where_it_is_all_there_is() -> None:
    client = by_password(staff("Clara Coordinator"))
    assert client.get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))
    assert client.get(reverse("account_change_password")).status_code == 200  # asks for the old one itself


@pytest.mark.parametrize("page", ["mfa_add_webauthn", "account_set_password", "account_email"])
def test_who_has_only_codes_signs_in_anew_unless_they_just_did(page: str) -> None:
    user = staff("Clara Coordinator", password=None)
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)

    def ask(signed_in_at: float) -> Any:
        session["account_authentication_methods"] = [{"method": "code", "at": signed_in_at}]
        session.save()
        said = {"email": "new@example.org", "action_add": ""}
        return client.post(reverse(page), said) if page == "account_email" else client.get(reverse(page))

    fresh = ask(time.time())
    assert reverse("account_request_login_code") not in fresh.headers.get("Location", "")
    assert client.get(OWN_PAGE).status_code == 200
    stale = ask(time.time() - 3600)
    assert stale.url == f"{reverse('account_request_login_code')}?next={reverse(page).replace('/', '%2F')}"
    assert client.get(OWN_PAGE).status_code == 302
    assert "Please sign in once more" in client.get(stale.url).content.decode()


def test_taking_it_away_is_told_and_ends_all_sessions() -> None:
    user, superuser = staff("Clara Coordinator"), staff("Super User", superuser=True)
    TOTP.activate(user, generate_totp_secret())
    client = by_second_factor(user)
    second_factor.reset(person=user, user=superuser, now=now())
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get(OWN_PAGE).status_code == 302
    [line] = Event.objects.filter(verb="reset_second_factor")
    assert (line.user, line.person) == (superuser, user)
    delivery.deliver_due(now())
    told = [letter for letter in mail.outbox if "took them away" in str(letter.body)]
    assert [letter.to for letter in told] == [[user.email]]
    with pytest.raises(Refused):
        second_factor.reset(person=user, user=superuser, now=now())


def test_a_superuser_takes_it_away_at_the_desk_and_a_coordinator_does_not() -> None:
    user, superuser, other = staff("Clara"), staff("Super User", superuser=True), staff("Other")
    where = reverse("admin:accounts_user_changelist")
    said = {"action": "reset_second_factor", "_selected_action": [str(user.pk)], "confirmed": "1"}
    for each in (user, superuser, other):
        TOTP.activate(each, generate_totp_secret())
    factories.enrolment(factories.cohort(coordinators=(other,)), user)
    coordinates = by_second_factor(other)
    assert user.name in coordinates.get(where).content.decode()
    coordinates.post(where, said)
    with pytest.raises(NotPermitted):
        second_factor.reset(person=user, user=other, now=now())
    assert second_factor.is_set_up(user)
    desk = by_second_factor(superuser)
    page = reverse("admin:accounts_user_change", args=[user.pk])
    assert "Reset the second factor" in desk.get(page).content.decode()
    desk.post(where, said)
    assert not second_factor.is_set_up(user)
    desk.get(page)  # takes up the message that it was done
    assert "Reset the second factor" not in desk.get(page).content.decode()
    own = desk.post(where, {**said, "_selected_action": [str(superuser.pk)]})
    assert "is changed on your own page" in own.content.decode()
    assert second_factor.is_set_up(superuser)


def test_the_last_superuser_takes_it_away_on_the_server() -> None:
    superuser = staff("Super User", superuser=True)
    TOTP.activate(superuser, generate_totp_secret())
    call_command("reset_second_factor", superuser.email.upper())
    assert not second_factor.is_set_up(superuser)
    assert Event.objects.get(verb="reset_second_factor").user is None
    for address, says in ((superuser.email, "No second factor"), ("nobody@example.org", "Nobody signs in")):
        with pytest.raises(CommandError, match=says):
            call_command("reset_second_factor", address)
