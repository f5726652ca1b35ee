"""A quick guess of the mentors' prices, so that the first pairs solved on are nearly the right ones.

Everybody spreads over their candidates, the more to a mentor the better score − price is; a mentor asked for
by more than there are places becomes dearer, by fewer cheaper (the fixed point is a soft assignment: M. Cuturi,
2013). Nothing that is proven rests on it: a bad guess costs time, not truth.
"""

import numpy as np

from matching.engine.pairs import Ints, Pairs, best_of_each

ROUNDS = 20
SOFTNESS = 15_000  # points; that much better is e times as attractive
COOLING = 0.7  # every ten rounds
LOOKED_AT = 24  # candidates of each mentee


def guessed_prices(pairs: Pairs, capacity: Ints) -> Ints:
    """Give a guess of each mentor's price. `pairs` are sorted by mentee. Shape (m,)."""
    price = np.zeros(len(capacity))
    pairs = pairs.take(best_of_each(pairs.mentee, pairs.score, LOOKED_AT))
    if not len(pairs):
        return price.astype(np.int64)
    starts = np.flatnonzero(np.diff(pairs.mentee, prepend=-1))
    sizes = np.diff(starts, append=len(pairs))
    places, softness = np.maximum(capacity, 0.1), float(SOFTNESS)
    for number in range(1, ROUNDS + 1):
        value = (pairs.score - price[pairs.mentor]) / softness
        share = np.exp(value - np.repeat(np.maximum.reduceat(value, starts), sizes))
        share /= np.repeat(np.add.reduceat(share, starts), sizes)
        asked = np.bincount(pairs.mentor, weights=share, minlength=len(price))
        price = np.maximum(0, price + softness * np.log(np.maximum(asked, 1e-6) / places))
        softness *= 1 if number % 10 else COOLING
    return price.astype(np.int64)
