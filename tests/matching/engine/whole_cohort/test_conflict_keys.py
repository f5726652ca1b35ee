from itertools import pairwise

import numpy as np
import pytest

from matching.engine.solver.pairs import Pairs
from matching.engine.whole_cohort import conflict_keys
from matching.engine.whole_cohort.columns import RaggedArray
from matching.engine.whole_cohort.conflict_keys import ConflictLookup


def test_shared_keys_are_the_same_in_one_table_and_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    mentees, mentors = (
        RaggedArray.from_rows(rng.integers(0, 300, rng.integers(0, 6)).tolist() for _ in range(count))
        for count in (700, 60)
    )
    rows, columns = (side.ravel() for side in np.indices((700, 60)))
    pairs = Pairs(rows[::-1], columns[::-1], rows)
    held = [set(keys.values[start:end].tolist()) for keys in (mentees, mentors) for start, end in pairwise(keys.starts)]

    in_a_table = ConflictLookup(mentees, mentors).shared(pairs)
    monkeypatch.setattr(conflict_keys, "TABLE_UP_TO", 0)
    in_blocks = ConflictLookup(mentees, mentors).shared(pairs)

    assert in_a_table.tolist() == [
        bool(held[row] & held[700 + column]) for row, column in zip(rows[::-1], columns[::-1], strict=True)
    ]
    assert in_blocks.tolist() == in_a_table.tolist()
