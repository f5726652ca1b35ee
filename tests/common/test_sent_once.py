"""A page that is sent twice does its work once, and both times leads to what came of it."""

from threading import Thread
from time import sleep
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory
from django.urls import reverse
from redis.exceptions import ConnectionError as Away

from accounts.domain import invitations
from accounts.models import Affiliation, Invitation, User
from cohorts.states import Role
from common import sent_once
from common.clock import now
from common.sent_once import SentOnce
from engagements.models import Agreement, Meeting
from matching.models import MatchRun, Waiver
from tests import people
from tests.admin.conftest import Desk, desk  # noqa: F401 - a fixture
from tests.engagements import stories
from tests.matching.factories import enrolment

pytestmark = pytest.mark.django_db
TOKEN = {"csrfmiddlewaretoken": "of this page"}


def twice(client: Client, address: str, said: dict[str, Any]) -> Any:
    """The second answer, which is where the first led."""
    first = client.post(address, {**said, **TOKEN})
    assert first.status_code == 302, getattr(first, "context_data", first.content)
    second = client.post(address, {**said, **TOKEN})
    assert (second.status_code, second.headers["Location"]) == (302, first.headers["Location"])
    return second


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


JOINING = {"name": "New Person", "zone": "Europe/Madrid", "agree": "on"}


@pytest.mark.parametrize("answer_arrived", [True, False])
def test_joining_twice_joins_once_and_is_in(answer_arrived: bool) -> None:
    invitation = invitations.invite(email="new@example.org", name="New Person", user=None, now=now())
    address = reverse("accounts:invitation", args=[invitation.secrets()[0]])
    first, second = Client(), Client()
    first.get(address)
    second.cookies[settings.CSRF_COOKIE_NAME] = first.cookies[settings.CSRF_COOKIE_NAME].value
    went = first.post(address, {**JOINING, **TOKEN})
    again = (first if answer_arrived else second).post(address, {**JOINING, **TOKEN})
    user = User.objects.get(email="new@example.org")
    if answer_arrived:
        assert again.headers["Location"] == reverse("accounts:profile")
        assert first.get(address).headers["Location"] == reverse("accounts:profile")
    else:
        assert (
            again.headers["Location"] == went.headers["Location"] == reverse("accounts:profile_step", args=["position"])
        )
        assert second.session["_auth_user_id"] == str(user.pk)


def test_whoever_only_has_the_link_is_not_let_in_by_it() -> None:
    invitation = invitations.invite(email="new@example.org", name="New Person", user=None, now=now())
    address = reverse("accounts:invitation", args=[invitation.secrets()[0]])
    first, other = Client(), Client()
    first.get(address)
    other.get(address)
    first.post(address, {**JOINING, **TOKEN})
    assert other.post(address, {**JOINING, **TOKEN}).status_code == 404
    assert other.post(address, {**JOINING, "name": "Other", **TOKEN}).status_code == 404
    assert "_auth_user_id" not in other.session


def test_participants_do_each_thing_once(clock: Any) -> None:
    pairing = stories.agreeing()
    said = {
        "meetings_a_month": "2",
        "cadence": "week-4",
        "day": "",
        "planned_end": "2026-12-11",
        "amendments": "Words of mine.",
        "based_on": "0",
    }
    client = of(pairing.mentee)
    answer = twice(client, reverse("engagements:change_agreement", args=[pairing.pk]), said)
    assert "The other side" not in client.get(answer.headers["Location"]).content.decode()
    assert Agreement.objects.get().written_by == pairing.mentee

    organisation = people.organisation()
    tie = {"kind": "board", "organisation": str(organisation.pk), "title": "Chair", "starts_on": "2020-01-01"}
    twice(client, reverse("accounts:profile_step", args=["ties"]), tie)
    assert Affiliation.objects.filter(person=pairing.mentee, organisation=organisation).count() == 1
    twice(client, reverse("accounts:leave"), {"starts_on": "2026-12-21", "ends_on": "2026-12-22"})
    twice(client, reverse("oneself:quiet"), {"starts_on": "2026-12-21", "ends_on": "2026-12-22"})
    twice(client, reverse("accounts:profile_step", args=["never"]), {"email": "somebody@example.org"})
    active = stories.active()
    twice(of(active.mentor), reverse("engagements:note_meeting", args=[active.pk]), {"held_on": str(now().date())})
    assert Meeting.objects.filter(pairing=active).count() == 1


def test_the_desk_does_each_thing_once(desk: Desk) -> None:  # noqa: F811
    client = desk.client(desk.coordinator)
    invited = {"email": "new@example.org", "name": "New", "cohort": str(desk.cohort.pk), "role": "mentor"}
    twice(client, reverse("admin:accounts_invitation_add"), invited)
    invitation = Invitation.objects.get(email="new@example.org")
    again = {"action": "resend", "_selected_action": str(invitation.pk), "confirmed": "1", "from_page": "1"}
    twice(client, reverse("admin:accounts_invitation_changelist"), again)
    invitation.refresh_from_db()
    assert invitation.sends == 2
    # On another page it is meant anew.
    client.post(reverse("admin:accounts_invitation_changelist"), {**again, "csrfmiddlewaretoken": "of another page"})
    invitation.refresh_from_db()
    assert invitation.sends == 3

    enrolment(desk.cohort)
    enrolment(desk.cohort, people.mentor(), Role.MENTOR)
    answer = twice(client, reverse("admin:matching_matchrun_add"), {"cohort": str(desk.cohort.pk)})
    assert answer.headers["Location"] == reverse("admin:matching_matchrun_change", args=[MatchRun.objects.get().pk])
    waiver = {
        "cohort": str(desk.cohort.pk),
        "mentee": str(desk.pairing.mentee_id),
        "mentor": str(desk.request.mentor_id),
        "why": "Long ago",
        "until": str(desk.cohort.ends_on),
    }
    before = Waiver.objects.count()
    twice(client, reverse("admin:matching_waiver_add"), waiver)
    assert Waiver.objects.count() == before + 1


def test_what_was_refused_is_looked_at_anew() -> None:
    client = of(people.mentor())
    said = {"starts_on": "2001-01-01", "ends_on": "2001-01-02", **TOKEN}
    for _ in range(2):
        assert client.post(reverse("accounts:leave"), said).status_code == 422


class Slow:
    """A view that takes its time, and counts how often it was called."""

    __module__ = "tests"

    def __init__(self, seconds: float) -> None:
        self.seconds, self.calls = seconds, 0

    def __call__(self, _request: HttpRequest) -> HttpResponse:
        self.calls += 1
        sleep(self.seconds)
        return HttpResponseRedirect("/there/")


def through(view: Slow) -> HttpResponse:
    request = RequestFactory().post("/slow/", {**TOKEN, "csrfmiddlewaretoken": f"slow {id(view)}"})
    request.session = SimpleNamespace(session_key="of this browser")
    middleware = SentOnce(view)
    return middleware.process_view(request, view, (), {}) or middleware(request)


def test_the_second_waits_for_the_first() -> None:
    view, answers = Slow(0.4), []
    first = Thread(target=lambda: answers.append(through(view)))
    first.start()
    sleep(0.1)
    answers.append(through(view))
    first.join()
    assert [answer.headers["Location"] for answer in answers] == ["/there/", "/there/"]
    assert view.calls == 1


def test_who_waits_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_once, "WAIT_SECONDS", 0)
    monkeypatch.setattr(sent_once, "give_back", lambda request, **words: HttpResponse(words["title"], status=409))
    view = Slow(0.3)
    first = Thread(target=lambda: through(view))
    first.start()
    sleep(0.1)
    assert through(view).status_code == 409
    first.join()
    assert view.calls == 1


def test_a_cache_that_is_away_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any) -> None:
        raise Away

    for method in ("add", "set"):
        monkeypatch.setattr(cache, method, away)
    view = Slow(0)
    assert [through(view).status_code for _ in range(2)] == [302, 302]
    assert view.calls == 2
