"""The colours of tokens.css, held to WCAG 2.2 AA on every ground they are used on, by day and by night."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-fA-F]{6}), (#[0-9a-fA-F]{6})\)")
FIXED = re.compile(r"--([\w-]+): (#[0-9a-fA-F]{6});")
TEXT, GRAPHIC = 4.5, 3.0


def tokens() -> dict[str, tuple[str, str]]:
    """Each colour token with its day and its night value."""
    css = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()
    both = {name: (day, night) for name, day, night in TOKEN.findall(css)}
    fixed = {name: (value, value) for name, value in FIXED.findall(css.split("@supports")[0])}
    return {**fixed, **both}


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white), as WCAG defines it."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def pairs() -> Iterator[tuple[str, str, float]]:
    for words in ("ink", "ink-2", "ink-3", "accent", "brass", "garnet", "slate", "plum"):
        for ground in ("paper", "surface", "sunk"):
            yield words, ground, TEXT
    for colour in ("accent", "brass", "garnet", "slate", "plum"):
        yield colour, f"{colour}-soft", TEXT
    for words, ground in (
        ("ink", "accent-soft"),
        ("ink-2", "accent-soft"),
        ("ink", "brass-soft"),
        ("ink", "garnet-soft"),
    ):
        yield words, ground, TEXT
    yield "on-accent", "accent", TEXT
    yield "on-accent", "accent-2", TEXT
    yield "fill-button-ink", "fill-button", TEXT
    for edge in ("edge", "brass-mark"):
        yield edge, "paper", GRAPHIC
        yield edge, "surface", GRAPHIC
    for ground in ("paper", "surface", "sunk", "accent-soft"):
        yield "focus", ground, GRAPHIC
    yield "fill-edge", "fill", GRAPHIC


@pytest.mark.parametrize(("colour", "ground", "least"), list(pairs()))
def test_contrast_by_day_and_night(colour: str, ground: str, least: float) -> None:
    known = tokens()
    for hour in (0, 1):
        assert ratio(known[colour][hour], known[ground][hour]) >= least


@pytest.mark.parametrize("colour", ["ink", "ink-2", "accent"])
def test_the_filled_block_always_reads_the_night_tokens(colour: str) -> None:
    known = tokens()
    assert ratio(known[colour][1], known["fill"][0]) >= TEXT


def test_the_formula_knows_black_on_white_and_grey_on_white() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_whatever_is_dark_on_the_screen_is_printed_by_day() -> None:
    """Grounds are not printed: the night's words would stand on white, at less than 3 : 1."""
    files = (Path(settings.BASE_DIR) / "static" / "css").glob("*.css")
    css = "".join(file.read_text() for file in files)
    printed = re.findall(r"@media print \{ ([^{]+?) \{ color-scheme: light !important; \} \}", css)
    by_day = {selector for selectors in printed for selector in selectors.split(", ")}
    dark = re.findall(r"([^{}]+)\{[^{}]*color-scheme: (?:light )?dark;", css)
    assert len(dark) >= 4
    for selector in (each.rpartition("*/")[2].strip() for each in dark):
        root = re.fullmatch(r":root|(?:html)?\[data-(?:bs-)?theme=.dark.\]", selector)
        assert (":root" if root else selector) in by_day, selector


def test_old_browsers_get_the_same_day_values() -> None:
    css = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()
    known = tokens()
    fallback = re.findall(r"--([\w-]+): (#[0-9a-fA-F]{6});", css.split("@supports")[1].split(".next")[0])
    assert len(fallback) > 15
    for name, value in fallback:
        assert value == known[name][0], name
