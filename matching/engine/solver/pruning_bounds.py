"""What is known of the pairs left out, and which of them new prices put in doubt.

A look at mentee i with prices p leaves a bound: no allowed pair (i, j) left out has score − p_j above bound_i.
With other prices p′ it has score − p′_j ≤ bound_i + drop_j, where drop_j = p_j − p′_j. Such a pair could
improve on what the mentee has, or equal it, only if score − p′_j ≥ least_i; hence only if

    drop_j ≥ margin_i,  margin_i = least_i − bound_i.

So for any number t it is enough to look at mentees with margin ≤ t in full, and for the others at those mentors
alone whose drop is above t. The t that leaves fewest pairs is taken; every t would be right.
"""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from matching.engine.arrays import Ints

NOTHING_LEFT_OUT = -(1 << 62)
TRIED = 64  # numbers t

Rescan: TypeAlias = tuple[Ints, Ints | None]


class PruningBounds:
    """For each mentee the prices and the bound of the last look that covered every mentor."""

    def __init__(self, cutoff: Ints, mentors: int) -> None:
        """Start from what a scan left: no pair left out scores above `cutoff`, −1 if none is. Shape (n,)."""
        self._bound = np.where(cutoff < 0, NOTHING_LEFT_OUT, cutoff)
        self._prices = [np.zeros(mentors, np.int64)]
        self._look = np.zeros(len(cutoff), np.int64)

    def update(self, mentees: Ints, price: Ints, bound: Ints) -> None:
        """Take in a look at these mentees with every mentor at these prices. `bound` has shape (n,)."""
        self._look[mentees] = len(self._prices)
        self._prices.append(price)
        self._bound[mentees] = bound[mentees]

    def rescans(self, least: Ints, price: Ints) -> list[Rescan]:
        """Give who must be looked at with whom before no pair left out could reach `least` at these prices.

        Each is some mentees and the mentors to look at, None for all of them. `least` has shape (n,).
        """
        margin = least - self._bound
        looks = [(np.flatnonzero(self._look == number), before) for number, before in enumerate(self._prices)]
        return [doubt for mentees, before in looks for doubt in _rescans(mentees, margin[mentees], before - price)]


def _rescans(mentees: Ints, margin: Ints, drop: Ints) -> Iterator[Rescan]:
    most = int(drop.max(initial=NOTHING_LEFT_OUT))
    if not (margin <= most).any():
        return
    line = _line(np.sort(margin), np.sort(drop))
    columns, rest = np.flatnonzero(drop > line), mentees[(margin > line) & (margin <= most)]
    parts: list[Rescan] = [(mentees[margin <= line], None), (rest, columns)]
    yield from (part for part in parts if len(part[0]))


def _line(margin: Ints, drop: Ints) -> int:
    """Give the number t that leaves fewest pairs to look at. Both columns are sorted."""
    places = np.linspace(0, len(drop) - 1, TRIED).astype(np.int64)
    tried = np.unique(np.concatenate([drop[places], drop[-TRIED:]]))
    in_full = np.searchsorted(margin, tried, side="right")
    concerned = np.searchsorted(margin, drop[-1], side="right")
    alone = len(drop) - np.searchsorted(drop, tried, side="right")
    return int(tried[np.argmin(in_full * len(drop) + (concerned - in_full) * alone)])
