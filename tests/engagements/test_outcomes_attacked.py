"""Somebody who reads every page, file and sheet on every day tries to find a group of one to four people."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import combinations
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort
from common.csv_files import BYTE_ORDER
from engagements.domain import outcomes, shown_figures
from engagements.models import Review, Tally
from tests import people
from tests.engagements import ended
from tests.matching import factories

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow(reason="a year of a cohort, read every two weeks by all that the desk offers"),
]
SMALL = range(1, 5)
RATES = ("Mentees, looking back at the end", "Mentors, looking back at the end", "Mentees, first check-in")
BEGAN = datetime(2026, 1, 12, tzinfo=UTC)
DAYS = range(0, 400, 14)


@dataclass
class Read:
    """All that was offered, on all days."""

    lines: set[tuple[str, ...]] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)

    def take(self, client: Client, cohort: Cohort) -> None:
        """Everything there is today."""
        file = client.get(reverse("admin:outcomes_csv", args=[cohort.pk])).content.decode()
        self.lines |= {tuple(row) for row in list(csv.reader(StringIO(file.removeprefix(BYTE_ORDER))))[1:]}
        for name in ("of_cohort", "report"):
            page = client.get(reverse(f"admin:outcomes_{name}", args=[cohort.pk])).content.decode()
            for part in re.findall(r"<section.*?</section>", page, re.DOTALL):
                words = re.sub(r"<[^>]*>|\d{1,2} \w+ 20\d\d|\d{1,2} [A-Z][a-z]+", " ", part)
                self.numbers |= {int(number) for number in re.findall(r"\d+", words)}


def a_year(seed: int, *, reading: bool = True) -> Read:
    """Random pairings end on random days; the desk is read every two weeks, and answers change after that. Where only
    the tallies are looked at, the pages need not be read (`reading`).
    """
    chance = Random(seed)  # noqa: S311 - the same years each time
    coordinator = people.person("Clara", staff=True)
    cohort = factories.cohort(coordinators=(coordinator,))
    days = sorted(chance.randrange(60, 330) for _ in range(chance.randrange(14, 44)))
    for pairing in ended.pairings(cohort, [BEGAN + timedelta(days=day) for day in days]):
        _say(pairing, chance)
    client, read = Client(), Read()
    client.force_login(coordinator)
    for day in DAYS:
        outcomes.sweep(now=BEGAN + timedelta(days=day))
        if reading:
            read.take(client, cohort)
        Review.objects.filter(side="mentee", state="answered").update(faster=chance.choice(("no", "clearly")))
    return read


def _say(pairing: Any, chance: Random) -> None:
    extents = ("clearly", "somewhat", "no")
    for side in ("mentee", "mentor"):
        if chance.random() < 0.2:
            ended.looked_back(pairing, side, state="missed")
        elif side == "mentee":
            said = {name: chance.choice(extents) for name in ("mistakes_avoided", "faster", "decisions")}
            ended.looked_back(pairing, side, connection=chance.randint(1, 5), **said)
        else:
            ended.looked_back(pairing, side, again=chance.choice(("yes", "no")))
    for turn in (1, 2, 3):
        ended.checked_in(pairing, turn, missed=chance.random() < 0.3, clarity=chance.randint(1, 5))


def found_in_lines(read: Read) -> Iterator[tuple[str, ...]]:
    """Lines of which somebody can count a group of one to four, from the numbers in them."""
    for line in read.lines:
        asked, answered, share = (_between(line[place : place + 2]) for place in (4, 6, 8))
        if asked is None:
            continue
        base = answered or asked
        silent = [n - a for n in _each(asked) for a in _each(answered or asked) if a <= n]
        groups = [_each(base), silent if answered else []]
        if share and line[2] not in RATES:
            said = [(y, a) for a in _each(base) for y in range(a + 1) if shown_figures.band(y, a) == share]
            groups += [[y for y, _a in said], [a - y for y, a in said]]
        if any(sizes and min(sizes) in SMALL and max(sizes) in SMALL for sizes in groups):
            yield line


def _between(cells: tuple[str, ...]) -> tuple[int, int] | None:
    return (int(cells[0]), int(cells[1])) if cells[0] else None


def _each(between: tuple[int, int]) -> list[int]:
    return list(range(between[0], between[1] + 1))


def found_between_tallies() -> list[set[Any]]:
    """What is left of two tallies, for whoever knows which pairings are in them: they see by name which are over."""
    found = []
    for moment in ("start", "over"):
        sets = [set(tally.pairings) for tally in Tally.objects.filter(moment=moment)]
        parts = [*sets, *(part for one, two in combinations(sets, 2) for part in (one & two, one - two, two - one))]
        found += [part for part in parts if len(part) in SMALL]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_nobody_is_found_in_a_year_of_reading_everything(seed: int) -> None:
    read = a_year(seed)
    assert Tally.objects.exists()
    assert read.lines
    assert list(found_in_lines(read)) == []
    assert found_between_tallies() == []
    assert len(read.lines) == len({(line[1], line[2], line[3]) for line in read.lines}), "a line has changed"
    shares = {round(100 * part / bands) for _least, bands in shown_figures.BANDS for part in range(bands + 1)}
    ranges = {end for number in range(6, 60) for end in shown_figures.people_range(number) or ()}
    rates = {int(cell) for line in read.lines for cell in line[8:10] if cell}
    assert read.numbers <= shares | ranges | rates | {84, 68}


def test_the_same_reader_finds_people_where_nothing_is_suppressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown_figures, "people_range", lambda number: (number, number) if number else None)
    monkeypatch.setattr(shown_figures, "band", lambda number, of: (100 * number // of, -(-100 * number // of)))
    assert list(found_in_lines(a_year(0))) != []


def test_the_same_reader_finds_people_where_whoever_is_ready_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "is_due", lambda found, **_days: bool(found.ready))
    a_year(0, reading=False)
    assert found_between_tallies() != []


def test_the_same_reader_finds_people_between_totals_of_two_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Totals that grow, each large enough: what one has more than the other is too small."""
    a_year(0, reading=False)
    ids = [pk for tally in Tally.objects.filter(moment="over") for pk in tally.pairings]
    for most in (len(ids) - 2, len(ids)):
        Tally.objects.create(
            cohort=Cohort.objects.get(), moment="over", counted_at=BEGAN, pairings=ids[:most], figures={}
        )
    assert found_between_tallies() != []
