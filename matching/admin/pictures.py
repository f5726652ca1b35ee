"""A run in pictures and tables: numbers for the templates, no arithmetic left to them."""

from collections.abc import Callable
from typing import Any

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.choices import Function, Industry, Seniority, label_of
from matching.domain.fairness import Share
from matching.domain.run_report import Load, Way, report_of
from matching.engine.facts.score import MAX_SCORE
from matching.models import MatchRun

WIDTH, HEIGHT, GAP = 24, 120, 4  # of a bar at most, in units of the drawing
LABELS: dict[str, tuple[Any, Any]] = {
    "function": (gettext_lazy("By function"), Function),
    "seniority": (gettext_lazy("By seniority"), Seniority),
    "industry": (gettext_lazy("By industry of the employer"), Industry),
}


def percent(points: int) -> str:
    """Points of a million as "61.5 %"."""
    return _("%(number)s\u00a0%%") % {"number": number_format(100 * points / MAX_SCORE, decimal_pos=1)}


def picture(run: MatchRun) -> dict[str, Any]:
    """The distribution of scores, and the ways to run beside each other."""
    report = report_of(run)
    ways = (report.plain, report.protected, report.spread)
    chosen = 2 if run.spread_load else int(run.protect_worst_off)
    bars = ways[chosen].bars
    tallest = max(bars, default=0) or 1
    heights = [round(HEIGHT * count / tallest) for count in bars]
    return {
        "width": WIDTH * len(bars),
        "height": HEIGHT,
        "bars": [
            {"x": WIDTH * place, "y": HEIGHT - height, "width": WIDTH - GAP, "height": height}
            for place, height in enumerate(heights)
        ],
        "mark": None if run.lowest is None else run.lowest * WIDTH * len(bars) // MAX_SCORE,
        "label": _("Scores from %(lowest)s up: %(counts)s")
        % {
            "lowest": "–" if run.lowest is None else percent(run.lowest),
            "counts": ", ".join(
                f"{100 * place // len(bars)}–{100 * (place + 1) // len(bars)} %: {count}"
                for place, count in enumerate(bars)
                if count
            ),
        },
        "rows": [
            (_("Highest total"), *_row(report.plain)),
            (_("Worst-off protected"), *_row(report.protected)),
            (
                _("Worst-off protected, load spread") if run.protect_worst_off else _("Load spread"),
                *_row(report.spread),
            ),
        ],
        "chosen": chosen,
        "groups": report.groups[:20],
    }


def load_line(run: MatchRun) -> str:
    """How the mentors share the load in this run, and in the other of the two ways: sentences."""
    report = report_of(run)
    ways = (report.unspread_load, report.spread_load)
    here, there = reversed(ways) if run.spread_load else ways
    if not run.spread_load and not here.several:
        return _("No mentor gets more than one mentee.")
    otherwise = _("Without spreading the load: %(load)s") if run.spread_load else _("Were the load spread: %(load)s")
    return " ".join([str(capfirst(_load(here))), otherwise % {"load": _load(there)}])


def _load(load: Load) -> str:
    if not load.several:
        return _("nobody with several mentees, and %(idle)s with a place but none.") % {"idle": load.idle}
    words = ngettext(
        "%(several)s mentor with several mentees (%(most)s at most), and %(idle)s with a place but none.",
        "%(several)s mentors with several mentees (%(most)s at most), and %(idle)s with a place but none.",
        load.several,
    )
    return words % {"several": load.several, "most": load.most, "idle": load.idle}


def _row(way: Way) -> tuple[int, str, str]:
    mean = "–" if not way.matched else percent(way.total // way.matched)
    return way.matched, mean, "–" if way.lowest is None else percent(way.lowest)


def fairness_tables(run: MatchRun) -> list[tuple[str, list[tuple[str, int, str, str]]]]:
    """Each way to group mentees, with (name, how many, how many matched, mean fit) for groups of five and more."""
    fairness = report_of(run).fairness
    return [
        (str(title), [_share(choices, each) for each in fairness[name]]) for name, (title, choices) in LABELS.items()
    ]


def _share(choices: Any, share: Share) -> tuple[str, int, str, str]:
    return share_row(lambda value: label_of(choices, value), share)


def share_row(name_of: Callable[[Any], object], share: Share) -> tuple[str, int, str, str]:
    """One group: its name, how many, how many of them matched, and the mean fit."""
    name = _("Smaller groups together") if share.value is None else str(name_of(share.value))
    mean = _("fewer than 5") if share.mean is None else percent(share.mean)
    matched = number_format(100 * share.matched / share.mentees, decimal_pos=0)
    return name, share.mentees, _("%(number)s\u00a0%%") % {"number": matched}, mean
