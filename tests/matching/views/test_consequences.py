"""What a change of leave or ties does to requests and pairings is said before it is saved, and is what then happens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Affiliation, Leave, NeverWith, Organisation, User
from common.clock import now
from matching.domain import asking, recheck
from matching.models import Request
from matching.states import Fact, RequestState
from tests import people
from tests.matching import factories
from tests.matching.views.conftest import Cast, signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def asked(cast: Cast) -> Request:
    return asking.ask(mentee_enrolment=cast.mentee, mentor_enrolment=cast.ruth, user=cast.mentee.person, now=now())


def tie_of(person: User) -> Affiliation:
    found: Affiliation = person.affiliations.get()
    return found


def leave(person: User) -> tuple[str, dict[str, Any]]:
    return reverse("accounts:leave"), {"starts_on": now().date(), "ends_on": now().date() + 20 * DAY}


def ended_yesterday(person: User) -> tuple[str, dict[str, Any]]:
    return reverse("accounts:affiliation_end", args=[tie_of(person).pk]), {"ends_on": now().date() - DAY}


def a_second_employer_nobody_has_confirmed(person: User) -> tuple[str, dict[str, Any]]:
    said = {"name": "Quite Unheard Of", "industry": "energy", "country": "GB", "kind": "employer"}
    return reverse("accounts:affiliation_new"), {**said, "starts_on": now().date()}


def tie(organisation: Organisation, **said: Any) -> tuple[str, dict[str, Any]]:
    words = {"kind": "employer", "organisation": str(organisation.pk), "starts_on": now().date()}
    return reverse("accounts:profile_step", args=["ties"]), {**words, **said}


CHANGES = {
    leave: "is to be answered by",
    ended_yesterday: "You have named no employer for today",
    a_second_employer_nobody_has_confirmed: "A coordinator has yet to confirm the name of your employer.",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_it_is_said_first_and_done_when_one_says_so_again(
    change: Callable[[User], tuple[str, dict[str, Any]]], asked: Request, ruth_client: Client
) -> None:
    address, said = change(asked.mentor)
    before = (Affiliation.objects.count(), Leave.objects.count(), Request.objects.values().get())
    first = ruth_client.post(address, said)
    assert first.status_code == 422
    (sentence,) = first.context["consequences"]
    assert CHANGES[change] in sentence
    assert asked.mentee.name in sentence
    assert f'name="told" value="{sentence}"' in first.content.decode()
    assert (Affiliation.objects.count(), Leave.objects.count(), Request.objects.values().get()) == before
    assert ruth_client.post(address, {**said, "told": ["something else"]}).status_code == 422
    assert ruth_client.post(address, {**said, "told": [sentence]}).status_code == 302
    after = Request.objects.get()
    assert (after.waits_until, after.state) != (before[2]["deadline"], RequestState.LAPSED)
    assert after.state == RequestState.PENDING


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_where_nobody_waits_it_is_done_at_once(
    change: Callable[[User], tuple[str, dict[str, Any]]], cast: Cast, ruth_client: Client
) -> None:
    address, said = change(cast.ruth.person)
    assert ruth_client.post(address, said).status_code == 302


def test_the_last_day_counts_as_worked(asked: Request, ruth_client: Client) -> None:
    mine, today = tie_of(asked.mentor), now().date()
    end = reverse("accounts:affiliation_end", args=[mine.pk])
    assert ruth_client.post(end, {"ends_on": today}).status_code == 302
    mine.refresh_from_db()
    assert (mine.last_day, mine.ends_on) == (today, today + DAY)
    recheck.recheck(now=now())
    asked.refresh_from_db()
    assert asked.held_for == ""
    recheck.recheck(now=now() + DAY)
    asked.refresh_from_db()
    assert (asked.state, asked.held_for) == (RequestState.PENDING, Fact.MENTOR_WITHOUT_EMPLOYER)


def test_a_new_job_tomorrow_leaves_no_gap(asked: Request, ruth_client: Client) -> None:
    end = reverse("accounts:affiliation_end", args=[tie_of(asked.mentor).pk])
    assert ruth_client.post(end, {"ends_on": now().date()}).status_code == 302
    address, said = tie(people.organisation(), starts_on=now().date() + DAY)
    assert ruth_client.post(address, said).status_code == 302
    recheck.recheck(now=now() + DAY)
    asked.refresh_from_db()
    assert (asked.state, asked.held_for) == (RequestState.PENDING, "")


def test_a_promotion_entered_as_an_end_and_a_beginning(asked: Request, ruth_client: Client) -> None:
    mine, today = tie_of(asked.mentor), now().date()
    assert mine.organisation is not None
    ruth_client.post(reverse("accounts:affiliation_end", args=[mine.pk]), {"ends_on": today})
    address, said = tie(mine.organisation, title="Chief executive")
    assert ruth_client.post(address, said).status_code == 302
    mine.refresh_from_db()
    assert mine.ends_on == today
    assert asked.mentor.affiliations.current(today).get().title == "Chief executive"
    recheck.recheck(now=now())
    asked.refresh_from_db()
    assert asked.held_for == ""


def test_a_title_changes_in_place(cast: Cast, ruth_client: Client, mentee_client: Client) -> None:
    mine = tie_of(cast.ruth.person)
    address = reverse("accounts:affiliation_title", args=[mine.pk])
    assert mentee_client.get(address).status_code == 404
    assert ruth_client.get(address).context["form"].initial == {"title": "Director"}
    assert ruth_client.post(address, {"title": ""}).status_code == 422
    assert ruth_client.post(address, {"title": "Chair"}).status_code == 302
    mine.refresh_from_db()
    assert (mine.title, mine.ends_on) == ("Chair", None)
    Affiliation.objects.filter(pk=mine.pk).update(ends_on=now().date())
    assert ruth_client.post(address, {"title": "Nobody"}).status_code == 422


def test_a_rule_that_may_be_told_is_told_and_a_private_list_is_not(
    cast: Cast, asked: Request, mentee_client: Client
) -> None:
    theirs = tie_of(asked.mentor).organisation
    assert theirs is not None
    address, said = tie(theirs)
    (sentence,) = mentee_client.post(address, said).context["consequences"]
    assert "closes. You both work for the same organisation." in sentence
    unwanted = people.organisation()
    NeverWith.objects.put(owner=asked.mentor, organisation=unwanted)
    address, said = tie(unwanted)
    assert mentee_client.post(address, said).status_code == 302
    asked.refresh_from_db()
    assert asked.state == RequestState.LAPSED


def test_a_pairing_that_goes_on_is_told_to_the_coordinators(cast: Cast) -> None:
    made = factories.pairing(cast.mentee, cast.ruth, at=now())
    theirs = tie_of(made.mentee).organisation
    assert theirs is not None
    address, said = tie(theirs)
    (sentence,) = signed_in(made.mentor).post(address, said).context["consequences"]
    assert f"Your pairing with {made.mentee.name} goes on. Your coordinators are told" in sentence
