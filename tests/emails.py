"""Whether an e-mail's text and its HTML say the same."""

import re
from html.parser import HTMLParser

from outbox.kinds import Content

ADDRESS = re.compile(r"https?://\S+")
UNSEEN = frozenset({"preheader", "mark"})  # the line for the mailbox, and the programme's name above the sheet
VOID = frozenset({"br", "meta"})


class _Seen(HTMLParser):
    """The words that a reader of the page sees, in order, with the parts left out that only HTML has."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self._open: list[bool] = []  # for every open tag, whether its words are seen

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [str(given["href"])] if tag == "a" else []
        if tag not in VOID:
            hidden = tag in {"head", "style"} or given.get("class") in UNSEEN
            self._open.append(not hidden and all(self._open[-1:]))

    def handle_endtag(self, _tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.words += [data] if all(self._open[-1:]) else []


def assert_says_the_same(content: Content) -> None:
    """Text and HTML have the same words in the same order, and the same addresses in the same order."""
    seen = _Seen()
    seen.feed(content.html)
    assert _words(" ".join(seen.words)) == _words(content.text)
    assert list(dict.fromkeys(seen.links)) == list(dict.fromkeys(ADDRESS.findall(content.text)))
    assert not re.search(r"&\w+;|</|<br|<p>", content.text)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", ADDRESS.sub("", text))
