"""What a report may say of a group of people, so that nobody can derive a group of one to four of them.

Plain Python. How many people there were is said as a range of five numbers, from six people on; how many of them said
something as a band between round shares. Bands are so wide that each of the two groups, those who did and those who did
not, may have nobody in it or five and more, also for a reader who is one of them and knows what they said themselves.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FEWEST = 6  # people of whom something is said: five, and one who reads it
# How many bands there are, by how many people there are at least. `tests/engagements/domain/test_shown_figures.py`
# tries every number of people and of answers against them.
BANDS = ((35, 10), (20, 5), (15, 4), (10, 3), (FEWEST, 2))

Range = tuple[int, int]
Answers = Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Figures:
    """One group of people: how many were asked, how many answered, and what share of these said what, in per cent.

    `asked` or `answered` is None when there were fewer than six; then nothing more is said. A share reaches from its
    first number to below its second, or to all. `named` are classes that six or more share.
    """

    asked: Range | None
    answered: Range | None = None
    shares: Mapping[str, Range] = field(default_factory=dict)
    named: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Figures":
        """Read again."""
        asked, answered = (tuple(kept[name]) if kept[name] else None for name in ("asked", "answered"))
        shares = {name: (low, high) for name, (low, high) in kept["shares"].items()}
        return cls(asked, answered, shares, tuple(kept["named"]))


def shown(people: Iterable[Answers | None], *, classes: Iterable[str] = ()) -> Figures:
    """What may be said of these people: what each answered, or None for who did not.

    `classes` holds one class for each of those who have one; those that six or more share are named.
    """
    everybody = list(people)
    said = [each for each in everybody if each is not None]
    asked, answered = people_range(len(everybody)), people_range(len(said))
    if asked is None or answered is None:
        return Figures(asked)
    questions = list(dict.fromkeys(name for each in said for name in each))
    shares = {name: band(sum(each[name] for each in said), len(said)) for name in questions}
    return Figures(asked, answered, shares, _named(list(classes)))


def people_range(number: int) -> Range | None:
    """So many people, as five numbers of which it is one (four, for the first); None for fewer than six."""
    if number < FEWEST:
        return None
    lowest = number - number % 5
    return max(FEWEST, lowest), lowest + 4


def band(number: int, of: int) -> Range:
    """The share of so many `of` six or more, between two round ones in per cent."""
    found = people_range(of)
    if found is None:
        raise ValueError("nothing is said of fewer than six people")
    bands = next(bands for least, bands in BANDS if found[0] >= least)
    place = min(bands - 1, number * bands // of)
    return round(100 * place / bands), round(100 * (place + 1) / bands)


def rate(figures: Figures) -> Range | None:
    """Between which shares of those who were asked have answered, in per cent, as both numbers are shown."""
    if figures.asked is None or figures.answered is None:
        return None
    least, most = figures.asked
    return 100 * figures.answered[0] // most, min(100, -(-100 * figures.answered[1] // least))


def _named(classes: Collection[str]) -> tuple[str, ...]:
    counts = {name: sum(each == name for each in classes) for name in sorted(set(classes))}
    return tuple(name for name in counts if counts[name] >= FEWEST)
