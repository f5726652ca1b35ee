"""Joining through the pages: a GET never completes, a person's POST does."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts import tokens
from accounts.domain import invitations
from accounts.models import Invitation, User
from cohorts.domain.offers import offer
from common.clock import now
from tests import people
from tests.matching import factories

pytestmark = pytest.mark.django_db
SAID = {"name": "New Person", "zone": "Europe/Paris", "agree": "on"}


@pytest.fixture
def invitation() -> Invitation:
    return invitations.invite(email="new@example.org", name="New Person", user=None, now=now())


def page(invitation: Invitation) -> str:
    return reverse("accounts:invitation", args=[tokens.link_token(invitation.pk, invitation.sends)])


def test_a_scanner_completes_nothing(client: Client, invitation: Invitation) -> None:
    shown = client.get(page(invitation))
    assert shown.status_code == 200
    assert "zone.js" in shown.content.decode()
    robot = client.post(page(invitation), {"name": "New Person", "zone": "UTC", "password": ""})
    assert list(robot.context["form"].errors) == ["agree"]
    assert client.get(page(invitation)).status_code == 200
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_new_person_joins_without_a_password_and_is_signed_in(client: Client, invitation: Invitation) -> None:
    answer = client.post(page(invitation), SAID)
    assert answer.headers["Location"] == reverse("accounts:profile_step", args=["position"])
    user = User.objects.get(email="new@example.org")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not user.has_usable_password()
    assert client.get(page(invitation)).headers["Location"] == reverse("accounts:profile")
    assert Client().get(page(invitation)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"zone": "Mars"}, "zone"),
        ({"password": "short"}, "password"),
        ({"password": "new@example.org"}, "password"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    client: Client, invitation: Invitation, changed: dict[str, str], field: str
) -> None:
    answer = client.post(page(invitation), {**SAID, **changed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.filter(email="new@example.org").exists()


def test_somebody_elses_session_ends_when_a_new_person_joins(client: Client, invitation: Invitation) -> None:
    client.force_login(people.person())
    client.post(page(invitation), SAID)
    assert client.session["_auth_user_id"] == str(User.objects.get(email="new@example.org").pk)


def test_an_existing_account_signs_in_and_accepts(client: Client) -> None:
    known = people.person(email="known@example.org")
    invitation = invitations.invite(email=known.email, name=known.name, user=None, now=now())
    assert "next=" in client.get(page(invitation)).content.decode()
    client.force_login(people.person())
    assert "Please sign out first" in client.post(page(invitation), {"agree": "on"}).content.decode()
    client.force_login(known)
    assert client.post(page(invitation), {}).status_code == 422
    assert client.post(page(invitation), {"agree": "on"}).headers["Location"] == reverse("accounts:profile")
    assert Invitation.objects.get().completed_by == known


def test_every_dead_link_answers_alike(client: Client, invitation: Invitation) -> None:
    Invitation.objects.update(expires_at=now() - timedelta(days=1))
    dead = client.get(page(invitation))
    missing = client.get(reverse("accounts:invitation", args=["nothing"]))
    assert dead.status_code == missing.status_code == 404
    assert "This invitation is not open" in dead.content.decode()
    assert len(dead.content) - len(missing.content) == len(page(invitation)) - len("/invitation/nothing/")


def test_the_code_leads_to_the_same_page(client: Client, invitation: Invitation) -> None:
    address = reverse("accounts:invitation_code")
    assert client.get(address).status_code == 200
    code = tokens.typed_code(invitation.pk, 1)
    assert client.post(address, {"email": invitation.email, "code": code}).headers["Location"] == page(invitation)
    wrong = client.post(address, {"email": invitation.email, "code": "BCDF-BCDF"})
    unknown = client.post(address, {"email": "nobody@example.org", "code": "BCDF-BCDF"})
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert client.post(address, {"email": "", "code": ""}).status_code == 422


def test_signing_up_is_closed(client: Client) -> None:
    assert "new@example.org" not in client.get(reverse("account_signup")).content.decode()
    client.post(
        reverse("account_signup"),
        {"email": "new@example.org", "password1": "a long password 7", "password2": "a long password 7"},
    )
    assert not User.objects.exists()


def test_declining_asks_once_more_and_says_how_to_come_back(client: Client, invitation: Invitation) -> None:
    where = reverse("accounts:invitation_decline", args=[tokens.link_token(invitation.pk, invitation.sends)])
    assert where in client.get(page(invitation)).content.decode()
    assert "Decline the invitation?" in client.get(where).content.decode()
    assert client.get(page(invitation)).status_code == 200
    assert "can invite you again" in client.post(where).content.decode()
    assert client.get(page(invitation)).status_code == client.post(where).status_code == 404


def test_the_page_names_what_is_offered_and_who_answers_questions(client: Client) -> None:
    by, here = (
        people.person("Ingrid Solberg"),
        factories.cohort("Spring 2026", ends_on=now().date() + timedelta(days=90)),
    )
    made = offer(email="new@example.org", name="New", cohort=here, role="mentor", user=by, now=now())
    text = client.get(page(made)).content.decode()
    assert "Spring 2026, from" in text
    assert "as a mentor." in text
    assert f"Ingrid Solberg invited you, and answers questions: {by.email}." in text


def test_who_comes_to_coordinate_is_not_asked_what_mentors_are_asked(client: Client) -> None:
    here = factories.cohort(ends_on=now().date() + timedelta(days=90))
    made = offer(
        email="new@example.org", name="New", cohort=here, role="coordinator", user=people.superuser(), now=now()
    )
    answer = client.post(page(made), SAID)
    assert answer.headers["Location"] == reverse("home")
    assert [str(message) for message in get_messages(answer.wsgi_request)] == ["Welcome."]
    assert here.coordinators.get().email == "new@example.org"
