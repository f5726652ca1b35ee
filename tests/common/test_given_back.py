"""What was typed is never lost: it is given back where it could not be taken, to whoever typed it here."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests import people
from tests.engagements.views.conftest import MISSING

pytestmark = pytest.mark.django_db
PAGE = reverse("accounts:profile_step", args=["position"])
HERE = {"origin": "http://testserver", "referer": f"http://testserver{PAGE}"}
WORDS = "What I would like to think through\r\nwith you"
ADDRESSES = [
    reverse("matching:ask", args=[MISSING]),
    reverse("matching:decline", args=[MISSING]),
    reverse("engagements:change_agreement", args=[MISSING]),
    reverse("engagements:check_in", args=[MISSING]),
    reverse("engagements:end", args=[MISSING]),
    reverse("admin:cohorts_cohort_add"),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_refused_form_gives_back_what_was_typed(address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(
        address, {"words": WORDS, "password": "secret words here", "csrfmiddlewaretoken": "x y"}, headers=HERE
    )
    assert answer.status_code == 403
    assert answer.headers["X-Refused"] == "csrf"
    text = answer.content.decode()
    assert "What I would like to think through" in text
    assert "secret words" not in text
    assert "reload" not in text


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
def test_what_another_site_sends_is_not_put_under_our_name(origin: str) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(ADDRESSES[0], {"words": WORDS}, headers={"origin": origin})
    assert answer.status_code == 403
    assert "think through" not in answer.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_ended_session_gives_back_what_was_typed_to_a_browser_without_scripts(address: str) -> None:
    answer = Client().post(address, {"words": WORDS}, headers=HERE)
    assert answer.status_code == 403
    assert "What I would like to think through" in answer.content.decode()
    desk = f"{reverse('admin:login')}?next={address}"
    site = f"{reverse('account_login')}?next=%2Fyou%2Fposition%2F"
    assert (desk if address.startswith("/coordination/") else site) in answer.content.decode()


def test_the_script_is_told_where_to_go_and_keeps_the_words_itself() -> None:
    answer = Client().post(ADDRESSES[0], {"words": WORDS}, headers={**HERE, "x-sent-by": "script"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["X-Go-To"] == f"{reverse('account_login')}?next=%2Fyou%2Fposition%2F"


def test_the_script_keeps_the_words_at_the_desk_too() -> None:
    address = reverse("admin:matching_alert_changelist")
    answer = Client().post(address, {"note": WORDS}, headers={**HERE, "x-sent-by": "script"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["X-Go-To"].startswith(reverse("admin:login"))


def test_the_script_is_told_of_every_redirect_with_its_cookies() -> None:
    user: User = people.mentee()
    client = Client()
    client.force_login(user)
    address = reverse("accounts:leave")
    sent = {"starts_on": "2027-01-04", "ends_on": "2027-01-05"}
    answer = client.post(address, sent, headers={"x-sent-by": "script"})
    assert (answer.status_code, answer.headers["X-Go-To"]) == (204, address)
    assert "Noted." in client.get(address).content.decode()
    assert client.post(address, sent, headers={"x-sent-by": "script"}).status_code == 422
    assert (
        client.post(reverse("theme"), {"theme": "dark"}, headers={"x-sent-by": "script"}).cookies["theme"].value
        == "dark"
    )
