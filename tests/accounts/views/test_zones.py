"""A device in another zone than its person."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain import profiles
from accounts.models import Profile
from tests import people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 11, 8, tzinfo=UTC)
HOME = "/you/"


@pytest.fixture
def traveller(client: Client) -> Client:
    client.force_login(people.person("Ana Ruiz", zone="Europe/London"))
    return client


def offered(client: Client, device: str) -> Any:
    return client.get(reverse("accounts:zone_offer"), {"device": device, "next": HOME})


def act(client: Client, name: str, zone: str, onward: str = HOME) -> Any:
    return client.post(reverse("accounts:zone"), {"zone": zone, "act": name, "next": onward})


def zone() -> str:
    return Profile.objects.get().zone


def test_another_clock_is_offered_by_name_and_taken_with_one_click(traveller: Client) -> None:
    page = offered(traveller, "Asia/Calcutta").content.decode()
    assert "Your device is on Kolkata time." in page
    assert 'name="zone" value="Asia/Kolkata"' in page
    assert act(traveller, "change", "Asia/Kolkata").url == f"{HOME}#zone-offer"
    assert zone() == "Asia/Kolkata"


def test_the_page_after_says_so_once_with_an_undo_that_is_not_asked_about_again(traveller: Client) -> None:
    act(traveller, "change", "Asia/Kolkata")
    after = traveller.get(HOME).content.decode()
    assert "Your times are in Kolkata time from now on." in after
    assert reverse("accounts:profile_step", args=["times"]) in after
    assert "from now on" not in traveller.get(HOME).content.decode()
    act(traveller, "undo", "Europe/London")
    assert zone() == "Europe/London"
    assert offered(traveller, "Asia/Calcutta").status_code == 204


def test_what_was_put_aside_is_remembered_for_that_zone_alone(traveller: Client) -> None:
    act(traveller, "decline", "Asia/Calcutta")
    assert zone() == "Europe/London"
    assert offered(traveller, "Asia/Kolkata").status_code == 204
    assert offered(traveller, "America/New_York").status_code == 200


@pytest.mark.parametrize("device", ["Europe/London", "Europe/Jersey", "UTC", "Etc/GMT+3", "Mars/Olympus", ""])
def test_nothing_is_offered_for_the_same_clock_or_for_what_is_no_place(traveller: Client, device: str) -> None:
    assert offered(traveller, device).status_code == 204


def test_a_zone_of_nowhere_is_refused_and_nobody_is_sent_away(traveller: Client) -> None:
    assert act(traveller, "change", "Mars/Olympus", onward="https://elsewhere.example/").url == reverse("home")
    assert zone() == "Europe/London"


def test_every_page_says_where_to_ask_and_nothing_without_a_script(traveller: Client) -> None:
    page = traveller.get(HOME).content.decode()
    assert 'data-zone="Europe/London"' in page
    assert "Your device is on" not in page
    assert 'id="zone-offer"' not in Client().get("/").content.decode()


def test_the_country_is_guessed_from_the_zone_and_saved_when_it_is_sent(client: Client) -> None:
    someone = people.person(country="", zone="Europe/Madrid")
    client.force_login(someone)
    address = reverse("accounts:profile_step", args=["position"])
    form = client.get(address).context["form"]
    assert form["country"].value() == "ES"
    sent = {name: form[name].value() or "" for name in form.fields}
    client.post(address, {**sent, "version": form.version})
    assert Profile.objects.get().country == "ES"


@pytest.mark.parametrize(
    ("before", "country", "after"),
    [
        ("UTC", "DE", "Europe/Berlin"),
        ("UTC", "US", "UTC"),
        ("Asia/Tokyo", "DE", "Asia/Tokyo"),
    ],
)
def test_the_first_country_sets_a_zone_that_nobody_has_chosen(before: str, country: str, after: str) -> None:
    someone = people.person(country="", zone=before)
    profiles.save_profile(person=someone, values={"country": country}, now=NOW)
    assert zone() == after


def test_a_zone_that_was_chosen_stays_when_the_country_changes() -> None:
    someone = people.person(country="GB", zone="UTC")
    profiles.save_profile(person=someone, values={"country": "DE"}, now=NOW)
    assert zone() == "UTC"
