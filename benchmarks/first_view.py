"""What a person waits for beyond the server: `python -m benchmarks.first_view`.

Opens home, suggestions and a pairing in Chromium with an empty cache, as on a telephone with 4G (9 Mbit/s, a round trip
of 170 ms: "4G" of https://github.com/catchpoint/WebPageTest), and prints of each the bytes that came, the largest
contentful paint and the layout shift; the middle one of the rounds. Answers 1 where one is more than it may be.
"""

import argparse
import json
import socket
import statistics
import sys
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.pages.load import Page, check
from benchmarks.pages.site import serve, write_programme
from tools.process import Nursery
from tools.pytest_services import chromium

NAMES = ("home of somebody paired", "suggestions of the large cohort", "a pairing", "public page")
MOST_BYTES, MOST_SECONDS, MOST_SHIFT = 70 * 1024, 1.5, 0.02
SETTLED = 2000  # milliseconds after loading, in which nothing may move any more
LINE = {"offline": False, "latency": 170, "downloadThroughput": 9e6 / 8, "uploadThroughput": 9e6 / 8}
WATCH = """
window.seen = {shift: 0, paint: 0};
new PerformanceObserver(list => list.getEntries().forEach(each => {
  if (!each.hadRecentInput) seen.shift += each.value;
})).observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(each => {
  seen.paint = each.startTime / 1000;
})).observe({type: "largest-contentful-paint", buffered: true});
"""


@dataclass(frozen=True, slots=True)
class View:
    """One first view: bytes over the line, seconds until the largest thing is painted, and the sum of shifts."""

    size: int
    seconds: float
    shift: float


def main() -> int:
    """Start, write, look, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--width", type=int, default=390)
    arguments = parser.parse_args()
    with Nursery() as nursery, sync_playwright() as playwright:
        site = write_programme(nursery, mentors=3000, mentees=4000)
        port = _free_port()
        at = serve(nursery, "site", "mentorship.wsgi", site.scratch, site.environment, f"127.0.0.1:{port}")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        good = True
        for page in (page for page in site.pages if page.name in NAMES):
            for _ in range(16):
                check(at, page)  # each worker has seen it
            views = [_look(browser, f"http://localhost:{port}", page, arguments.width) for _ in range(arguments.rounds)]
            good &= _tell(page, views)
        browser.close()
    return 0 if good else 1


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def _look(browser: Browser, site: str, page: Page, width: int) -> View:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, extra_http_headers={"X-Forwarded-Proto": "https"}, locale="en-GB"
    )
    if page.cookie:
        name, value = page.cookie.split("=", 1)
        context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/", "secure": True}])
    tab = context.new_page()
    line = context.new_cdp_session(tab)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    sizes: list[float] = []
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    tab.add_init_script(WATCH)
    tab.goto(site + page.path, wait_until="load")
    tab.wait_for_timeout(SETTLED)
    if page.holds not in tab.content():
        raise RuntimeError(f"{page.name} is not what was asked for: {tab.title()}")
    seen: dict[str, Any] = json.loads(tab.evaluate("JSON.stringify(seen)"))
    context.close()
    return View(int(sum(sizes)), float(seen["paint"]), float(seen["shift"]))


def _tell(page: Page, views: list[View]) -> bool:
    size, seconds, shift = (
        statistics.median(getattr(view, name) for view in views) for name in ("size", "seconds", "shift")
    )
    print(f"{page.name}: {size / 1024:.0f} KiB, painted after {seconds:.2f} s, layout shift {shift:.3f}", flush=True)
    return bool(size <= MOST_BYTES and seconds < MOST_SECONDS and shift < MOST_SHIFT)


if __name__ == "__main__":
    sys.exit(main())
