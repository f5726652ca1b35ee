"""Solve bids of PrefLib's categorical format: `python -m benchmarks.preflib FILE.cat [places]`.

Each voter (reviewer, student) puts the alternatives (papers, projects) into categories, best first. A line
`2: {1,3},4,{}` says that two voters have alternatives 1 and 3 in the first category and 4 in the second. Bids come
without places, so `places` says how many voters each alternative takes; without it there are just enough. An
alternative in no category, or in the last of several, is not allowed. scipy must agree on count and total.
The format is described at https://www.preflib.org/format; the data are there and are not part of this project.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.engine import assign
from matching.engine.facts.score import MAX_SCORE
from tests.matching.engine.oracle import Instance, by_scipy

SET = re.compile(r"\{([^}]*)\}|(\d+)")


class FormatError(ValueError):
    """A file is not what PrefLib's categorical format says; the message names the line."""


@dataclass(frozen=True, eq=False)
class Bids:
    """`categories` names them, best first; `chosen` is the category of each (voter, alternative), −1 for none."""

    categories: tuple[str, ...]
    alternatives: tuple[str, ...]
    chosen: NDArray[np.int64]

    def scores(self) -> NDArray[np.int64]:
        """Give 10⁶ for the first category, evenly less for each further one, −1 where not allowed."""
        last = len(self.categories) - 1
        scores = MAX_SCORE * (last - self.chosen) // max(last, 1) if last else np.full_like(self.chosen, MAX_SCORE)
        refused = (self.chosen < 0) | ((self.chosen == last) & (last > 0))
        return np.where(refused, -1, scores)


def read(text: str) -> Bids:
    """Read a categorical file. Raises FormatError, naming the line that cannot be read."""
    numbers: dict[str, int] = {}
    names: dict[tuple[str, int], str] = {}
    ballots: list[list[list[int]]] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if found := re.fullmatch(r"# NUMBER (ALTERNATIVES|VOTERS|CATEGORIES): *(\d+)", line):
            numbers[found[1]] = int(found[2])
        elif found := re.fullmatch(r"# (CATEGORY|ALTERNATIVE) NAME (\d+): *(.*)", line):
            names[found[1], int(found[2])] = found[3]
        elif line and not line.startswith("#"):
            ballots += _ballots(line, numbers, number)
    if missing := {"ALTERNATIVES", "VOTERS", "CATEGORIES"} - set(numbers):
        raise FormatError(f"the header does not say the number of {', '.join(sorted(missing)).lower()}")
    if len(ballots) != numbers["VOTERS"]:
        raise FormatError(f"the header says {numbers['VOTERS']} voters, the lines hold {len(ballots)}")
    chosen = np.full((len(ballots), numbers["ALTERNATIVES"]), -1, np.int64)
    for voter, ballot in enumerate(ballots):
        for category, held in enumerate(ballot):
            chosen[voter, [each - 1 for each in held]] = category
    categories, alternatives = (
        tuple(names.get((kind, place), str(place)) for place in range(1, numbers[plural] + 1))
        for kind, plural in (("CATEGORY", "CATEGORIES"), ("ALTERNATIVE", "ALTERNATIVES"))
    )
    return Bids(categories, alternatives, chosen)


def _ballots(line: str, numbers: dict[str, int], number: int) -> list[list[list[int]]]:
    found = re.fullmatch(r"(\d+): *((?:\{[\d, ]*\}|\d+)(?: *, *(?:\{[\d, ]*\}|\d+))*)", line)
    if not found:
        raise FormatError(f"line {number}: cannot read {line!r}")
    ballot = [[int(each) for each in re.findall(r"\d+", some or one)] for some, one in SET.findall(found[2])]
    everything = [each for held in ballot for each in held]
    if len(ballot) != numbers.get("CATEGORIES"):
        raise FormatError(f"line {number}: {len(ballot)} categories instead of {numbers.get('CATEGORIES')}")
    if len(set(everything)) != len(everything):
        raise FormatError(f"line {number}: an alternative is in two categories")
    if any(not 1 <= each <= numbers.get("ALTERNATIVES", 0) for each in everything):
        raise FormatError(f"line {number}: there is no such alternative")
    return [ballot] * int(found[1])


def solve(bids: Bids, places: int | None = None) -> tuple[int, int]:
    """Give how many voters are matched and the total, proven, and the same by scipy. Raises when they differ."""
    voters, alternatives = bids.chosen.shape
    each = places if places is not None else -(-voters // max(alternatives, 1))
    instance = Instance(bids.scores(), np.full(alternatives, each))
    answer = assign(instance.scores, instance.capacity)
    answer.certificate()
    if (answer.matched, answer.total) != by_scipy(instance):
        raise ArithmeticError(f"scipy says {by_scipy(instance)}, not {(answer.matched, answer.total)}")
    return answer.matched, answer.total


def main(file: str, places: int | None) -> None:
    """Solve one file and say what came of it."""
    bids = read(Path(file).read_text(encoding="utf-8"))
    matched, total = solve(bids, places)
    print(
        f"{file}: {len(bids.chosen)} voters, {len(bids.alternatives)} alternatives, {len(bids.categories)} categories"
    )
    print(f"{matched} matched, total {total}: proven, and scipy agrees")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None)
