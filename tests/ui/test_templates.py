"""Templates as files: every icon exists, no inline script or style, every component says what it takes."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from mentorship.ui.context import ENTRIES
from mentorship.ui.templatetags.ui import icon

TEMPLATES = Path(settings.BASE_DIR) / "templates"
ICON = re.compile(r"""\{% icon "([\w-]+)\"""")
ICON_INPUT = re.compile(r"""\bicon="([\w-]+)\"""")
PAGES = sorted(path for path in TEMPLATES.rglob("*.html"))
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))


def icons() -> set[str]:
    texts = [path.read_text() for path in PAGES]
    named = {name for text in texts for pattern in (ICON, ICON_INPUT) for name in pattern.findall(text)}
    return named | {entry.icon for entry in ENTRIES}


def test_every_icon_used_exists() -> None:
    assert len(icons()) > 10
    for name in icons():
        assert icon(name).startswith("<svg")
        assert 'aria-hidden="true"' in icon(name)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_inline_script_style_or_handler(path: Path) -> None:
    text = path.read_text()
    if path.parent.name != "email" and "email" not in path.parts:
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text)
    for opening in re.findall(r"<script[^>]*>", text):
        assert "src=" in opening or 'type="application/json"' in opening


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_compiles(path: Path) -> None:
    assert get_template(str(path.relative_to(TEMPLATES)))


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_says_what_it_takes(path: Path) -> None:
    head = path.read_text()[:700]
    assert "{% comment %}" in head
    assert re.search(r"[Ii]nputs", head)


@pytest.mark.parametrize("path", [*PAGES, *TEMPLATES.rglob("*.txt")], ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_time_of_day_names_its_zone(path: Path) -> None:
    """ "Your time" is not known to who has just landed, or reads the e-mail on another device."""
    assert not re.search(r"\byour time\b(?! zone)", path.read_text().replace("in your time", ""))


def test_the_desk_has_rules_for_the_components_that_it_draws() -> None:
    """It has a stylesheet of its own: without its rules an icon fills the page."""
    texts = [path.read_text() for path in (TEMPLATES / "admin").rglob("*.html")]
    drawn = {name for text in texts for name in re.findall(r'{% (?:component|wrap) "(\w+)"', text)}
    assert {"reason_list", "bars"} <= drawn
    rules = (Path(settings.BASE_DIR) / "static/css/admin.css").read_text()
    for name in drawn:
        component = (TEMPLATES / "components" / f"{name}.html").read_text()
        first = re.search(r'class="([\w-]+)', component)
        wanted = ([first[1]] if first else []) + (["icon"] if "{% icon" in component else [])
        for each in wanted:
            assert re.search(rf"\.{each}\b", rules), (name, each)
