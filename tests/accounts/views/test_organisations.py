"""The field that finds an organisation by part of its name, with and without a script."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.domain import affiliations, organisations
from accounts.models import Organisation, OtherName, User
from common.clock import now
from tests import people

pytestmark = pytest.mark.django_db
TIES = reverse("accounts:profile_step", args=["ties"])
NEVER = reverse("accounts:profile_step", args=["never"])
FIND = reverse("accounts:organisations")


@pytest.fixture
def who(client: Client) -> User:
    who = people.mentee()
    client.force_login(who)
    return who


def many(size: int) -> None:
    Organisation.objects.bulk_create(
        Organisation(name=f"Northwind {number:04}", industry="energy", country="GB", confirmed_at=now())
        for number in range(size)
    )


def tie(**said: Any) -> dict[str, Any]:
    return {"kind": "board", "starts_on": "2021-03-01", **said}


@pytest.mark.parametrize("where", [TIES, NEVER])
def test_the_page_does_not_carry_the_list(client: Client, who: User, where: str) -> None:
    small = len(client.get(where).content)
    many(3000)
    assert len(client.get(where).content) == small


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("generale", "Société Générale"),
        ("SOCIÉTÉ", "Société Générale"),
        ("gazpr", "Газпром"),
        ("facebook", "Meta Platforms"),
        ("l'ore", "L’Oréal"),
        ("e.on", "E.ON SE"),
        ("alianz", "Allianz"),
        ("societe generalle", "Société Générale"),
    ],
)
def test_part_of_a_name_finds_it_whatever_accents_and_script(client: Client, who: User, typed: str, name: str) -> None:
    meant = people.organisation(name)
    OtherName.objects.create(organisation=meant, name="Facebook" if name == "Meta Platforms" else "Before")
    many(20)
    page = client.get(FIND, {"organisation_search": typed})
    assert page.context["found"] == [meant]
    assert meant.described in page.content.decode()


def test_what_one_may_not_choose_is_not_found(client: Client, who: User) -> None:
    people.organisation("Baltica Re", confirmed=False)
    mine = people.organisation("Baltica Mine", confirmed=False)
    Organisation.objects.filter(pk=mine.pk).update(proposed_by=who)
    assert client.get(FIND, {"organisation_search": "baltica"}).context["found"] == [mine]
    assert client.get(FIND, {"organisation_search": ""}).context["found"] == []
    assert client.get(FIND).context["found"] == []
    assert "No organisation" in client.get(FIND, {"organisation_search": "nobody"}).content.decode()


def test_what_begins_with_it_comes_first_and_more_are_said_in_as_many_queries(client: Client, who: User) -> None:
    counts = []
    for size in (1, 200):
        Organisation.objects.filter(name__startswith="Northwind").delete()
        many(size)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(FIND, {"organisation_search": "north"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert len(page.context["found"]) == 8
    assert "type more of the name" in page.content.decode()
    people.organisation("A Northwind")
    assert page.context["found"][0].name == "Northwind 0000"


def test_without_a_script_sending_the_form_searches_and_choosing_adds(client: Client, who: User) -> None:
    first, second = people.organisation("Atlas Rail"), people.organisation("Atlas Bank")
    page = client.post(TIES, tie(organisation_search="atlas", title="Chair"))
    shown = page.content.decode()
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["organisation"]
    assert 'value="atlas"' in shown
    assert "Chair" in shown
    assert shown.count('type="radio" name="organisation"') == 2
    assert client.post(TIES, tie(organisation_search="atlas", organisation=str(second.pk))).status_code == 302
    assert who.affiliations.get(kind="board").organisation == second
    assert client.post(NEVER, {"organisation_search": "atlas rail"}).status_code == 302
    assert [entry.organisation_id for entry in who.never_with.opened()] == [first.pk]


def test_a_whole_name_typed_is_chosen_unless_two_have_it(client: Client, who: User) -> None:
    there = people.organisation("Atlas")
    people.organisation("Atlas Rail")
    assert client.post(TIES, tie(organisation_search=" ATLAS ")).status_code == 302
    assert who.affiliations.get(kind="board").organisation == there
    people.organisation("Atlas", country="DE")
    page = client.post(TIES, tie(organisation_search="atlas", kind="adviser"))
    assert page.status_code == 422
    assert {"Atlas (Energy, Germany)", "Atlas (Energy, United Kingdom)"} <= {
        each for each in (row.described for row in Organisation.objects.all()) if each in page.content.decode()
    }


def test_a_refused_name_is_shown_with_its_reason_and_taken_back(client: Client, who: User) -> None:
    other, nonsense = who.affiliations.get(), people.organisation("asdf", confirmed=False)
    tie_to_it = people.affiliation(who, nonsense)
    organisations.refuse(organisation=nonsense, reason="Which <firm>?", user=people.person(staff=True), now=now())
    shown = client.get(TIES).content.decode()
    assert "Which &lt;firm&gt;?" in shown
    assert "waiting for a coordinator" not in shown
    take_back = reverse("accounts:affiliation_take_back", args=[tie_to_it.pk])
    assert take_back in shown
    assert "Take it back" in client.get(take_back).content.decode()
    kept = client.post(reverse("accounts:affiliation_take_back", args=[other.pk])).content.decode()
    assert "Your coordinator can still correct it" in kept
    client.force_login(people.person())
    assert client.post(take_back).status_code == 404
    client.force_login(who)
    assert client.post(take_back).status_code == 302
    assert list(who.affiliations.all()) == [other]


def test_a_tie_entered_by_mistake_is_taken_back_on_its_own_page(client: Client, who: User) -> None:
    made = affiliations.save_affiliation(
        person=who, organisation=people.organisation(), kind="board", starts_on=date(2020, 1, 1), now=now()
    )
    where = reverse("accounts:affiliation_take_back", args=[made.pk])
    text = client.get(TIES).content.decode()
    assert text.count("Entered by mistake") == 1
    assert where in text
    assert "Was this entered by mistake?" in client.get(where).content.decode()
    assert client.post(where).status_code == 302
    assert not who.affiliations.filter(pk=made.pk).exists()


def test_what_was_chosen_stays_chosen_when_something_else_is_wrong(client: Client, who: User) -> None:
    there = people.organisation("Atlas")
    page = client.post(TIES, tie(organisation=str(there.pk), organisation_search="north", starts_on="never"))
    assert list(page.context["form"].errors) == ["starts_on"]
    assert f'value="{there.pk}" id="organisation-{there.pk}" checked' in page.content.decode()
    for wrong in ("nonsense", "00000000-0000-4000-8000-000000000000"):
        page = client.post(TIES, tie(organisation=wrong))
        assert list(page.context["form"].errors) == ["organisation"]
