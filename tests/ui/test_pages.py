"""The look's own pages and what every page is told."""

from types import SimpleNamespace

import pytest
from django.test import Client, RequestFactory, override_settings
from django.urls import NoReverseMatch, resolve, reverse

from mentorship.ui.context import nav, site

pytestmark = pytest.mark.django_db


@pytest.fixture
def every_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mentorship.ui.context.reverse", lambda name: f"/{name}/")


def labels(*roles: str) -> list[str]:
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(is_authenticated=True, is_mentee="mentee" in roles)
    request.resolver_match = SimpleNamespace(view_name="home")
    entries = list(nav(request)["nav"])
    assert [str(entry["label"]) for entry in entries if entry["current"]] == ["Now"]
    return [str(entry["label"]) for entry in entries]


def test_the_style_guide_shows_everything(client: Client) -> None:
    html = client.get(reverse("styleguide")).content.decode()
    for mark in (
        "next-wide",
        "state-overdue",
        "pairmark",
        "invalid-feedback",
        "data-confirm",
        "cards-table",
        "spark",
    ):
        assert mark in html


@override_settings(STYLEGUIDE=False, DEBUG=False)
def test_the_style_guide_is_missing_elsewhere(client: Client) -> None:
    assert client.get(reverse("styleguide")).status_code == 404


@pytest.mark.usefixtures("every_route")
def test_only_mentees_find_mentors() -> None:
    assert "Find a mentor" in labels("mentee", "mentor")
    assert "Find a mentor" not in labels("mentor")


@pytest.mark.parametrize(
    ("path", "lit"),
    [
        ("/", ["Now"]),
        ("/you/letters/", ["You"]),
        ("/you/", ["You"]),
        ("/pairings/", ["Pairings"]),
        ("/styleguide/", []),
    ],
)
def test_one_place_lights_up(path: str, lit: list[str]) -> None:
    request = RequestFactory().get(path)
    request.user = SimpleNamespace(is_authenticated=True)
    request.resolver_match = resolve(path)
    assert [str(entry["label"]) for entry in nav(request)["nav"] if entry["current"]] == lit


def test_a_page_that_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def reverse_none(name: str) -> str:
        raise NoReverseMatch(name)

    monkeypatch.setattr("mentorship.ui.context.reverse", reverse_none)
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(is_authenticated=True)
    assert list(nav(request)["nav"]) == []


def test_nobody_in_particular_has_no_navigation() -> None:
    request = RequestFactory().get("/")
    assert list(nav(request)["nav"]) == []


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("<b>", ""), ("", "")])
def test_the_theme_is_one_of_two_or_the_devices(cookie: str, theme: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    assert site(request)["theme"] == theme


def test_choosing_a_theme_is_remembered_and_forgotten(client: Client) -> None:
    answer = client.post(reverse("theme"), {"theme": "dark", "next": "/styleguide/"})
    assert answer.headers["Location"] == "/styleguide/"
    assert 'data-bs-theme="dark"' in client.get(reverse("styleguide")).content.decode()
    client.post(reverse("theme"), {"theme": ""})
    assert "data-bs-theme=" not in client.get(reverse("styleguide")).content.decode()


def test_choosing_a_theme_never_leads_elsewhere(client: Client) -> None:
    answer = client.post(reverse("theme"), {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"
    assert client.get(reverse("theme")).status_code == 405
