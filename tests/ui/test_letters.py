"""Every letter: neutral subject, text beside HTML, a preheader, one action; and a layout that old clients hold."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from outbox.kinds import Recipient, registered, render_templates

FOLDER = Path(settings.BASE_DIR) / "templates" / "email"
LETTERS = sorted(path.parent for path in FOLDER.glob("*/subject.txt"))
VARIABLE = re.compile(r"{{\s*([\w.]+)")
LONGEST_SUBJECT = 60


def block(text: str, name: str) -> str:
    """What a template puts into a block; "" for one it leaves to the layout."""
    found = re.search(rf"{{% block {name} %}}(.*?){{% endblock", text, re.DOTALL)
    return found[1].strip() if found else ""


def test_every_kind_has_its_letter() -> None:
    assert {path.name for path in LETTERS} == set(registered())


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
