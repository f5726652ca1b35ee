"""A quick estimate of the mentors' prices, so that the first pairs solved on are nearly the right ones.

Every mentee spreads one unit of demand over the candidates, the more to a mentor the higher the net score (softmax).
Prices rise where demand exceeds the places and fall where it stays below; the fixed point is an entropy-regularised
assignment (M. Cuturi: Sinkhorn distances, 2013). No proof rests on it: a bad estimate costs time only.
"""

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Ints
from matching.engine.solver.pairs import Pairs, best_per_mentee

# Points, one for each round: a net score so much higher gets e times the demand.
TEMPERATURES = np.geomspace(40_000, 8000, 12)
CANDIDATES_USED = 16  # of each mentee
MIN_SHARE_SUM = np.float32(1e-30)  # where all shares of a mentee underflow to 0
MIN_PLACES = 0.1  # instead of 0, to divide by


def estimated_prices(pairs: Pairs, capacity: Ints) -> Ints:
    """Give an estimate of each mentor's price. `pairs` must be sorted by mentee. Shape (m,)."""
    price = np.zeros(len(capacity), np.float32)
    mentor, score = _by_rank(pairs.take(best_per_mentee(pairs.mentee, pairs.score, CANDIDATES_USED)))
    places = np.maximum(capacity, MIN_PLACES)
    for temperature in TEMPERATURES.tolist():
        share = score - price[mentor]
        share /= np.float32(temperature)
        np.exp(share, out=share)
        share /= share.sum(axis=0) + MIN_SHARE_SUM
        demand = np.bincount(mentor.ravel(), weights=share.ravel(), minlength=len(price))
        price = np.maximum(0, price + temperature * np.log(np.maximum(demand, 1e-6) / places)).astype(np.float32)
    return price.astype(np.int64)


def _by_rank(pairs: Pairs) -> tuple[Ints, NDArray[np.float32]]:
    """Give mentors and scores as matrices with a column for each mentee; unused entries score −∞.

    Scores are relative to each mentee's best. Shapes (CANDIDATES_USED, mentees with a pair).
    """
    column = np.cumsum(np.diff(pairs.mentee, prepend=-1) > 0) - 1
    row = np.arange(len(column)) - np.searchsorted(column, column)
    mentor = np.zeros((CANDIDATES_USED, column.max(initial=-1) + 1), np.int64)
    score = np.full(mentor.shape, -np.inf, np.float32)
    mentor[row, column], score[row, column] = pairs.mentor, pairs.score
    score -= score.max(axis=0, initial=-np.inf)
    return mentor, score
