"""A browser's bare bones, standard library only: cookies, links, forms."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form on a page: where it goes, what it holds, what its text says."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    text: str = ""


class PageParser(HTMLParser):
    """Collects forms with their fields' present values, and links."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what opens."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._take(tag, given, self._form)

    def _take(self, tag: str, given: dict[str, str], form: Form) -> None:
        name = given.get("name", "")
        if tag == "input" and name:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                form.fields[name] = given.get("value", "on" if given.get("type") == "checkbox" else "")
        elif tag == "button" and name:
            form.fields.setdefault(name, given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            form.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in form.fields):
            form.fields[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Note what closes."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        """Keep the form's words and its long texts."""
        if self._form is not None:
            self._form.text += data
            if self._area:
                self._form.fields[self._area] += data


@dataclass
class Page:
    """An answer: its status, final address and text."""

    status: int
    url: str
    text: str

    def parsed(self) -> PageParser:
        """Its forms and links."""
        parser = PageParser()
        parser.feed(self.text)
        return parser

    def form(self, action: str, says: str = "") -> Form:
        """The first form whose action matches and whose words contain `says`.

        Raises:
            LookupError: there is none; the message lists those that are there.
        """
        forms = self.parsed().forms
        for form in forms:
            if re.search(action, form.action or urllib.parse.urlsplit(self.url).path) and says in form.text:
                return form
        raise LookupError(f"no form {action!r} saying {says!r} at {self.url}: {[f.action for f in forms]}")

    def link(self, pattern: str) -> str:
        """The first link that matches.

        Raises:
            LookupError: there is none.
        """
        for link in self.parsed().links:
            if re.search(pattern, link):
                return link
        raise LookupError(f"no link {pattern!r} at {self.url}")


class Visitor:
    """One person's browser."""

    def __init__(self, site: str) -> None:
        self.site = site
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)

    def open(self, address: str, data: dict[str, str] | None = None, referer: str = "") -> Page:
        """Fetch a page, or post to it, following redirects."""
        url = urllib.parse.urljoin(self.site, address)
        body = None if data is None else urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(url, body, {"Referer": referer or url})  # noqa: S310 (our own site)
        try:
            answer = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Page(answer.status, answer.url, answer.read().decode())

    def submit(self, page: Page, form: Form, **values: str) -> Page:
        """Send a form of the page with some fields filled in."""
        address = urllib.parse.urljoin(page.url, form.action)
        return self.open(address, {**form.fields, **values}, page.url)
