"""One button, one question with the name, and an undo: wherever one sees somebody."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import NeverWith, User
from common.clock import now
from matching.models import Request
from matching.states import RequestState
from tests.matching.factories import enrolment, pairing, request
from tests.matching.views.conftest import Cast, signed_in


def address(person: User) -> str:
    return reverse("matching:never_pair", args=[person.pk])


def asked_in(cast: Cast) -> Request:
    return request(cast.mentee, cast.ruth, at=now())


def pages_of(cast: Cast, side: str) -> list[str]:
    """Where one of the two sees the other."""
    made = pairing(cast.mentee, cast.ruth, at=now())
    own = [reverse("matching:mentor", args=[cast.ruth.pk])] if side == "mentee" else []
    return [
        *own,
        reverse("matching:request", args=[made.request_id]),
        reverse("engagements:pairing", args=[made.pk]),
    ]


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_every_page_on_which_one_sees_the_other_asks_with_the_name(cast: Cast, side: str) -> None:
    me, other = (cast.mentee, cast.ruth) if side == "mentee" else (cast.ruth, cast.mentee)
    client = signed_in(me.person)
    for page in pages_of(cast, side):
        shown = client.get(page).content.decode()
        assert f"Never pair you with {other.person.name}?" in shown, page
        assert f'action="{address(other.person)}"' in shown, page
        assert "address" not in shown.split("Never pair you with")[1].split("</form>")[0], page


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_it_is_done_at_once_and_can_be_undone(cast: Cast, side: str) -> None:
    me, other = (cast.mentee, cast.ruth) if side == "mentee" else (cast.ruth, cast.mentee)
    asked, client = asked_in(cast), signed_in(me.person)
    answer = client.post(address(other.person), follow=True)
    assert answer.redirect_chain == [(reverse("accounts:profile_step", args=["never"]), 302)]
    assert f"{other.person.name} is on your private list." in answer.content.decode()
    asked.refresh_from_db()
    assert asked.state == RequestState.LAPSED
    assert client.post(address(other.person)).status_code == 302, "pressed twice"
    (entry,) = answer.context["entries"]
    client.post(reverse("accounts:never_remove", args=[entry.pk]))
    assert not NeverWith.objects.exists()
    assert signed_in(cast.mentee.person).get(reverse("matching:mentor", args=[cast.ruth.pk])).status_code == 200


def test_pressed_twice_on_a_mentor_never_asked(cast: Cast, mentee_client: Client) -> None:
    assert [mentee_client.post(address(cast.ruth.person)).status_code for _ in range(2)] == [302, 302]
    assert NeverWith.objects.count() == 1


def test_nobody_else_can_be_named_or_tried(cast: Cast, mentee_client: Client) -> None:
    """Whom one does not see is missing like an unknown id: also somebody who has put one on their list."""
    fellow, elsewhere = enrolment(cast.cohort), enrolment(role="mentor")
    NeverWith.objects.put(owner=cast.kenji.person, person=cast.mentee.person)
    NeverWith.objects.put(owner=cast.mentee.person, email=elsewhere.person.email, person=elsewhere.person)
    for nobody in (fellow.person, elsewhere.person, cast.kenji.person, cast.mentee.person, User(pk=uuid.uuid4())):
        assert mentee_client.post(address(nobody)).status_code == 404
    assert NeverWith.objects.count() == 2


def test_a_full_list_says_so(cast: Cast, mentee_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.domain.never_with.MOST", 0)
    page = mentee_client.post(address(cast.ruth.person), follow=True).content.decode()
    assert "Your list is full" in page
    assert not NeverWith.objects.exists()
