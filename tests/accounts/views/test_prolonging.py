"""A tie that has an end can go on: by its person, by a coordinator, and never over another one."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain import affiliations
from accounts.models import Affiliation
from common.clock import now
from common.errors import Refused
from tests import people
from tests.admin.conftest import Desk, desk  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def tie() -> Affiliation:
    """A seat for a term whose last day is a month away."""
    until = now().date() + timedelta(days=31)
    return people.affiliation(people.mentor("Max Mentor"), people.organisation("Anker AG"), kind="board", until=until)


def of(tie: Affiliation) -> Client:
    client = Client()
    client.force_login(tie.person)
    return client


def address(tie: Affiliation) -> str:
    return reverse("accounts:affiliation_prolong", args=[tie.pk])


@pytest.mark.parametrize(("days", "gone_by"), [(400, 0), (40, 0), (None, 0), (400, 60)])
def test_a_term_goes_on(tie: Affiliation, days: int | None, gone_by: int) -> None:
    if gone_by:  # noticed only when it was over
        Affiliation.objects.filter(pk=tie.pk).update(ends_on=now().date() - timedelta(days=gone_by))
    client = of(tie)
    assert address(tie) in client.get(reverse("accounts:profile_step", args=["ties"])).content.decode()
    assert "Its last day is noted as" in client.get(address(tie)).content.decode()
    last = now().date() + timedelta(days=days) if days else None
    answer = client.post(address(tie), {"ends_on": str(last or "")})
    assert answer.status_code == 302
    tie.refresh_from_db()
    assert tie.last_day == last


@pytest.mark.parametrize("days", [0, 30, 9 * 366 * 2])
def test_only_for_longer_and_not_for_ever(tie: Affiliation, days: int) -> None:
    answer = of(tie).post(address(tie), {"ends_on": str(now().date() + timedelta(days=days))})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["ends_on"]
    before, _ = tie.ends_on, tie.refresh_from_db()
    assert tie.ends_on == before


def test_not_over_another_tie_to_the_same_place_nor_without_an_end(tie: Affiliation) -> None:
    assert tie.ends_on is not None
    following = people.affiliation(tie.person, tie.organisation, kind="board", since=tie.ends_on + timedelta(days=10))
    with pytest.raises(Refused, match="Another tie to the same place"):
        affiliations.prolong_affiliation(affiliation=tie, ends_on=None, now=now())
    with pytest.raises(Refused, match="no end yet"):
        affiliations.prolong_affiliation(affiliation=following, ends_on=None, now=now())
    assert of(tie).get(address(following)).status_code == 404


def test_nobody_else_prolongs_it(tie: Affiliation) -> None:
    client = Client()
    client.force_login(people.mentee())
    assert client.post(address(tie), {"ends_on": ""}).status_code == 404


def test_a_coordinator_ends_and_prolongs(desk: Desk) -> None:  # noqa: F811
    held = Affiliation.objects.filter(person=desk.pairing.mentor).get()
    page = reverse("admin:accounts_affiliation_change", args=[held.pk])
    client: Any = desk.client(desk.coordinator)
    for day in (date(2026, 6, 1), date(2026, 9, 1), None):
        assert client.post(page, {"ends_on": str(day or "")}).status_code == 302
        held.refresh_from_db()
        assert held.ends_on == day
