"""Finding a mentor in a browser: answers in place, and from right to left."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from cohorts.states import Role
from common.clock import now
from matching.models import ShortlistEntry
from tests import people
from tests.browser.conftest import NARROW, NARROWEST, WIDE, Visitor, assert_accessible, assert_fits
from tests.matching import factories

pytestmark = [pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Page, User], Page]
NAMES = ("Ruth Adeyemi", "Kenji Watanabe", "Carlos Echeverría", "Dr Maximiliane von Hohenfels-Achterberg", "Mei Tan")


@pytest.fixture
def mentee() -> User:
    """A mentee with five mentors to choose from."""
    today = now().date()
    cohort = factories.cohort(starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=200))
    for name in NAMES:
        factories.enrolment(cohort, people.mentor(name, capacity=2), Role.MENTOR)
    return factories.enrolment(cohort, people.mentee("Amara Diallo")).person


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_search_and_facets_answer_in_place(width: int, visitor: Visitor, signed_in: SignIn, mentee: User) -> None:
    page = signed_in(visitor.page(width), mentee)
    page.goto(reverse("matching:directory"))
    count = page.locator("#found-count")
    expect(count).to_have_text("5 mentors")
    page.get_by_role("searchbox").press_sequentially("echeverria")
    expect(count).to_have_text("1 mentor")
    expect(page.locator("#found-said")).to_have_text("1 mentor")
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert "q=echeverria" in page.url
    assert_accessible(page)
    page.get_by_role("searchbox").fill("nobody of that name")
    expect(page.get_by_text("Nobody fits all of that")).to_be_visible()
    page.get_by_role("searchbox").fill("")
    expect(count).to_have_text("5 mentors")
    page.locator("summary", has_text="Language").click()
    page.get_by_label("English").check()
    expect(count).to_have_text("5 mentors")
    assert_fits(page)
    page.get_by_role("searchbox").fill("ruth")
    expect(count).to_have_text("1 mentor")
    page.get_by_role("link", name="Ruth Adeyemi", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ruth Adeyemi")
    page.go_back()
    expect(count).to_have_text("1 mentor")
    expect(page.get_by_role("searchbox")).to_have_value("ruth")


def test_shortlisting_moves_nothing_and_keeps_the_focus(visitor: Visitor, signed_in: SignIn, mentee: User) -> None:
    page = signed_in(visitor.page(WIDE), mentee)
    page.goto(reverse("matching:suggestions"))
    page.get_by_role("link", name="Show the next ten").click()
    expect(page.locator("article.person")).to_have_count(5)
    last = page.locator("article.person").last.get_by_role("button")
    last.scroll_into_view_if_needed()
    before = last.bounding_box()
    last.click()
    expect(last).to_have_attribute("aria-pressed", "true")
    expect(last).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("on your shortlist")
    after = last.bounding_box()
    assert before
    assert after
    assert abs(after["y"] - before["y"]) < page.viewport_size["height"] / 4
    page.locator("article.person").first.get_by_role("button").click()
    expect(page.get_by_role("link", name="Compare side by side")).to_be_visible()
    page.get_by_role("button", name="down").first.click()
    expect(page.locator(".shortlist li").first).not_to_contain_text(page.locator(".shortlist li").last.inner_text())
    assert ShortlistEntry.objects.count() == 2
    page.get_by_role("link", name="Compare side by side").click()
    for width in (WIDE, NARROW, NARROWEST):
        page.set_viewport_size({"width": width, "height": 844})
        assert_fits(page)
        assert_accessible(page)


def test_whose_session_has_ended_signs_in_and_is_back(visitor: Visitor, signed_in: SignIn, mentee: User) -> None:
    page = signed_in(visitor.page(WIDE), mentee)
    page.goto(reverse("matching:suggestions"))
    page.context.clear_cookies(name="sessionid")
    page.locator("article.person").first.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome back")
    assert "next=%2Ffind%2F" in page.url


def test_from_right_to_left(visitor: Visitor, signed_in: SignIn, mentee: User, settings: Any) -> None:
    settings.LANGUAGE_CODE, settings.LANGUAGES = "ar", [("ar", "Arabic")]
    for width in (WIDE, NARROW):
        page = signed_in(visitor.page(width), mentee)
        for path in (reverse("home"), reverse("matching:suggestions"), reverse("accounts:profile")):
            page.goto(path)
            expect(page.locator("html")).to_have_attribute("dir", "rtl")
            assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
            mark = page.locator(".wordmark").bounding_box()
            assert mark
            assert mark["x"] + mark["width"] > width * 0.7
            assert_fits(page)
            assert_accessible(page)
    page.goto(reverse("matching:suggestions"))
    picture = page.locator("article.person .avatar").first.bounding_box()
    name = page.locator("article.person .name").first.bounding_box()
    assert picture
    assert name
    assert picture["x"] > name["x"]
