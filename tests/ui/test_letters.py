"""Every letter: neutral subject, text beside HTML, a preheader, one action; and a layout that old clients hold."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from outbox.kinds import Item, Recipient, registered, render_digest, render_item, render_templates

FOLDER = Path(settings.BASE_DIR) / "templates" / "email"
DIGEST = FOLDER / "digest"  # carries other letters' items; no kind of its own
LETTERS = sorted({path.parent for path in FOLDER.glob("*/subject.txt")} - {DIGEST})
VARIABLE = re.compile(r"{{\s*([\w.]+)")
LONGEST_SUBJECT = 60


def block(text: str, name: str) -> str:
    """What a template puts into a block; "" for one it leaves to the layout."""
    found = re.search(rf"{{% block {name} %}}(.*?){{% endblock", text, re.DOTALL)
    return found[1].strip() if found else ""


def test_every_kind_has_its_letter() -> None:
    assert {path.name for path in LETTERS} == set(registered())


def test_a_kind_that_may_be_gathered_has_an_item_with_its_letters_action() -> None:
    gathered = {name for name, kind in registered().items() if kind.item is not None}
    assert {path.parent.name for path in FOLDER.glob("*/item.txt")} == gathered
    for name in gathered:
        heading, *line, label = (FOLDER / name / "item.txt").read_text().strip().splitlines()
        assert heading
        assert line
        assert block((FOLDER / name / "body.html").read_text(), "action_label") == label


def test_a_digest_names_each_thing_with_its_own_action_and_its_own_way_to_stop() -> None:
    reader = Recipient("ana@example.org", "Ana", unsubscribe_url="https://programme.example/stop/1/")
    due_at = datetime(2041, 1, 14, 9, tzinfo=UTC)
    words = {"other": User(name="Ruth Adeyemi"), "due_at": due_at, "action": "https://x.example/1/"}
    items = [render_item("check_in_due", words, reader), Item("O'Neill & Co", "Soon.", "https://x.example/2/", "Look")]
    assert items[0] == Item(
        "Your check-in on the pairing with Ruth Adeyemi",
        "Due on Monday 14 January 2041. Three short questions, two minutes.",
        "https://x.example/1/",
        "Start the check-in",
        "https://programme.example/stop/1/",
    )
    content = render_digest(items, reader)
    assert content.subject == "2 things for today"
    assert "O'Neill & Co\nSoon.\nLook: https://x.example/2/\n" in content.text
    assert "O'Neill &amp; Co" in content.html
    assert [content.html.count(f"https://x.example/{number}/") for number in (1, 2)] == [1, 1]
    assert content.html.count("Receive no more letters of this kind") == 1
    assert "\n\n\n" not in content.text


@pytest.mark.parametrize("letter", LETTERS, ids=lambda path: path.name)
def test_a_letter_is_neutral_and_has_one_action(letter: Path) -> None:
    subject = (letter / "subject.txt").read_text().strip()
    assert set(VARIABLE.findall(subject)) <= {"site_name"}
    assert len(subject) <= LONGEST_SUBJECT + len(
        '{% translate "" %}{% blocktranslate trimmed %}{% endblocktranslate %}'
    )
    html, text = (letter / "body.html").read_text(), (letter / "body.txt").read_text()
    for body in (html, text):
        assert block(body, "heading")
        assert block(body, "action_label")
        assert len(VARIABLE.findall(block(body, "action_url"))) == 1
    assert block(html, "preheader")
    assert block(html, "heading") == block(text, "heading")
    assert "href=" not in block(html, "body")


def test_the_layout_is_of_tables_with_every_rule_in_its_tag() -> None:
    words = {"action": "https://programme.example/pairings/", "until": "", "other": ""}
    html = render_templates("pairing_paused", words, Recipient("ana@example.org", "Ana")).html
    styled = re.findall(r"<(\w+)\b[^>]*\bstyle=", html)
    assert {"td", "p", "h1", "a", "table"} <= set(styled)
    assert "@media (prefers-color-scheme: dark)" in html
    assert "<!--[if mso]>" in html
    assert "mso-padding-alt" in html
    assert not re.search(r"<(script|link|img|form)\b", html)
    assert "http-equiv" not in html
    assert html.index("Nothing is due meanwhile") < html.index("<h1")
