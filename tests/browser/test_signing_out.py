"""On a shared machine: after signing out, "Back" shows nobody's pages."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserType, Page, expect

from accounts.domain import never_with
from accounts.models import User
from common.clock import now
from tests import people
from tests.browser.conftest import FLAGS, Visitor
from tools.pytest_services import chromium

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser(chromiums: BrowserType) -> Iterator[Browser]:
    """Chromium as people have it: it keeps the pages one has left whole, which Playwright otherwise switches off, and
    which a headless Chromium does not do at all.
    """
    kept = ["--disable-back-forward-cache"]
    started = chromiums.launch(executable_path=chromium(), args=FLAGS, ignore_default_args=kept)
    yield started
    started.close()


def test_back_shows_no_private_list(visitor: Visitor, signed_in: Callable[[Page, User], Page]) -> None:
    user = people.mentee()
    never_with.add(owner=user, email="rival@example.org", now=now())
    page = signed_in(visitor.page(), user)
    page.goto(reverse("accounts:profile_step", args=["never"]))
    expect(page.get_by_text("rival@example.org")).to_be_visible()
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.go_back(wait_until="commit")
    expect(page).to_have_url(re.compile(reverse("account_login")))
    assert "rival@example.org" not in page.content()
