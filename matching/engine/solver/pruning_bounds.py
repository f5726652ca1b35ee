"""Bounds on the pruned pairs, and which of these pairs must be looked at again when prices change.

A scan of mentee i at prices p leaves a bound: no allowed pair (i, j) that it pruned has score − p_j > bound_i. At
other prices p′ such a pair has score − p′_j ≤ bound_i + drop_j, where drop_j = p_j − p′_j. It can reach the
mentee's threshold_i only if

    drop_j ≥ margin_i,  margin_i = threshold_i − bound_i.

So for any number t it is enough to rescan the mentees with margin ≤ t with all mentors, and the others with those
mentors alone whose drop exceeds t. Every t is correct; the one with fewest pairs to scan is taken.
"""

from collections.abc import Iterator
from copy import copy
from typing import TypeAlias

import numpy as np

from matching.engine.arrays import Ints

NOTHING_PRUNED = -(1 << 62)  # the bound where a scan has kept every pair
SPLITS_TRIED = 64  # numbers t

Rescan: TypeAlias = tuple[Ints, Ints | None]  # mentees, and the mentors to scan them with; None: all


class PruningBounds:
    """For each mentee the bound of the last scan with all mentors, and the prices of that scan."""

    def __init__(self, cutoff: Ints, mentor_count: int) -> None:
        """Start from a scan without prices: no pruned pair scores above `cutoff`; −1: none pruned. Shape (n,)."""
        self._bound = np.where(cutoff < 0, NOTHING_PRUNED, cutoff)
        self._scan_prices = [np.zeros(mentor_count, np.int64)]
        self._last_scan = np.zeros(len(cutoff), np.int64)

    def copy(self) -> "PruningBounds":
        """Give the same bounds, to be changed by themselves."""
        made = copy(self)
        own = {name: copy(getattr(self, name)) for name in ("_bound", "_last_scan", "_scan_prices")}
        vars(made).update(own)
        return made

    def update(self, mentees: Ints, price: Ints, bound: Ints) -> None:
        """Record a scan of these mentees with all mentors at these prices. `bound` has shape (n,)."""
        self._last_scan[mentees] = len(self._scan_prices)
        self._scan_prices.append(price)
        self._bound[mentees] = bound[mentees]

    def rescans(self, threshold: Ints, price: Ints) -> list[Rescan]:
        """Give who must be scanned with whom, so that no other pruned pair reaches its threshold at these prices.

        `threshold` has shape (n,), `price` (m,).
        """
        margin = threshold - self._bound
        found: list[Rescan] = []
        for scan, scan_price in enumerate(self._scan_prices):
            mentees = np.flatnonzero(self._last_scan == scan)
            found.extend(_rescans(mentees, margin[mentees], scan_price - price))
        return found


def _rescans(mentees: Ints, margin: Ints, drop: Ints) -> Iterator[Rescan]:
    """Give the rescans of mentees whose last scan was at the same prices."""
    largest_drop = int(drop.max(initial=NOTHING_PRUNED))
    if not (margin <= largest_drop).any():
        return
    split = _best_split(np.sort(margin), np.sort(drop))
    with_some, mentors = mentees[(margin > split) & (margin <= largest_drop)], np.flatnonzero(drop > split)
    rescans: list[Rescan] = [(mentees[margin <= split], None), (with_some, mentors)]
    yield from (rescan for rescan in rescans if len(rescan[0]))


def _best_split(margin: Ints, drop: Ints) -> int:
    """Give the number t with fewest pairs to scan. Both arrays must be sorted."""
    positions = np.linspace(0, len(drop) - 1, SPLITS_TRIED).astype(np.int64)
    splits = np.unique(np.concatenate([drop[positions], drop[-SPLITS_TRIED:]]))
    with_all = np.searchsorted(margin, splits, side="right")
    concerned = np.searchsorted(margin, drop[-1], side="right")
    mentors = len(drop) - np.searchsorted(drop, splits, side="right")
    return int(splits[np.argmin(with_all * len(drop) + (concerned - with_all) * mentors)])
