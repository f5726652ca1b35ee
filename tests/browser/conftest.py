"""A real Chromium against a real server over the test database.

Every page opened here is watched: whatever it writes to the console as a warning or an error, a breach of the
content security policy included, fails the test at its end.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.db import connections
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Page,
    Route,
    expect,
    sync_playwright,
)

from accounts.models import User
from tools.pytest_services import headless_chromium

# Playwright keeps an event loop in this thread, and Django would refuse its blocking calls beside one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--no-opt",  # optimising axe anew for each page takes longer than running it
]
PATIENCE = 30_000  # milliseconds: a page that is there is seen at once, on the slowest machine as well
expect.set_options(timeout=PATIENCE)
WIDE, NARROW, NARROWEST = 1280, 390, 320
ZOOMED = WIDE // 2  # what a desk's screen shows at 200 %
HEIGHT = 844
# What axe is told on the admin's pages: with preloading, it puts their sheets into the page, and imports lead nowhere.
DESK = {"preload": False}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands in this folder needs the browser."""
    here = os.path.dirname(__file__)  # noqa: PTH120 - a prefix to compare with
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chromiums(django_db_setup: None) -> Iterator[BrowserType]:
    """What starts a Chromium, once a module.

    While Playwright's loop is there, Django gives this thread a connection of its own. The database is made before, or
    the other one would be left open when it is to be dropped, and ours is closed with the loop that it belongs to. No
    test of another folder may meet that loop: a crowd's processes would share the connection.
    """
    with sync_playwright() as playwright:
        yield playwright.chromium
        connections.close_all()


@pytest.fixture(scope="module")
def browser(chromiums: BrowserType) -> Iterator[Browser]:
    """One Chromium a module; each test opens its pages in contexts of its own."""
    started = chromiums.launch(executable_path=headless_chromium(), args=FLAGS)
    yield started
    started.close()


@dataclass
class Visitor:
    """Opens pages of the site, remembers what they complained of."""

    browser: Browser
    site: str
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    expected: set[str] = field(default_factory=set)

    def page(self, width: int = WIDE, *, scripts: bool = True) -> Page:
        """A page in a browser context of its own: nobody is signed in."""
        context = self.browser.new_context(
            base_url=self.site,
            viewport={"width": width, "height": HEIGHT},
            java_script_enabled=scripts,
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        if message.type in {"error", "warning"} and where not in self.expected:
            self.complaints.append(f"{where}: {message.text}")

    def expect_refusal(self, path: str) -> None:
        """The page at `path` answers with an error status, which Chromium mentions in the console."""
        self.expected.add(self.site + path)


@pytest.fixture
def visitor(browser: Browser, live_server: Any, settings: Any) -> Iterator[Visitor]:
    """Who opens pages; letters lead to the same server."""
    settings.SITE_URL = live_server.url
    somebody = Visitor(browser, live_server.url)
    yield somebody
    for context in somebody.contexts:
        context.close()
    assert not somebody.complaints, "\n".join(somebody.complaints)


def confirmed(user: User) -> User:
    """`user`, whose address is confirmed, as everybody's is who was invited."""
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


@pytest.fixture
def signed_in(visitor: Visitor) -> Callable[[Page, User], Page]:
    """Sign `user` in on `page` by the cookie of a session, just now and by password."""

    def sign_in(page: Page, user: User) -> Page:
        client = Client()
        client.force_login(confirmed(user))
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        page.context.clear_cookies(name="sessionid")
        page.context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": visitor.site}])
        return page

    return sign_in


def assert_accessible(page: Page, **options: Any) -> None:
    """No violation of any of axe's rules on the page as it stands, that of WCAG 2.2 on the size of targets included.

    axe is put into a document once, and tells of violations alone: whatever passes would take longer than the looking.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    asked = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"], **options}
    found = page.evaluate("asked => axe.run(asked).then(({violations}) => ({violations}))", asked)
    assert not found["violations"], f"{page.url}\n{AxeResults(found).generate_report()}"


def assert_accessible_by_day_and_night(page: Page, **options: Any) -> None:
    """All rules by day; by night the contrast alone, for nothing else of a layout can change with its colours."""
    page.emulate_media(color_scheme="light")
    assert_accessible(page, **options)
    page.emulate_media(color_scheme="dark")
    assert_accessible(page, runOnly=["color-contrast"], **options)


def assert_fits(page: Page) -> None:
    """Nothing reaches past the sides of the screen."""
    wide, view = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= view, f"{page.url} is {wide} px wide in a view of {view} px"


# What the page would try again by itself, 3 s and more from now, waits for the button instead: a slow machine would
# otherwise press it while, or after, the page has done so.
BY_HAND = """() => {
  const set = window.setTimeout;
  window.setTimeout = (act, delay, ...more) => (delay >= 3000 ? 0 : set(act, delay, ...more));
}"""


def failing(page: Page, how: str, *, by_hand: bool = True) -> list[str]:
    """Let every POST of the page fail, and by default be tried again by the button alone; gives what was to be sent."""
    sent: list[str] = []
    if by_hand:
        page.evaluate(BY_HAND)

    def fail(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        sent.append(route.request.post_data or "")
        if how == "offline":
            route.abort("internetdisconnected")
        else:
            route.fulfill(status=502, body="<h1>Bad gateway</h1>")

    page.route("**/*", fail)
    return sent
