"""Template tags of the look: components, icons, avatars, dates as people say them, chart points."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET
from zlib import crc32

import heroicons
from django import template
from django.forms import BoundField
from django.template.base import FilterExpression, NodeList, Parser, Template, Token, token_kwargs
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from common import cldr, dates

register = template.Library()

# Two people apart, one line between: the programme's own mark; Heroicons has none like it.
PAIR_ICON = (
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true" '
    'class="icon"><path d="M9.5 12a3.75 3.75 0 1 1-7.5 0 3.75 3.75 0 0 1 7.5 0Zm0 0h5m0 0a3.75 3.75 0 1 0 '
    '7.5 0 3.75 3.75 0 0 0-7.5 0Z"/></svg>'
)
CHECKED = mark_safe(" checked")
AVATAR_TONES = ("spruce", "slate", "brass", "plum")
SEPARATOR = " · "
SHARED = ("csrf_token", "request")  # what components may use of a page besides their inputs
NAMED = 4  # chosen of a group, which are named beside it
SHORT = 20  # letters of a choice of which two fit beside each other
PARTICLES = frozenset({"dr", "dame", "sir", "prof", "prof.", "dr.", "von", "van", "de", "der", "da", "bin", "al"})


@register.simple_tag
def icon(name: str, flip: bool = False) -> SafeString:
    """An inline SVG icon, hidden from screen readers: `pair`, or any outline icon of Heroicons by its name.

    `flip` mirrors it in right-to-left pages (arrows). Raises heroicons.IconDoesNotExist for an unknown name.
    """
    return _icon(str(name), bool(flip))


@lru_cache(maxsize=256)
def _icon(name: str, flip: bool) -> SafeString:
    svg = PAIR_ICON if name == "pair" else _heroicon(name)
    return mark_safe(svg.replace('class="icon"', 'class="icon icon-flip"', 1) if flip else svg)  # noqa: S308 - our own or the package's drawing


def _heroicon(name: str) -> str:
    drawn = ET.fromstring(heroicons._render_icon("outline", name, None, {"class": "icon"}))  # noqa: S314, SLF001 - a file of the package
    drawn.attrib.pop("data-slot", None)
    return ET.tostring(drawn, encoding="unicode")


class ComponentNode(template.Node):
    """`{% component "name" key=value %}`, and `{% wrap "name" key=value %}…{% endwrap %}` with its slot."""

    def __init__(self, name: FilterExpression, inputs: dict[str, FilterExpression], slot: NodeList | None) -> None:
        self.name, self.inputs, self.slot = name, inputs, slot
        self.found: dict[str, Template] = {}

    def render(self, context: Context) -> SafeString:
        """Render components/<name>.html with its inputs only, so that a page's variables never leak into it."""
        inputs = {key: context[key] for key in SHARED if key in context}
        for key, value in self.inputs.items():
            inputs[key] = value.resolve(context)
        if self.slot is not None:
            inputs["slot"] = SafeString(self.slot.render(context).strip())
        found = self._template(context)
        inside = Context(inputs, autoescape=context.autoescape)
        # A context of its own, once for each use: cheaper than a copy of the page's, and cycles begin anew in it.
        inside.template = inside.render_context.template = found
        inside.request = inputs.get("request")  # type: ignore[attr-defined]  # as RequestContext has it, for {% querystring %}
        return found.nodelist.render(inside)

    def _template(self, context: Context) -> Template:
        name = self.name.resolve(context)
        if name not in self.found:
            self.found[name] = context.template.engine.get_template(f"components/{name}.html")  # type: ignore[union-attr]  # set while rendering
        return self.found[name]


def _named(parser: Parser, token: Token) -> tuple[FilterExpression, dict[str, FilterExpression]]:
    tag, *bits = token.split_contents()
    if not bits:
        raise template.TemplateSyntaxError(f"{tag} takes the name of a component")
    name, *bits = bits
    inputs = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"{tag} takes a name and key=value inputs, not {bits!r}")
    return parser.compile_filter(name), inputs


@register.tag
def component(parser: Parser, token: Token) -> ComponentNode:
    """`{% component "person" name=… %}`: render components/<name>.html with these inputs and nothing else.

    Raises TemplateSyntaxError for an input without a name.
    """
    return ComponentNode(*_named(parser, token), slot=None)


@register.tag
def wrap(parser: Parser, token: Token) -> ComponentNode:
    """Like `component`, for those with a slot."""
    named = _named(parser, token)
    slot = parser.parse(("endwrap",))
    parser.delete_first_token()
    return ComponentNode(*named, slot=slot)


@register.simple_tag
def choices(field: BoundField) -> SafeString:
    """The boxes of a field one picks from, each with its words. Without a template: there may be a hundred."""
    return format_html_join(
        "",
        '<label class="check" for="{}"><input type="{}" name="{}" value="{}" id="{}"{}> {}</label>',
        (
            (
                box["attrs"]["id"],
                box["type"],
                box["name"],
                box["value"],
                box["attrs"]["id"],
                CHECKED if box["selected"] else "",
                box["label"],
            )
            for box in field.field.widget.subwidgets(field.html_name, field.value(), {"id": field.auto_id})
        ),
    )


@register.filter
def initials(name: str) -> str:
    """Two letters for an avatar: first and last name, without titles and particles; "?" for an empty name."""
    words = [word for word in str(name).split() if word.lower() not in PARTICLES and word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def tone(name: str) -> str:
    """One of four quiet colours, always the same one for the same name."""
    return AVATAR_TONES[crc32(str(name).encode()) % len(AVATAR_TONES)]


def _machine_year() -> int:
    # Not the programme's: the demo's clock is a row, and the dates of a page must not cost a query each.
    return timezone.localtime().year


@register.simple_tag
def named_at_most() -> int:
    """So many choices of a group are named beside it; of more it is said how many."""
    return NAMED


@register.filter
def selected_labels(options: Sequence[Mapping[str, Any]]) -> str:
    """What is chosen of a widget's options, in words, or how many of them (as `static/js/app.js` says it, too)."""
    chosen = [str(option["label"]) for option in options if option["selected"]]
    if len(chosen) > NAMED:
        return gettext("{chosen} of {all}").format(chosen=len(chosen), all=len(options))
    return SEPARATOR.join(chosen)


@register.filter
def are_short(groups: Iterable[tuple[str | None, Sequence[Mapping[str, Any]], int]]) -> bool:
    """Whether two choices of a widget, which has them in no group, fit beside each other on a telephone."""
    return all(not group and len(str(each["label"])) <= SHORT for group, options, _index in groups for each in options)


@register.filter
def day(value: date | datetime | None) -> str:
    """ "3 December", with the year when it is not this year's, in the reader's zone. Empty for None."""
    return "" if value is None else dates.short_day(value, year=_machine_year())


@register.filter
def weekday(value: date | datetime | None) -> str:
    """As `day`, with the weekday before it: "Thursday 3 December". Empty for None."""
    return "" if value is None else dates.long_day(value, year=_machine_year())


@register.filter
def clock(value: datetime | None) -> str:
    """ "18:00" in the reader's zone. Empty for None."""
    return "" if value is None else dates.time_of_day(value)


@register.filter
def clock_here(value: datetime | None) -> str:
    """ "18:00 London time": as `clock`, with the reader's zone named. Empty for None."""
    return "" if value is None else dates.with_zone(dates.time_of_day(value))


@register.filter
def place(zone: str) -> str:
    """ "London" for "Europe/London": how a person names a zone."""
    return cldr.city(str(zone))


@register.simple_tag
def when(value: date | datetime | None, *, zone: bool = False) -> str:
    """A <time> element: weekday, date, and time of day for a moment; `zone` adds "London time"."""
    if value is None:
        return ""
    words = dates.moment(value, year=_machine_year()) if isinstance(value, datetime) else weekday(value)
    if zone:
        words = dates.with_zone(words)
    return format_html('<time datetime="{}">{}</time>', dates.local(value).isoformat(), words)


@register.simple_tag
def mark_x(mark: int) -> int:
    """Where `stock_line`, 300 wide, draws a mark from 1 to 5."""
    return 14 + 68 * (mark - 1)


@register.simple_tag
def spark_points(values: Iterable[float | None], low: float, high: float) -> Sequence[dict[str, float]]:
    """Where a spark chart of 240 by 84 draws each value: x from 6 to 234, y from 78 (`low`) to 6 (`high`);
    None leaves its place empty.
    """
    numbers = list(values)
    step = 228 / max(len(numbers) - 1, 1)
    return [
        {"x": round(6 + position * step, 1), "y": round(78 - 72 * (value - low) / (high - low), 1)}
        for position, value in enumerate(numbers)
        if value is not None
    ]
