"""The pictures in docs/screenshots, from a demo that has just begun: `python -m tools.screenshots [ADDRESS]`.

Start one with `python3 dev.py run --fresh`. Needs the Chromium of the browser tests.
"""

import sys
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tools.paths import ROOT
from tools.pytest_services import chromium

HERE = ROOT / "docs" / "screenshots"
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Picture:
    """A page as somebody of the cast sees it ("": a visitor): its path, or "", then the links to follow by name."""

    name: str
    who: str
    path: str = ""
    links: tuple[str, ...] = ()
    size: ViewportSize = field(default_factory=lambda: DESKTOP)
    dark: bool = False


PICTURES = (
    Picture("public", ""),
    Picture("mentors", "Aditya", "/find/"),
    Picture("mentor", "Aditya", "/find/", ("Read more",)),
    Picture("request", "Kenji", links=("Read the request",)),
    Picture("pairing", "Aylin", "/pairings/", ("You and ",), dark=True),
    Picture("desk", "Jonathan", "/coordination/"),
    Picture("home-phone", "Kenji", size=PHONE),
    Picture("check-in-phone", "Aylin", links=("Start the check-in",), size=PHONE),
)


def take(browser: Browser, address: str, picture: Picture) -> None:
    """Sign in, go there, and write the file."""
    scheme: Literal["dark", "light"] = "dark" if picture.dark else "light"
    context = browser.new_context(viewport=picture.size, base_url=address, color_scheme=scheme, locale="en-GB")
    page = context.new_page()
    page.goto("/")
    if picture.who:
        page.goto("/demo/mailbox/")
        with page.expect_navigation(url=lambda url: "/demo/" not in url):
            page.get_by_role("button", name=f"Sign in as {picture.who}").click()
    if picture.path:
        page.goto(picture.path)
    for link in picture.links:
        with page.expect_navigation():
            page.get_by_role("main").get_by_role("link", name=link).first.click()
    page.screenshot(path=HERE / f"{picture.name}.png")
    context.close()


def main(arguments: list[str]) -> None:
    """Take them all."""
    address = arguments[0] if arguments else "http://127.0.0.1:8000"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for picture in PICTURES:
            take(browser, address, picture)


if __name__ == "__main__":
    main(sys.argv[1:])
