"""A quick guess of the mentors' prices, so that the first pairs solved on are nearly the right ones.

Everybody spreads over their candidates, the more to a mentor the better score − price is; a mentor asked for
by more than there are places becomes dearer, by fewer cheaper (the fixed point is a soft assignment: M. Cuturi,
2013). Nothing that is proven rests on it: a bad guess costs time, not truth.
"""

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.solver.pairs import Pairs, best_per_mentee

SOFTNESS = np.geomspace(40_000, 8000, 12)  # points, one round each; that much better is e times as attractive
LOOKED_AT = 16  # candidates of each mentee
LEAST_SHARE = np.float32(1e-30)  # of somebody to whom all have become far too dear


def estimated_prices(pairs: Pairs, capacity: Ints) -> Ints:
    """Give a guess of each mentor's price. `pairs` are sorted by mentee. Shape (m,)."""
    price = np.zeros(len(capacity), np.float32)
    pairs = pairs.take(best_per_mentee(pairs.mentee, pairs.score, LOOKED_AT))
    # A column for everybody, as high as the most candidates of one; below the last stand pairs worth nothing.
    column = np.cumsum(np.diff(pairs.mentee, prepend=-1) > 0) - 1
    row = np.arange(len(column)) - np.searchsorted(column, column)
    mentor = np.zeros((LOOKED_AT, column.max(initial=-1) + 1), np.int64)
    score = np.full(mentor.shape, -np.inf, np.float32)
    mentor[row, column], score[row, column] = pairs.mentor, pairs.score
    score -= score.max(axis=0, initial=-np.inf)
    places = np.maximum(capacity, 0.1)
    for softness in SOFTNESS.tolist():
        share = score - price[mentor]
        share /= np.float32(softness)
        np.exp(share, out=share)
        share /= share.sum(axis=0) + LEAST_SHARE
        asked = np.bincount(mentor.ravel(), weights=share.ravel(), minlength=len(price))
        price = np.maximum(0, price + softness * np.log(np.maximum(asked, 1e-6) / places)).astype(np.float32)
    return price.astype(np.int64)
