"""The template tags: names, dates as people say them, components with their inputs only."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone

from mentorship.ui.templatetags.ui import clock, day, icon, initials, place, spark_points, tone, weekday, when

MOMENT = datetime(2026, 12, 3, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ruth Adeyemi", "RA"),
        ("Dr Maximiliane von Hohenfels-Achterberg", "MH"),
        ("Plato", "P"),
        ("Kenji Watanabe-Rao (interim)", "KW"),
        ("", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_name_keeps_its_tone() -> None:
    assert tone("Ruth Adeyemi") == tone("Ruth Adeyemi")
    assert len({tone(f"Person {number}") for number in range(50)}) == 4


@pytest.fixture
def in_december() -> object:
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.mark.usefixtures("in_december")
def test_dates_as_people_say_them() -> None:
    assert day(MOMENT) == "3 December"
    assert weekday(MOMENT) == "Thursday 3 December"
    assert day(date(2027, 1, 14)) == "14 January 2027"
    assert weekday(date(2027, 1, 14)) == "Thursday 14 January 2027"
    assert (day(None), weekday(None), clock(None), when(None)) == ("", "", "", "")


@pytest.mark.usefixtures("in_december")
def test_a_moment_is_told_in_the_readers_zone() -> None:
    with timezone.override("Asia/Tokyo"):
        assert when(MOMENT, zone=True) == (
            '<time datetime="2026-12-03T17:30:00+09:00">Thursday 3 December, 17:30 Tokyo time</time>'
        )
    assert when(date(2026, 12, 3)) == '<time datetime="2026-12-03">Thursday 3 December</time>'


def test_place_is_the_city() -> None:
    assert place("America/New_York") == "New York"


def test_icons_flip() -> None:
    assert 'class="icon"' in icon("clock")
    assert "icon-flip" in icon("arrow-left", flip=True)
    assert 'class="icon"' in icon("pair")


def test_spark_points_span_the_chart() -> None:
    assert spark_points([1, 5], 1, 5) == [{"x": 6, "y": 78}, {"x": 234, "y": 6}]
    assert spark_points([3], 1, 5) == [{"x": 6, "y": 42}]


def render(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


def test_a_component_sees_its_inputs_only() -> None:
    html = render('{% component "person" name="Ruth Adeyemi" %}', role="Leaked", href="/leaked/")
    assert "Ruth Adeyemi" in html
    assert "eaked" not in html


@pytest.mark.parametrize(("level", "look"), [(1, "h1"), (2, "h3")])
def test_an_empty_page_is_headed_as_large_as_its_level(level: int, look: str) -> None:
    template = Template('{% load ui %}{% component "empty_state" title="Nothing" level=level %}')
    drawn = template.render(Context({"level": level}))
    assert f'<h{level} class="{look}">Nothing</h{level}>' in drawn


def test_a_component_escapes_what_people_typed() -> None:
    assert "&lt;b&gt;" in render('{% component "person" name=name %}', name="<b>Ruth</b>")


def test_wrap_passes_what_is_between_once_escaped() -> None:
    html = render('{% wrap "next_step" title="Go" %}<a class="btn" href="/x/">{{ word }}</a>{% endwrap %}', word="<i>")
    assert '<a class="btn" href="/x/">&lt;i&gt;</a>' in html


def test_wrap_takes_named_inputs_only() -> None:
    with pytest.raises(TemplateSyntaxError):
        render('{% wrap "next_step" "Go" %}{% endwrap %}')


def test_the_token_reaches_forms_inside_components() -> None:
    assert 'value="abc"' in render(
        '{% component "confirm_dialog" id="x" open="End" title="End?" action="/" submit="End" %}',
        csrf_token="abc",
    )
