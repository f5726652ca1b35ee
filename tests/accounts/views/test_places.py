"""Where somebody is, when they work and what they speak, as they fill it in."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Profile, User
from tests import people
from tests.accounts.views.steps import at, position, signed_in, times

pytestmark = pytest.mark.django_db


def test_a_region_is_offered_where_the_country_has_some_and_left_out_with_the_country(client: Client) -> None:
    someone = people.person(country="DE")
    shown = signed_in(client, someone).get(at("position")).content.decode()
    assert re.search(r'<option value="BY">Bayern</option>', shown)
    client.post(at("position"), position(country="DE", region="BY"))
    assert Profile.objects.get(person=someone).region == "BY"
    client.post(at("position"), position(country="GB", region="BY"))
    assert Profile.objects.get(person=someone).region == ""
    client.post(at("position"), position(country="SE"))
    shown = client.get(at("position")).content.decode()
    assert re.search(r'<input type="hidden" name="region"[^>]*id="id_region"', shown)


@pytest.mark.parametrize(("country", "part"), [("GB", ">Scotland<"), ("SE", 'type="hidden"'), ("zz", 'type="hidden"')])
def test_another_country_brings_its_own_regions(client: Client, country: str, part: str) -> None:
    answer = signed_in(client, people.person()).get(reverse("accounts:regions"), {"country": country})
    assert part in answer.content.decode()
    assert "<html" not in answer.content.decode()


def languages_of(user: User) -> list[str]:
    return Profile.objects.get(person=user).languages


def test_a_language_without_a_box_is_typed_by_its_name(client: Client) -> None:
    someone = people.person(country="CH")
    shown = signed_in(client, someone).get(at("times")).content.decode()
    boxes = re.findall(r'name="languages" value="(\w+)"', shown)
    assert {"en", "de", "rm", "gsw"} <= set(boxes)
    assert len(boxes) < 25
    assert re.search(r'<option data-code="cy">Welsh</option>', shown)
    client.post(at("times"), times(another_language=" welsh "))
    assert languages_of(someone) == ["es", "en", "cy"]
    shown = client.get(at("times")).content.decode()
    assert re.search(r'name="languages" value="cy"[^>]* checked', shown)
    assert 'data-code="cy"' not in shown


def test_a_language_that_nobody_knows_is_said_beside_the_field_by_autosave_too(client: Client) -> None:
    someone = people.person()
    wrong = times(another_language="Wlesh")
    page = signed_in(client, someone).post(at("times"), wrong)
    assert page.status_code == 422
    assert "There is no language “Wlesh” on the list." in page.content.decode()
    assert 'value="Wlesh"' in page.content.decode()
    answer = client.post(at("times"), wrong, headers={"X-Saves": "itself"}).json()
    assert answer["saved"] is False
    assert "Wlesh" in answer["errors"]["languages"]
    assert languages_of(someone) == ["en"]


def test_hours_past_midnight_are_saved_and_hours_of_no_length_refused_beside_the_field_by_autosave(
    client: Client,
) -> None:
    someone = people.person()
    signed_in(client, someone)
    for starts, ends, refused in (("22:00", "06:00", []), ("16:00", "00:00", []), ("09:00", "09:00", ["work_ends"])):
        sent = times(work_starts=starts, work_ends=ends)
        answer = client.post(at("times"), sent, headers={"X-Saves": "itself"}).json()
        assert (answer["saved"], list(answer["errors"])) == (not refused, refused)
    profile = Profile.objects.get(person=someone)
    assert (profile.work_starts.hour, profile.work_ends.hour) == (16, 0)


def test_zones_are_cities_with_their_offset_and_any_place_may_be_kept(client: Client) -> None:
    someone = people.person(zone="America/Detroit")
    shown = signed_in(client, someone).get(at("times")).content.decode()
    assert re.search(r'<option value="America/Detroit" selected>Detroit \(UTC-0[45]:00\)</option>', shown)
    assert re.search(r'<option value="Europe/London">London \(UTC\+0[01]:00\)</option>', shown)
    assert "Knox" not in shown
    client.post(at("times"), times(zone="Asia/Calcutta"))
    assert Profile.objects.get(person=someone).zone == "Asia/Kolkata"
    assert client.post(at("times"), times(zone="Etc/GMT+3")).status_code == 422


def test_lists_of_zones_and_languages_keep_the_page_small(client: Client) -> None:
    """Bytes; whoever needs more may raise it, having looked at what a telephone loads."""
    shown = signed_in(client, people.person()).get(at("times"))
    assert len(shown.content) < 50_000
