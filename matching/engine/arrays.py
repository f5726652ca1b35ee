"""The array types that all folders of the engine use, and one helper on them."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
Hashes: TypeAlias = NDArray[np.uint64]


def ranges(starts: Ints, ends: Ints) -> Ints:
    """Give all integers from each start up to, not including, its end, one range after the other."""
    sizes = ends - starts
    shift = np.repeat(starts - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes) if len(sizes) else sizes
    return np.arange(len(shift)) + shift
