"""Hold `assign` to scipy on many random instances: `python -m benchmarks.oracle 100000 [seed]`.

Each is solved twice, the second time with rows and columns shuffled, its certificate is checked, and scipy must
agree on how many are matched and on the total. The suite does the same for some thousands.
"""

import secrets
import sys
import time

import numpy as np

from tests.matching.engine.oracle import check_instance, random_instance

SIZES = (4, 8, 16, 40)


def main(count: int, seed: int) -> None:
    """Check so many instances, of four sizes in turn."""
    print(f"seed {seed}", flush=True)
    rng, began, matched = np.random.default_rng(seed), time.monotonic(), 0
    for number in range(1, count + 1):
        matched += check_instance(random_instance(rng, SIZES[number % len(SIZES)]), rng).matched
        if number % 5000 == 0 or number == count:
            print(f"{number} instances agree, {matched} mentees matched, {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 100_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbits(32),
    )
